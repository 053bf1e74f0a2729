"""sqlite3: every statement with the rows that it uses, and its transaction.

The classes of `_sqlite3` do not change: the C functions of their methods are replaced. Nothing runs on the program's connection. Rows are known from
equalities in the text and from the row id of an INSERT, primary keys from the CREATE TABLE statements that the process ran. Each statement has one
SQL record, written after its execution, with the time at which it began.
"""

# pathlib is not imported into the program.
# ruff: noqa: PTH100
from __future__ import annotations

from itertools import count
from os.path import abspath
from types import ModuleType
from typing import Any

from causeway import _tap, settings
from causeway.boundary import emit
from causeway.boundary.emit import SQL
from causeway.boundary.plain import exact, path_text, quote
from causeway.boundary.sqlprepared import Known, Prepared, parameters_json, rows_json, sets_json
from causeway.boundary.sqltext import Statement
from causeway.boundary.sqltokens import SQLITE
from causeway.boundary.transaction import Connected
from causeway.redaction import scrub_url

_record = _tap.record
_sql_read = _tap.sql_read
_next = count(1).__next__
_known = Known(SQLITE)
_prepare = _known.prepare
_prepared = _known.prepared
_connections: dict[int, Connection] = {}
_connecting: dict[int, object] = {}
_getters: dict[str, Any] = {}
_in_transaction: Any = None


class Connection(Connected):
    """What is known of a connection, and the beginning of its records."""

    __slots__ = ("head",)

    def __init__(self, database: object) -> None:
        super().__init__(_next)
        self.head = f'{{"system":"sqlite","phase":"end","connection":{self.number},"database":{_database_json(database, self.number)},'


def _connection(connection: Any) -> Connection:
    known = _connections.get(id(connection))
    if known is None:
        known = _connections[id(connection)] = Connection(None)
    return known


def _write(connection: Any, prepared: Prepared, parameters: str, rows: str, rowcount: int, error: BaseException | None, started: int) -> None:
    """Writes one SQL record and keeps track of the connection's transaction."""
    state = _connections.get(id(connection)) or _connection(connection)
    transaction = state.transaction_json(_in_transaction(connection), _isolation, connection, prepared.statement)
    emit.statement(f"{state.head}{prepared.constant}", _next(), parameters, rowcount, rows, transaction, error, started)


def _isolation(connection: Any, statement: Statement) -> str:
    """The kind of the transaction that has just begun."""
    if statement.verb == "BEGIN":
        words = statement.text.upper().split()
        return words[1] if len(words) > 1 and words[1] in ("IMMEDIATE", "EXCLUSIVE") else "DEFERRED"
    level = _getters["isolation_level"](connection)
    return exact(level).upper() if isinstance(level, str) and level else "DEFERRED"


def _read_one(state: Connection, prepared: Prepared, parameters: Any, started: int) -> bool:
    """Writes the record of a look-up outside of a transaction; False if that takes the full analysis."""
    current = settings.current
    if current.sanitize_values or not current.capture_args:
        return False
    return _sql_read(state.head, prepared.constant, prepared.prefix, prepared.single, _next(), parameters, started)


def _executed(connection: Any, cursor: Any, args: tuple[Any, ...], error: BaseException | None, started: int, *, many: bool) -> None:
    """One execute or executemany."""
    if not args or type(args[0]) is not str:
        return
    prepared = _prepared.get(args[0]) or _prepare(args[0])
    parameters: Any = args[1] if len(args) > 1 else None
    if prepared.reads_one and error is None and not many:
        state = _connections.get(id(connection))
        if state is not None and state.transaction is None and not _in_transaction(connection) and _read_one(state, prepared, parameters, started):
            return
    statement = prepared.statement
    rowcount = -1
    lastrowid = None
    if cursor is not None and statement.access == "write":
        rowcount = _getters["rowcount"](cursor)
        if statement.inserted and prepared.keys is None and rowcount == 1 and error is None:
            lastrowid = _getters["lastrowid"](cursor)
    if many:
        shown, rows = sets_json(prepared, parameters)
    else:
        shown, rows = parameters_json(statement, parameters), rows_json(prepared, parameters, lastrowid)
    _write(connection, prepared, shown, rows, rowcount, error, started)


def _script(connection: Any, args: tuple[Any, ...], error: BaseException | None, started: int) -> None:
    """executescript: one record."""
    if args and type(args[0]) is str:
        prepared = _prepared.get(args[0]) or _prepare(args[0])
        _write(connection, prepared, "null", rows_json(prepared, None, None), -1, error, started)


def _ended(connection: Any, verb: str, error: BaseException | None, started: int) -> None:
    """commit and rollback; without a transaction they do nothing and leave no record."""
    state = _connection(connection)
    if state.transaction is None and not _getters["in_transaction"](connection):
        return
    _write(connection, _prepared.get(verb) or _prepare(verb), "null", "[]", -1, error, started)


def _hooks(module: ModuleType) -> list[tuple[type, str, Any]]:
    connection, cursor = module.Connection, module.Cursor

    def connection_execute(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(self, result, args, error, started, many=False)

    def connection_executemany(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(self, result, args, error, started, many=True)

    def cursor_execute(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(_getters["connection"](self), self, args, error, started, many=False)

    def cursor_executemany(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(_getters["connection"](self), self, args, error, started, many=True)

    def cursor_executescript(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _script(_getters["connection"](self), args, error, started)

    def commit(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "COMMIT", error, started)

    def rollback(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "ROLLBACK", error, started)

    def leave_block(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "COMMIT" if args and args[0] is None else "ROLLBACK", error, started)

    def close(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        state = _connections.pop(id(self), None)
        if state is not None and state.transaction is not None and error is None:
            text = (_prepared.get("ROLLBACK") or _prepare("ROLLBACK")).constant
            _record(
                SQL,
                f'{state.head}{text},"id":{_next()},"parameters":null,"rowcount":-1,"rows":[],'
                f'"transaction":{state.transaction},"isolation":{state.isolation},"error":null,"started":{started}}}',
            )

    return [
        (connection, "execute", connection_execute),
        (connection, "executemany", connection_executemany),
        (connection, "commit", commit),
        (connection, "rollback", rollback),
        (connection, "__exit__", leave_block),
        (connection, "close", close),
        (cursor, "execute", cursor_execute),
        (cursor, "executemany", cursor_executemany),
        (cursor, "executescript", cursor_executescript),  # Connection.executescript calls it
    ]


def _database_json(database: object, number: int) -> str:
    """JSON of a database's absolute path; for a private database a name that no other connection has; null if the path is not known."""
    path = path_text(database)
    if path is None:
        return "null"
    if path in ("", ":memory:"):
        return f'":memory:{number}"'
    return quote(scrub_url(path if path.startswith("file:") else abspath(path)))


def _connecting_to(args: tuple[Any, ...]) -> None:
    """Audit event `sqlite3.connect`."""
    _connecting[_tap.thread_ident()] = args[0]


def _connected(args: tuple[Any, ...]) -> None:
    """Audit event `sqlite3.connect/handle`: a new connection, which may have the address of an old one."""
    _connections[id(args[0])] = Connection(_connecting.pop(_tap.thread_ident(), None))


def patch(module: ModuleType) -> None:
    """Hook `_sqlite3`."""
    for owner, name in ((module.Connection, "in_transaction"), (module.Connection, "isolation_level")):
        _getters[name] = vars(owner)[name].__get__
    global _in_transaction
    _in_transaction = _getters["in_transaction"]
    for name in ("connection", "rowcount", "lastrowid"):
        _getters[name] = vars(module.Cursor)[name].__get__
    _tap.audit("sqlite3.connect", _connecting_to)
    _tap.audit("sqlite3.connect/handle", _connected)
    for owner, name, leave in _hooks(module):
        _tap.patch_method(owner, name, leave=leave)


