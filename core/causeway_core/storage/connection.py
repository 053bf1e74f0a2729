"""Opening a recording's SQLite file, with an error that says what to do next."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from causeway_core.errors import DamagedRecording, NewerSchema, NotARecording, RecordingMissing
from causeway_core.storage.move import Move, moved
from causeway_core.storage.rows import Launch, Meta
from causeway_core.storage.schema import APPLICATION_ID, VERSION, migrate

_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
_READ_CACHE_KIB = 64 * 1024


class _GuardedCursor(sqlite3.Cursor):
    """Says DamagedRecording where SQLite finds the file to contradict itself, at whatever row that comes to light."""

    @property
    def _path(self) -> Path:
        connection = self.connection
        assert isinstance(connection, _GuardedConnection)
        return connection.path

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        try:
            return super().execute(sql, parameters)
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise
        except _DAMAGE as error:
            raise damaged(self._path, error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except _DAMAGE as error:
            raise damaged(self._path, error) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except _DAMAGE as error:
            raise damaged(self._path, error) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except _DAMAGE as error:
            raise damaged(self._path, error) from error


class _GuardedConnection(sqlite3.Connection):
    path = Path()

    def cursor(self, *arguments: Any, **keywords: Any) -> Any:
        return super().cursor(_GuardedCursor)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)


def connect(path: Path, mode: str, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A bare connection to `path`; `mode` as in SQLite URIs (ro, rw, rwc). Manual transactions."""
    name = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    return sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False, timeout=10, factory=factory)


def open_for_reading(path: Path, move: Move | None = None) -> sqlite3.Connection:
    """A read-only connection to a recording of this or an older schema. Older ones are migrated, and those that were `move`d changed, in a private
    copy in memory."""
    version = check(path)
    try:
        database = connect(path, "ro", _GuardedConnection)
        assert isinstance(database, _GuardedConnection)
        database.path = path
        if version < VERSION or move is not None:
            database = _private_copy(database)
            migrate(database, version)
        if move is not None:
            moved(database, move)
        database.execute("PRAGMA query_only = 1")
        database.execute(f"PRAGMA cache_size = -{_READ_CACHE_KIB}")
        database.execute("SELECT count(*) FROM meta").fetchone()
    except _DAMAGE as error:
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


def parse_json(text: str | None) -> Any:
    """JSON of a column. Raises DamagedRecording."""
    try:
        return json.loads(text or "null")
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedRecording(f"a column that should hold JSON does not: {error}", "the recording's file was changed or torn") from error


def read_meta(database: sqlite3.Connection) -> Meta:
    """The facts of table `meta`; missing ones get neutral values."""
    facts = dict(database.execute("SELECT key, value FROM meta"))
    try:
        return _meta(facts)
    except (ValueError, TypeError) as error:
        raise DamagedRecording(f"the facts about the recording are damaged: {error}", "the recording's file was changed or torn") from error


def _meta(facts: dict[str, Any]) -> Meta:
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
        launch=_launch(json.loads(facts.get("launch", "{}"))),
        reset=str(facts.get("reset", "")),
        explored=bool(facts.get("explored")),
    )


def _launch(facts: Any) -> Launch:
    if not isinstance(facts, dict):
        raise TypeError("launch is no JSON object")
    lists = {name: tuple(map(str, facts.get(name, ()))) for name in ("flags", "include", "exclude", "drive")}
    return Launch(python=str(facts.get("python", "")), **lists, replayable=bool(facts.get("replayable")))


def _private_copy(database: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=_GuardedConnection)
    assert isinstance(copy, _GuardedConnection) and isinstance(database, _GuardedConnection)
    copy.path = database.path
    database.backup(copy)
    database.close()
    return copy
