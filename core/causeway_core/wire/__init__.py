"""The wire format of sdk/SPEC.md: numbers, segments, records, keyframes, and the native scanner `_stream`.

May import: errors, model. Imported by: storage, ingest, session. Trusts no byte it reads.
"""
