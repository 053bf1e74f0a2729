"""The databases of a run: what a SQLite file holds, and which servers were asked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from causeway_core.storage.recording import Recording

LARGEST = 8 << 20
MOST_ROWS = 5_000


def dump(path: Path) -> tuple[str, ...] | None:
    """The rows of all tables, sorted, each with its table's name; None for a file that is missing, large or no database. Changes nothing."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1.0)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
            rows: list[str] = []
            for table in sorted(tables):
                quoted = table.replace('"', '""')
                rows += (f"{table}: {row!r}" for row in database.execute(f'SELECT * FROM "{quoted}" LIMIT {MOST_ROWS}'))
            return tuple(sorted(rows))
    except (OSError, sqlite3.Error):
        return None


def servers(recording: Recording) -> tuple[str, ...]:
    """The databases of servers that the run used, as it named them: `postgresql://host:port/name`."""
    names = {str(sql.details.get("database") or sql.system) for sql in recording.sql() if "sqlite" not in sql.system}
    return tuple(sorted(names))
