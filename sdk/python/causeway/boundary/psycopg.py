"""psycopg 3, its synchronous and asynchronous connections. COPY, `stream` and pipelines are not recorded."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from causeway.boundary import postgres
from causeway.boundary.postgres import FORMATTED, Session, around, composed

_IDLE, _IN_TRANSACTION = 0, (1, 2, 3)

_getters: dict[str, Callable[[Any], Any]] = {}


def _session(connection: Any) -> Session:
    known = postgres.known(connection)
    if known is not None:
        return known
    library = connection.pgconn
    host, port, database, options = map(_text, (library.host, library.port, library.db, library.options))
    return postgres.remember(connection, Session(host, port, database, options))


def _began(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """A cursor, connection or transaction is about to do something."""
    connection = args[0]._conn if hasattr(args[0], "_conn") else args[0]
    return postgres.begins(connection, _session)


def _text(part: Any) -> str:
    return part.decode("utf-8", "replace") if type(part) is bytes else ""


def _is_open(connection: Any) -> bool:
    return connection.pgconn.transaction_status in _IN_TRANSACTION


def _level(connection: Any) -> str | None:
    level = _getters["isolation_level"](connection)
    return None if level is None else str(level.name).replace("_", " ")


def _executed(many: bool) -> Callable[..., None]:
    def leave(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        cursor = args[0]
        connection = cursor._conn
        if connection.pgconn.pipeline_status:
            postgres.report_gap_once("psycopg.pipeline", "what is executed in pipeline mode is not known when it is sent")
            return
        text = composed(args[1] if len(args) > 1 else kwargs.get("query"))
        if text is None:
            postgres.report_gap_once("psycopg.execute", "a statement that is neither text nor put together with psycopg.sql")
            return
        parameters = args[2] if len(args) > 2 else kwargs.get("params_seq" if many else "params")
        postgres.executed(
            _session(connection), FORMATTED, text, parameters, many=many, rowcount=_getters["rowcount"](cursor), error=error, started=started,
            is_open=_is_open(connection), level=_level(connection),
        )  # fmt: skip

    return leave


def _ended(verb: str) -> Callable[..., None]:
    def leave(started: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        postgres.ended(_session(args[0]), verb, error, started, _is_open(args[0]))

    return leave


def _closed(state: int, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    session = postgres.known(args[0])
    if session is not None and error is None:
        postgres.ended(session, "ROLLBACK", None, state, False)


def _entering(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, bool]:
    connection = args[0]._conn
    _session(connection)
    return _began(args, kwargs), _is_open(connection)


def _entered(state: tuple[int, bool], args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    """`with connection.transaction():` begins."""
    connection = args[0]._conn
    started, nested = state
    postgres.executed(
        _session(connection), FORMATTED, "SAVEPOINT" if nested else "BEGIN", None, error=error, started=started, is_open=_is_open(connection),
        level=_level(connection),
    )  # fmt: skip


def _left(state: tuple[int, bool], args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    """The block ends."""
    connection, still = args[0]._conn, _is_open(args[0]._conn)
    good = (args[1] if len(args) > 1 else kwargs.get("exc_type")) is None and not args[0].force_rollback and error is None
    verb = ("RELEASE" if good else "ROLLBACK TO SAVEPOINT") if still else ("COMMIT" if good else "ROLLBACK")
    postgres.ended(_session(connection), verb, error, state[0], still)


def patch(module: ModuleType) -> None:
    """Hook `psycopg`."""
    for owner, name in ((module.Connection, "isolation_level"), (module.Cursor, "rowcount")):
        # The library's own property: a subclass in the program may define another one of that name.
        _getters[name] = next(vars(each)[name] for each in owner.__mro__ if name in vars(each)).fget
    kinds = (
        (module.Cursor, module.ServerCursor, module.Connection, module.Transaction, "__enter__", "__exit__", False),
        (module.AsyncCursor, module.AsyncServerCursor, module.AsyncConnection, module.AsyncTransaction, "__aenter__", "__aexit__", True),
    )
    for cursor, on_server, connection, block, enter, leave, awaited in kinds:
        around(cursor, "execute", _began, _executed(many=False), awaited=awaited)
        around(on_server, "execute", _began, _executed(many=False), awaited=awaited)
        around(cursor, "executemany", _began, _executed(many=True), awaited=awaited)
        around(connection, "commit", _began, _ended("COMMIT"), awaited=awaited)
        around(connection, "rollback", _began, _ended("ROLLBACK"), awaited=awaited)
        around(connection, "close", _began, _closed, awaited=awaited)
        around(block, enter, _entering, _entered, awaited=awaited)
        around(block, leave, _entering, _left, awaited=awaited)
