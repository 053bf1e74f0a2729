"""asyncpg: connections, prepared statements and cursors. COPY is not recorded; transactions go through `Connection.execute`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from causeway.boundary import postgres
from causeway.boundary.postgres import NUMBERED, Session, around


def _session(connection: Any) -> Session:
    known = postgres.known(connection)
    if known is not None:
        return known
    address, parameters = connection._addr, connection._params
    host, port = address if type(address) is tuple else (str(address), "")
    if type(address) is str:  # the socket itself
        folder, _, name = address.rpartition("/")
        host, port = folder, name.rpartition(".")[2]
    settings = parameters.server_settings or {}
    level = settings.get("default_transaction_isolation", "")
    return postgres.remember(connection, Session(host, port, str(parameters.database), f"default_transaction_isolation={level}" if level else ""))


def _began(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """A connection, prepared statement or cursor is about to do something."""
    return postgres.begins(_behind(args[0]._connection if hasattr(args[0], "_connection") else args[0]), _session)


def _rowcount(result: Any) -> int:
    """From the status of a command: `UPDATE 3`, `INSERT 0 1`."""
    if type(result) is str:
        last = result.rpartition(" ")[2]
        return int(last) if last.isdecimal() else -1
    return len(result) if type(result) is list else -1


def _write(connection: Any, text: Any, parameters: Any, many: bool, rowcount: int, error: BaseException | None, started: int) -> None:
    if type(text) is str:
        postgres.executed(
            _session(connection), NUMBERED, text, parameters, many=many, rowcount=rowcount, error=error, started=started,
            is_open=not connection.is_closed() and connection._protocol.is_in_transaction(),
        )  # fmt: skip


def _executed(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    text = args[1] if len(args) > 1 else kwargs.get("query")
    _write(args[0], text, args[2:], False, _rowcount(result), error, started)


def _one_fetched(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    """There may be more rows; this only tells whether there is none."""
    text = args[1] if len(args) > 1 else kwargs.get("query")
    _write(args[0], text, args[2:], False, 0 if result is None and error is None else -1, error, started)


def _executed_many(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    text, sets = [*args[1:], *(kwargs[name] for name in ("command", "query", "args") if name in kwargs)][:2]
    _write(args[0], text, sets, True, -1, error, started)


def _prepared(many: bool) -> Callable[..., None]:
    def leave(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        it = args[0]
        parameters = (args[1] if len(args) > 1 else kwargs.get("args")) if many else args[1:]
        _write(_behind(it._connection), it._query, parameters, many, _rowcount(result), error, started)

    return leave


def _opened(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    """A cursor has been bound."""
    cursor = args[0]
    _write(_behind(cursor._connection), cursor._query, tuple(cursor._args or ()), False, -1, error, started)


def _behind(connection: Any) -> Any:
    """The connection itself, for a proxy of a pool."""
    return connection._con if type(connection).__name__ == "PoolConnectionProxy" else connection


def _closed(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    session = postgres.known(args[0])
    if session is not None and error is None:
        postgres.ended(session, "ROLLBACK", None, started, False)


def patch(module: ModuleType) -> None:
    """Hook `asyncpg`."""
    connection, cursor, prepared_stmt = module.connection, module.cursor, module.prepared_stmt
    for name in ("execute", "fetch", "fetchval"):
        around(connection.Connection, name, _began, _executed, awaited=True)
    around(connection.Connection, "fetchrow", _began, _one_fetched, awaited=True)
    for name in ("executemany", "fetchmany"):
        if name in vars(connection.Connection):
            around(connection.Connection, name, _began, _executed_many, awaited=True)
    for name in ("fetch", "fetchval", "fetchrow"):
        around(prepared_stmt.PreparedStatement, name, _began, _prepared(many=False), awaited=True)
    for name in ("executemany", "fetchmany"):
        if name in vars(prepared_stmt.PreparedStatement):
            around(prepared_stmt.PreparedStatement, name, _began, _prepared(many=True), awaited=True)
    for name in ("_bind", "_bind_exec"):
        around(cursor.BaseCursor, name, _began, _opened, awaited=True)
    around(connection.Connection, "close", _began, _closed, awaited=True)
