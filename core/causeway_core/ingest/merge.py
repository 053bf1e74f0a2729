"""Joining the recordings of two services."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.ingest.finish import finish
from causeway_core.ingest.ingestor import own_version
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.ingest.stored import StoredFeed, StoredTables, copy_gaps
from causeway_core.storage import connection
from causeway_core.storage.stream import ChunkStore
from causeway_core.storage.writer import RecordingWriter


def merge(first: Path, second: Path, output: Path) -> None:
    """Writes the recording of both to `output`: ids are new, messages are paired, edges derived again. A process in both is taken once.

    About a second for a million events, as everything is read again. Raises RecordingError (also for an incomplete recording).
    """
    databases = [_open(path) for path in (first, second)]
    try:
        metas = [connection.read_meta(database) for database in databases]
        created = min(meta.created_ns for meta in metas)
        ends = [meta.created_ns + (meta.duration_ns or 0) for meta in metas]
        codes = [meta.exit_code for meta in metas if meta.exit_code]
        facts = {
            "command": list(metas[0].command), "cwd": metas[0].cwd, "root": metas[0].root, "created_ns": created, "causeway_version": own_version(),
            "merged_from": [str(first), str(second)],
        }
        pipeline = Pipeline(RecordingWriter.create(output, facts), _Tables(databases))
        for database in databases:
            _add(pipeline, database)
        pipeline.end()
        pipeline.writer.begin()
        for database in databases:
            copy_gaps(database, pipeline)
        pipeline.writer.commit()
        finish(pipeline, {"exit_code": codes[0] if codes else 0, "duration_ns": max(ends) - created})
    finally:
        for database in databases:
            database.close()


def _open(path: Path) -> sqlite3.Connection:
    database = connection.open_for_reading(path)
    if connection.read_meta(database).state != "complete":
        database.close()
        raise RecordingError(f"{path} is incomplete", f"finish it first: causeway recover {path}")
    return database


def _add(pipeline: Pipeline, database: sqlite3.Connection) -> None:
    chunks = ChunkStore(database)
    mine = set()
    rows = database.execute(
        "SELECT stream.id, uid, number, wall_ns, monotonic_ns FROM stream JOIN process ON process.id = process ORDER BY stream.id"
    ).fetchall()
    for id, uid_text, number, wall_ns, monotonic_ns in rows:
        uid = int(uid_text, 16)
        if uid in pipeline.processes and uid not in mine:
            continue
        mine.add(uid)
        pipeline.add(uid, number, StoredFeed(chunks, id, (wall_ns, monotonic_ns)))


class _Tables:
    """Site tables of whichever recording holds the process."""

    def __init__(self, databases: list[sqlite3.Connection]) -> None:
        self._stored = [StoredTables(database) for database in databases]

    def __call__(self, process_uid: int, base: int, key: str) -> dict[str, Any] | None:
        for tables in self._stored:
            found = tables(process_uid, base, key)
            if found is not None:
                return found
        return None


