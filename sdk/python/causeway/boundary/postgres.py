"""PostgreSQL, with any driver: sessions, their transactions, and one SQL record per statement.

The server is never queried. Whether a transaction is open is known from its last answer to the driver; the isolation is what the program set. Rows
are known from equalities in the text, as for SQLite.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from itertools import count
from time import monotonic_ns
from typing import Any

from causeway.boundary import emit, observed, patch
from causeway.boundary.emit import gap
from causeway.boundary.plain import quote, quote_name
from causeway.boundary.sqlprepared import Known, Prepared, parameters_json, rows_json, sets_json
from causeway.boundary.sqltext import Statement, Table
from causeway.boundary.sqltokens import POSTGRES, PYFORMAT
from causeway.boundary.transaction import Connected

_next = count(1).__next__
_tables: dict[str, Table] = {}

NUMBERED = Known(POSTGRES, _tables)
"""Statements with `$1`."""
FORMATTED = Known(PYFORMAT, _tables)
"""Statements with `%s`."""
UNLESS_SAID = "READ COMMITTED"
"""The default isolation of a server."""

_LEVELS = r"(read\\?\s+(?:un)?committed|repeatable\\?\s+read|serializable)"
_LEVEL = re.compile(rf"\b(?:isolation\s+level|default_transaction_isolation\s*(?:=|\bto\b)?)\s*'?{_LEVELS}", re.IGNORECASE)
_sessions: dict[int, tuple[Any, Session]] = {}


class Session(Connected):
    """What is known of a connection, and the beginning of its records.

    `host` is a name, address or folder of a socket; `options` is where isolation may have been set when it was made.
    """

    __slots__ = ("__weakref__", "database", "default", "head")

    def __init__(self, host: str, port: object, database: str, options: str = "") -> None:
        super().__init__(_next)
        self.database = f"postgresql://{host}:{port}/{database}"
        self.head = f'{{"system":"postgresql","phase":"end","connection":{self.number},"database":{quote(self.database)},'
        found = _LEVEL.search(options)
        self.default = _level(found[1]) if found is not None else UNLESS_SAID


def known(connection: Any) -> Session | None:
    """The session of a connection that is already known."""
    found = _sessions.get(id(connection))
    return found[1] if found is not None and found[0]() is connection else None


def remember(connection: Any, session: Session) -> Session:
    """Registers the session of a connection, for the connection's lifetime."""
    key = id(connection)
    _sessions[key] = (weakref.ref(connection, lambda gone: _sessions.pop(key, None)), session)
    if observed.observer is not None:
        observed.observer.met(connection, session)
    return session


def around(owner: Any, name: str, enter: Callable[..., Any], leave: Callable[..., None], *, awaited: bool) -> None:
    """Hooks a function of a driver that sends a request to the server. While an order is in force, a held task waits before it."""
    patch.around(owner, name, enter, leave, awaited=awaited)
    if awaited and observed.observer is not None and name in vars(owner):
        setattr(owner, name, observed.observer.in_turn(vars(owner)[name]))


def begins(connection: Any, session: Callable[[Any], Session]) -> int:
    """The time when a statement begins."""
    if observed.observer is not None:
        observed.observer.begins(connection, session(connection))
    return monotonic_ns()


def executed(
    session: Session, known: Known, text: str, parameters: Any, *, many: bool = False, rowcount: int = -1, error: BaseException | None, started: int,
    is_open: bool, level: str | None = None,
) -> None:  # fmt: skip
    """A statement has been executed. `is_open`: a transaction is open; `level`: the isolation with which the driver begins transactions."""
    prepared = known.prepared.get(text) or known.prepare(text)
    if observed.observer is not None:
        observed.observer.done(session, prepared.statement)
        if prepared.statement.access in ("write", "schema"):
            observed.observer.wrote(session, prepared.statement.tables)
    if many:
        shown, rows = sets_json(prepared, parameters)
    else:
        shown, rows = parameters_json(prepared.statement, parameters), rows_json(prepared, parameters, None)
    _write(session, prepared, shown, rows, rowcount if prepared.statement.access in ("read", "write") else -1, error, started, is_open, level)


def ended(session: Session, verb: str, error: BaseException | None, started: int, is_open: bool) -> None:
    """A COMMIT, ROLLBACK or the like that the driver made. Without a transaction nothing is recorded."""
    if observed.observer is not None:
        observed.observer.done(session, None)
    if session.transaction is not None or is_open:
        _write(session, FORMATTED.prepared.get(verb) or FORMATTED.prepare(verb), "null", "[]", -1, error, started, is_open, None)


def _write(
    session: Session, prepared: Prepared, parameters: str, rows: str, rowcount: int, error: BaseException | None, started: int, is_open: bool,
    level: str | None,
) -> None:  # fmt: skip
    isolation = _requested_isolation(prepared.statement)
    if isolation is not None and prepared.statement.verb == "SET" and "TRANSACTION" not in prepared.statement.text.upper().split()[:3]:
        session.default, isolation = isolation, None
    if is_open and session.transaction is not None and isolation is not None:
        session.isolation = quote_name(isolation)
    transaction = session.transaction_json(is_open, lambda: isolation or level or session.default)
    emit.statement(f"{session.head}{prepared.constant}", _next(), parameters, rowcount, rows, transaction, error, started)


def _requested_isolation(statement: Statement) -> str | None:
    """The isolation that a BEGIN or SET names."""
    if statement.verb not in ("BEGIN", "START", "SET"):
        return None
    found = _LEVEL.search(statement.text)
    return _level(found[1]) if found is not None else None


def _level(text: str) -> str:
    return " ".join(text.replace("\\", "").upper().split())


def composed(query: Any) -> str | None:
    """The text of a statement given as str, bytes, or composed with `psycopg.sql` or `psycopg2.sql`; None if getting it would run code."""
    if type(query) is str:
        return query
    if type(query) is bytes:
        return query.decode("utf-8", "replace")
    kind = type(query)
    if kind.__module__ not in ("psycopg.sql", "psycopg2.sql"):
        return None
    inner = query._obj if kind.__module__ == "psycopg.sql" else query._wrapped
    match kind.__name__:
        case "SQL":
            return str(inner)
        case "Identifier":
            return ".".join('"' + part.replace('"', '""') + '"' for part in ([inner] if type(inner) is str else inner))
        case "Placeholder":
            return f"%({inner})s" if inner else "%s"
        case "Literal" if type(inner) in (int, str):
            return str(inner) if type(inner) is int else "'" + inner.replace("'", "''") + "'"
        case "Composed":
            parts = [composed(part) for part in inner]
            return "".join(part for part in parts if part is not None) if None not in parts else None
    return None


_reported: set[str] = set()


def report_gap_once(what: str, why: str) -> None:
    """Records once that something is missing from here on."""
    if what not in _reported:
        _reported.add(what)
        gap(what, why)
