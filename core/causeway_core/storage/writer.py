"""The one writer of a recording."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.storage import connection, schema

_CACHE_KIB = 32 * 1024
_WAL_PAGES = 16 * 1024
"""64 MB. Moving the log into the file waits for the disk, and by default happens each 4 MB: then a busy recorder did little else."""


class RecordingWriter:
    """Writes rows in transactions of the caller's making. One at a time a file; belongs to one thread.

    Until `complete` the file is in WAL mode, so that others can read what is committed, and has no secondary indexes (they would cost more
    than making them at the end).
    """

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self.database = database

    @classmethod
    def create(cls, path: Path, facts: Mapping[str, Any]) -> RecordingWriter:
        """Makes the file, in place of any that is there, with these rows of `meta` and state incomplete. Raises RecordingError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for old in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                old.unlink(missing_ok=True)
            database = connection.connect(path, "rwc")
            database.execute("PRAGMA page_size = 4096")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            database.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
            schema.create_tables(database)
        except (OSError, sqlite3.Error) as error:
            raise RecordingError(f"cannot write {path}: {error}", "choose another place with -o") from error
        writer = cls(path, database)
        writer.set_meta({"schema_version": schema.VERSION, "state": "incomplete"} | dict(facts))
        return writer

    def begin(self) -> None:
        """Begins a transaction."""
        self.database.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Ends the transaction: its rows survive a kill from here on."""
        self.database.execute("COMMIT")

    def insert(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Adds rows that have a value for each column of the table in turn, or for all but a leading `id`."""
        rows = rows if isinstance(rows, list) else list(rows)
        if rows:
            self.database.executemany(_insert_statement(table, len(rows[0])), rows)

    def replace(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """As `insert`, of rows with their id: in place of those that have it."""
        if rows:
            statement = _insert_statement(table, len(rows[0])).replace("INSERT ", "INSERT OR REPLACE ", 1)
            self.database.executemany(statement, rows)

    def index(self) -> None:
        """Makes the secondary indexes now, for a recording that is travelled while it grows."""
        schema.create_indexes(self.database)

    def set_meta(self, facts: Mapping[str, Any]) -> None:
        """Sets facts about the recording; what is neither text nor a number is stored as JSON."""
        rows = [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in facts.items() if value is not None]
        self.database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def complete(self, facts: Mapping[str, Any]) -> None:
        """Makes the indexes, marks the recording complete and closes it as one single file."""
        schema.create_indexes(self.database)
        self.set_meta({**facts, "state": "complete"})
        self.database.execute("PRAGMA optimize")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _leave_wal(self.database)
        self.close()

    def close(self) -> None:
        """Closes the file as it is."""
        self.database.close()


def as_one_file(path: Path) -> None:
    """Takes a recording that somebody read while it was completed out of WAL mode. Nothing happens while anybody reads it, or where there is none."""
    with suppress(sqlite3.Error):
        database = connection.connect(path, "rw")
        try:
            _leave_wal(database)
        finally:
            database.close()


def _leave_wal(database: sqlite3.Connection) -> None:
    """Somebody may be reading the recording while it ends; then it stays in WAL mode, which is as good but for two files beside it."""
    database.execute("PRAGMA busy_timeout = 0")
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA journal_mode = DELETE")


def replace_findings(path: Path, findings: Iterable[tuple[str, str, str, float, Mapping[str, Any]]]) -> None:
    """Stores the findings (id, kind, tier, rank, object of schema causeway.findings/1) in place of those there. Raises RecordingError."""
    connection.check(path)
    rows = [(id, kind, tier, rank, json.dumps(content)) for id, kind, tier, rank, content in findings]
    with _changing(path, "the findings") as database:
        database.execute("DELETE FROM finding")
        database.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?)", rows)


def keep_reset(path: Path, command: str) -> None:
    """Stores the command that brings back what a run starts from (`Meta.reset`). Raises RecordingError."""
    connection.check(path)
    with _changing(path, "the reset command") as database:
        database.execute("INSERT OR REPLACE INTO meta VALUES ('reset', ?)", (command,))


def keep_explored(path: Path) -> None:
    """Notes that orders of the recorded program were explored (`Meta.explored`); a file that cannot be written is left as it is."""
    connection.check(path)
    with suppress(RecordingError), _changing(path, "what was explored") as database:
        database.execute("INSERT OR REPLACE INTO meta VALUES ('explored', '1')")


@contextmanager
def _changing(path: Path, what: str) -> Iterator[sqlite3.Connection]:
    """A transaction on a recording that is complete."""
    try:
        database = connection.connect(path, "rw")
        try:
            with database:
                database.execute("BEGIN IMMEDIATE")
                yield database
        finally:
            database.close()
    except sqlite3.OperationalError as error:
        raise RecordingError(f"cannot write {what} to {path}: {error}", "check its permissions") from error


@cache
def _columns(table: str) -> tuple[str, ...]:
    """Columns of a table as schema.sql declares them."""
    database = sqlite3.connect(":memory:")
    database.executescript(schema.text())
    columns = tuple(row[1] for row in database.execute(f'PRAGMA table_info("{table}")'))
    database.close()
    return columns


@cache
def _insert_statement(table: str, width: int) -> str:
    columns = _columns(table)
    if width == len(columns) - 1 and columns[0] == "id":
        columns = columns[1:]
    if width != len(columns) or not re.fullmatch(r"\w+", table):
        raise ValueError(f"{table} has {len(columns)} columns, not {width}")
    names = ", ".join(f'"{column}"' for column in columns)
    # A guest that gives a run's number twice is broken, not the recording: the first counts.
    return f'INSERT {"OR IGNORE " if table == "run" else ""}INTO "{table}" ({names}) VALUES ({", ".join("?" * width)})'
