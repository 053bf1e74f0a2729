"""Users' SQL over a recording: read-only, bounded in time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.storage import connection

_READ_ONLY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_PRAGMAS = {"table_info", "table_list", "table_xinfo", "index_list", "index_info"}
_LIMIT_S = 60.0
_OPCODES_BETWEEN_CHECKS = 100_000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Result:
    """Column names, and the rows of a statement, which are read as they are asked for; that raises RecordingError as `run` does."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def run(path: Path, sql: str, parameters: Sequence[Any] = ()) -> Result:
    """Runs one statement. Raises RecordingError when it is malformed, would write, or takes more than a minute to its next row."""
    connection.open_for_reading(path).close()
    database = connection.connect(path, "ro")
    deadline = _Deadline()
    database.set_progress_handler(deadline.is_over, _OPCODES_BETWEEN_CHECKS)
    database.set_authorizer(_authorize)
    try:
        with _failures():
            cursor = database.execute(sql, parameters)
    except RecordingError:
        database.close()
        raise
    return Result(tuple(column[0] for column in cursor.description or ()), _rows(database, cursor, deadline))


def _rows(database: sqlite3.Connection, cursor: sqlite3.Cursor, deadline: _Deadline) -> Iterator[tuple[Any, ...]]:
    with closing(database), _failures():
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
            deadline.restart()


class _Deadline:
    """When SQLite has had a minute for the next rows; what is done with those it gave does not count."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._ends = time.monotonic() + _LIMIT_S

    def is_over(self) -> bool:
        return time.monotonic() > self._ends


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        reason = str(error)
        if isinstance(error, sqlite3.OperationalError) and reason == "interrupted":
            reason = "it ran for more than a minute"
        elif "authorized" in reason:
            reason = "only reading is allowed"
        raise RecordingError(f"the query failed: {reason}", "the tables are described in docs/schema.md") from error


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action in _READ_ONLY and not (action == sqlite3.SQLITE_FUNCTION and second == "load_extension"):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
