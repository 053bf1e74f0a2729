"""One call from a SpoolBuilder to a finished recording."""

from __future__ import annotations

from pathlib import Path

from causeway_core.ingest.ingestor import Ingestor

from tests.support.spool import SpoolBuilder


def ingest(spool: SpoolBuilder, path: Path, chunk_words: int = 1 << 16, sealed: bool = True) -> Path:
    """Writes the spool and ingests it to `path`."""
    spool.write(sealed)
    ingestor = Ingestor(spool.path, path, chunk_words=chunk_words)
    ingestor.poll()
    ingestor.finish(0)
    return path
