"""Finishing what a crash of the recorder left."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from causeway_core.errors import NewerSchema, RecordingError, RecordingMissing
from causeway_core.ingest.claim import Claim
from causeway_core.ingest.feed import SegmentFeed
from causeway_core.ingest.finish import finish
from causeway_core.ingest.ingestor import by_start, discover, own_version
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.ingest.sites import SpoolTables
from causeway_core.ingest.stored import StoredFeed, StoredTables, copy_gaps
from causeway_core.storage import connection
from causeway_core.storage.stream import ChunkStore
from causeway_core.storage.writer import RecordingWriter


def recover(path: Path) -> None:
    """Completes the recording at `path` from what it holds and from the spool `<path>.spool`.

    Everything is read again into a new file that then takes the old one's place, so that a second crash does no harm. A complete
    recording is left alone. `path` may be a spool folder itself. Raises RecordingMissing where there is neither, and RecordingError
    while the recording's recorder still runs.
    """
    path = path.with_name(path.name.removesuffix(".spool")) if path.is_dir() else path
    spool = path.with_name(path.name + ".spool")
    claim = Claim.adopt(spool)
    try:
        _finish(path, spool)
    finally:
        if claim is not None:
            claim.release()


def _finish(path: Path, spool: Path) -> None:
    old = _open(path, spool)
    try:
        if old is not None and connection.read_meta(old).state == "complete":
            shutil.rmtree(spool, ignore_errors=True)
            return
        temporary = path.with_name(path.name + ".recovering")
        _read_again(old, spool, temporary)
    finally:
        if old is not None:
            old.close()
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    temporary.replace(path)
    shutil.rmtree(spool, ignore_errors=True)


def _open(path: Path, spool: Path) -> sqlite3.Connection | None:
    """The old recording; None where there is none that can be read, but a spool."""
    try:
        connection.check(path)
        return connection.connect(path, "rw")
    except NewerSchema:
        raise
    except RecordingError:
        if not spool.is_dir():
            if path.exists():
                raise
            raise RecordingMissing(f"neither {path} nor {spool} exists", "give the path of the recording") from None
        return None


def _read_again(old: sqlite3.Connection | None, spool: Path, temporary: Path) -> None:
    began = time.time_ns()
    facts: dict[str, Any] = {"command": [], "cwd": "", "root": "", "created_ns": began, "causeway_version": own_version()}
    if old is not None:
        facts |= dict(old.execute("SELECT key, value FROM meta WHERE key NOT IN ('state', 'schema_version', 'events')"))
    pipeline = Pipeline(RecordingWriter.create(temporary, facts), _Tables(old, spool))
    known = _add_stored(pipeline, old, spool) if old is not None else set()
    for feed in by_start(SegmentFeed(spool, *key, keep=True) for key in discover(spool) if key not in known):
        pipeline.add(feed.uid, feed.number, feed)
    pipeline.end()
    if old is not None:
        pipeline.writer.begin()
        copy_gaps(old, pipeline)
        pipeline.writer.commit()
    finish(pipeline, {})


def _add_stored(pipeline: Pipeline, old: sqlite3.Connection, spool: Path) -> set[tuple[int, int]]:
    chunks = ChunkStore(old)
    known = set()
    columns = "stream.id, uid, number, segments, segment_words, wall_ns, monotonic_ns"
    rows = old.execute(f"SELECT {columns} FROM stream JOIN process ON process.id = process ORDER BY stream.id").fetchall()
    for id, uid_text, number, segments, segment_words, wall_ns, monotonic_ns in rows:
        uid = int(uid_text, 16)
        known.add((uid, number))
        open_segment = spool / f"{uid_text}-{number}-{segments}.seg"
        if open_segment.exists():
            # The segment may be stored in part: it is read from its file, whole.
            rest = SegmentFeed(spool, uid, number, segments, segment_words, keep=True)
            feed = StoredFeed(chunks, id, (wall_ns, monotonic_ns), segment_words, rest)
        else:
            feed = StoredFeed(chunks, id, (wall_ns, monotonic_ns))
        pipeline.add(uid, number, feed)
    return known


class _Tables:
    """Site tables of the spool, else of the old recording."""

    def __init__(self, old: sqlite3.Connection | None, spool: Path) -> None:
        self._spool = SpoolTables(spool)
        self._stored = StoredTables(old) if old is not None else None

    def __call__(self, process_uid: int, base: int, key: str) -> dict[str, Any] | None:
        found = self._spool(process_uid, base, key)
        return self._stored(process_uid, base, key) if found is None and self._stored is not None else found
