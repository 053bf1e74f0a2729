"""Happens-before over a recording: order, predecessors, past, slice and chain.

May import: errors, model, wire, storage, ingest. Imported by: analysis, session, reports and faces.
"""
