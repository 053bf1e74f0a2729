"""The recording: one SQLite file. Schema and migrations, the reader `Recording`, the writer.

May import: errors, model, wire. Imported by: ingest and everything outside it. The only package that opens a recording's SQLite connection.
"""

from causeway_core.storage.recording import Recording

__all__ = ["Recording"]
