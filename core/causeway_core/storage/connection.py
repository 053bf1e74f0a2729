"""Opening a recording's SQLite file, with an error that says what to do next."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from urllib.parse import quote

from causeway_core.errors import DamagedRecording, NewerSchema, NotARecording, RecordingMissing
from causeway_core.storage.rows import Meta
from causeway_core.storage.schema import APPLICATION_ID, VERSION, migrate

_READ_CACHE_KIB = 64 * 1024


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A bare connection to `path`; `mode` as in SQLite URIs (ro, rw, rwc). Manual transactions."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=10)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection to a recording of this or an older schema (older ones are migrated in a private copy in memory)."""
    version = check(path)
    try:
        database = connect(path, "ro")
        if version < VERSION:
            database = _migrated_copy(database, version)
        database.execute("PRAGMA query_only = 1")
        database.execute(f"PRAGMA cache_size = -{_READ_CACHE_KIB}")
        database.execute("SELECT count(*) FROM meta").fetchone()
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    return database


def check(path: Path) -> int:
    """The schema version of a recording. Raises RecordingMissing, NotARecording, NewerSchema or DamagedRecording."""
    if not path.exists():
        raise RecordingMissing(f"no recording at {path}", "run `causeway ls` to see the recordings there are")
    if path.is_dir():
        raise NotARecording(f"{path} is a directory", "give the recording's file, or `causeway recover` for a spool")
    try:
        with path.open("rb") as file:
            magic = file.read(16)
        if magic != b"SQLite format 3\0":
            raise NotARecording(f"{path} is not a Causeway recording", "make one with `causeway record`")
        database = connect(path, "ro")
        try:
            identity = database.execute("PRAGMA application_id").fetchone()[0]
            version = int(database.execute("PRAGMA user_version").fetchone()[0])
        finally:
            database.close()
    except OSError as error:
        raise RecordingMissing(f"cannot read {path}: {error.strerror}", "check its permissions") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    if identity != APPLICATION_ID:
        raise NotARecording(f"{path} is an SQLite file but not a Causeway recording", "make one with `causeway record`")
    if version > VERSION:
        raise NewerSchema(f"{path} has schema {version}, this Causeway reads up to {VERSION}", "upgrade with `pip install -U causeway-debugger`")
    return version


def damaged(path: Path, error: Exception) -> DamagedRecording:
    """The error for a file that SQLite, or what it holds, contradicts."""
    return DamagedRecording(f"{path} is damaged: {error}", f"try `causeway recover {path}`")


def read_meta(database: sqlite3.Connection) -> Meta:
    """The facts of table `meta`; missing ones get neutral values."""
    facts = dict(database.execute("SELECT key, value FROM meta"))
    return Meta(
        schema_version=int(facts.get("schema_version", VERSION)),
        state=facts.get("state", "incomplete"),
        command=tuple(json.loads(facts.get("command", "[]"))),
        cwd=facts.get("cwd", ""),
        root=facts.get("root", ""),
        created_ns=int(facts.get("created_ns", 0)),
        duration_ns=int(facts["duration_ns"]) if "duration_ns" in facts else None,
        exit_code=int(facts["exit_code"]) if "exit_code" in facts else None,
        detail=facts.get("detail", "full"),
        causeway_version=facts.get("causeway_version", ""),
        events=int(facts.get("events", 0)),
        merged_from=tuple(json.loads(facts.get("merged_from", "[]"))),
    )


def _migrated_copy(database: sqlite3.Connection, version: int) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.backup(copy)
    database.close()
    migrate(copy, version)
    return copy
