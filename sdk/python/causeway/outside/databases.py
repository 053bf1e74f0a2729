"""SQLite databases, as they were when the program first opened them.

What a program reads from a database depends on what it has written there, and so on the order that a re-run changes: rows cannot be answered from a
record, the database has to be there. So its content is kept as the statements that make it again, without what stands in secret columns, and a re-run
works on a copy of its own.
"""

from __future__ import annotations

import os
import sys

from causeway import _tap
from causeway.boundary.plain import path_text
from causeway.redaction import REDACTED, is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer

DATABASE = "database"
"""The kind of these answers; `what` is the path, absolute or relative to the project."""


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each database of `sqlite3.dbapi2` when it is first opened; one that is not there yet has the value null."""
    known: set[str] = set()
    real = sys.modules["_sqlite3"].connect

    def enter(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        path = file_of(args[0] if args else kwargs.get("database"))
        if path is None or path in known:
            return
        known.add(path)
        if not os.path.exists(path) or not os.path.getsize(path):
            recorder.note(DATABASE, None, path)
            return
        number = recorder.note(DATABASE, "sql", path, body=True)
        try:
            recorder.body(number, "\n".join(statements(real, module, path)).encode())
        except Exception as error:
            recorder.body(number, b"", f"it could not be read: {type(error).__name__}")

    for owner in _owners(module):
        owner.connect = _tap.Around(owner.connect, enter, None, "outside.sqlite3.connect")


def _owners(module: ModuleType) -> list[Any]:
    return [owner for owner in (sys.modules["_sqlite3"], module, sys.modules.get("sqlite3")) if hasattr(owner, "connect")]


def file_of(database: object) -> str | None:
    """The absolute path of the file that `connect` is to open; None for databases in memory."""
    path = path_text(database)
    if path is not None and path.startswith("file:"):
        path, _, query = path[5:].partition("?")
        if "mode=memory" in query:
            return None
        if path.startswith("//"):
            path = "/" + path[2:].partition("/")[2]
    return os.path.abspath(path) if path and path != ":memory:" else None


def statements(connect: Any, module: Any, path: str) -> list[str]:
    """The statements that make a database of the same content, without secrets. Reads the file through a connection of its own."""
    from urllib.request import pathname2url

    source = connect(f"file:{pathname2url(path)}?mode=ro", uri=True)
    copy = connect(":memory:")
    try:
        source.backup(copy)
        journal = source.execute("PRAGMA journal_mode").fetchone()[0]
        version = source.execute("PRAGMA user_version").fetchone()[0]
        _without_secrets(copy)
        found = list(copy.iterdump())
    finally:
        source.close()
        copy.close()
    # Set before the tables: a journal mode cannot be changed inside of a transaction.
    return [*(["PRAGMA journal_mode = wal;"] if journal == "wal" else []), *found, f"PRAGMA user_version = {int(version)};"]


def _without_secrets(copy: Any) -> None:
    for (table,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        quoted = table.replace('"', '""')
        for row in copy.execute(f'PRAGMA table_info("{quoted}")').fetchall():
            if is_secret(row[1]):
                column = row[1].replace('"', '""')
                # Numbered, because a column of secrets is often unique.
                number = "rowid" if not row[5] else "hex(randomblob(8))"
                copy.execute(f'UPDATE "{quoted}" SET "{column}" = \'{REDACTED} \' || {number} WHERE "{column}" IS NOT NULL')
    copy.commit()


def replay(replayer: AnswerReplayer, module: ModuleType) -> None:
    """Databases of the record are opened as copies of what they were, in a folder of this re-run."""
    if not replayer.answers.databases:
        return
    real = sys.modules["_sqlite3"].connect
    _make(replayer, real)
    for owner in _owners(module):
        replayer.patches.put(owner, "connect", _Connect(replayer, owner.connect))


class _Connect:
    """Stands for `sqlite3.connect`."""

    def __init__(self, replayer: AnswerReplayer, connect: Any) -> None:
        self._replayer, self._connect = replayer, connect

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A connection."""
        given = args[0] if args else kwargs.get("database")
        path = file_of(given)
        place = None if path is None else copy_of(self._replayer, path)
        if place is not None:
            text = path_text(given) or ""
            put = f"file:{place}{text[text.index('?'):] if '?' in text else ''}" if text.startswith("file:") else place
            if args:
                args = (put, *args[1:])
            else:
                kwargs["database"] = put
        return self._connect(*args, **kwargs)


def copy_of(replayer: AnswerReplayer, path: str) -> str | None:
    """Where the copy of a recorded database is; None for one that was not recorded. Raises NotCaptured."""
    root = os.path.realpath(replayer.root)
    real = os.path.realpath(path)
    for key in (os.path.relpath(real, root), real, path):
        if key in replayer.answers.databases:
            known = replayer.answers.databases[key]
            if known.get("missing"):
                raise replayer.answers.refused(f"database {key}: {known['missing']}")
            return _place(replayer, key)
    return None


def _place(replayer: AnswerReplayer, key: str) -> str:
    number = sorted(replayer.answers.databases).index(key)
    return os.path.join(replayer.folder(), str(number), os.path.basename(key))


def _make(replayer: AnswerReplayer, connect: Any) -> None:
    """Once for all processes of a re-run: the first one does it, before the others are there."""
    for key, known in replayer.answers.databases.items():
        place = _place(replayer, key)
        if os.path.isdir(os.path.dirname(place)):
            continue
        os.makedirs(os.path.dirname(place))
        if known.get("sql") is not None:
            made = connect(place)
            try:
                made.executescript(known["sql"])
                made.commit()
            finally:
                made.close()
