"""Recordings with changed bytes are read through every method: each gives rows or an error of ours."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from causeway_core.errors import CausewayError
from causeway_core.storage import Recording

from tests.fuzz.loop import run
from tests.fuzz.programs import random_spool
from tests.fuzz.wire import damage
from tests.support.ingest import ingest

_TABLES = ("meta", "process", "stream", "actor", "source", "function", "site", "site_base", "chunk", "run", "step", "edge", "sync", "type", "object",
           "access", "location", "exception", "span", "message", "io", "sql", "log", "waiting", "gap", "finding")


def attempt(choice: random.Random, folder: Path) -> None:
    """One recording, broken as a file or in its rows."""
    path = ingest(random_spool(choice, folder / "spool"), folder / "run.causeway", chunk_words=choice.choice((50, 1 << 16)))
    if choice.random() < 0.5:
        damage(choice, path)
    else:
        _damage_rows(choice, path)
    try:
        with Recording.open(path) as recording:
            _read_all(choice, recording)
    except CausewayError:
        pass


def _damage_rows(choice: random.Random, path: Path) -> None:
    database = sqlite3.connect(path)
    for _ in range(3):
        table = choice.choice(_TABLES)
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        value = choice.choice((0, -1, 1 << 62, 2.5, "", "{", "x" * 100, b"", choice.randbytes(40)))
        try:
            database.execute(f'UPDATE "{table}" SET "{choice.choice(columns)}" = ? WHERE random() % 2', (value,))
        except sqlite3.IntegrityError:
            pass
    database.commit()
    database.close()


def _read_all(choice: random.Random, recording: Recording) -> None:
    reads = (
        recording.processes, recording.actors, recording.steps, recording.step_columns, recording.sources, recording.functions,
        recording.sites, recording.streams, recording.edges, recording.edge_columns, recording.syncs, recording.locations, recording.accesses,
        recording.access_columns,
        recording.exceptions, recording.spans, recording.messages, recording.io, recording.sql, recording.logs, recording.waiting, recording.gaps,
        recording.findings, recording.objects, recording.counts, lambda: recording.meta, lambda: recording.runs(1), lambda: recording.run_columns(1),
    )
    for read in choice.sample(reads, len(reads)):
        try:
            read()
        except CausewayError:
            pass
    for obj in range(1, 5):
        try:
            for at in recording.snapshots(1 << 32 | obj):
                recording.snapshot(at)
            recording.object(1 << 32 | obj)
            recording.text(1, obj)
        except (CausewayError, KeyError):
            pass
    for chunk in recording.chunks():
        try:
            recording.chunk_data(chunk.stream, chunk.first)
            recording.chunk_sites(chunk)
            recording.chunk_objects(chunk)
            recording.chunk_keyframe(chunk)
        except (CausewayError, KeyError):
            pass


if __name__ == "__main__":
    run(attempt)
