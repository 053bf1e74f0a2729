"""The Causeway engine: everything on the host's side that knows no editor protocol.

Rings, inner to outer; a module imports only inwards (import-linter holds it):
errors < model < wire < storage < ingest < graph < analysis < session < (report | export) < (tui | server) < cli.
"""
