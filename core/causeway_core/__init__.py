"""The host of Causeway, without the editor protocols (`causeway_adapter`): reads what the guest recorded, orders, analyses and shows it.

Rings, inner to outer; a module imports only inwards, which import-linter checks (docs/architecture.md says what each ring is):
errors < model < wire < storage < ingest < launch < graph < (analysis | check) < session < proof < lines < fix < (report | export) <
causeway_adapter < cli.

Start with `model` (the vocabulary), `storage.recording.Recording` (reads one recording), then `analysis.analyze` or `session.session`.
"""
