"""Users' SQL over a recording: read-only, bounded in time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.storage import connection

_READ_ONLY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_PRAGMAS = {"table_info", "table_list", "table_xinfo", "index_list", "index_info"}
_LIMIT_S = 60.0
_OPCODES_BETWEEN_CHECKS = 100_000


@dataclass(frozen=True, slots=True)
class Result:
    """Column names and rows of a statement."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def run(path: Path, sql: str, parameters: Sequence[Any] = ()) -> Result:
    """Runs one statement. Raises RecordingError when it is malformed, would write, or takes more than a minute."""
    connection.open_for_reading(path).close()
    database = connection.connect(path, "ro")
    deadline = time.monotonic() + _LIMIT_S
    database.set_progress_handler(lambda: time.monotonic() > deadline, _OPCODES_BETWEEN_CHECKS)
    database.set_authorizer(_authorize)
    try:
        cursor = database.execute(sql, parameters)
        return Result(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())
    except sqlite3.OperationalError as error:
        reason = "it ran for more than a minute" if str(error) == "interrupted" else str(error)
        raise RecordingError(f"the query failed: {reason}", "the tables are described in docs/schema.md") from error
    except sqlite3.Error as error:
        reason = "only reading is allowed" if "authorized" in str(error) else str(error)
        raise RecordingError(f"the query failed: {reason}", "the tables are described in docs/schema.md") from error
    finally:
        database.close()


def _authorize(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action in _READ_ONLY and not (action == sqlite3.SQLITE_FUNCTION and second == "load_extension"):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
