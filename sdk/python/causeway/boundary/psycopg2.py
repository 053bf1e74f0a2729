"""psycopg2. Its classes are written in C: the functions of their methods are replaced, as for sqlite3. COPY and `callproc` are not recorded."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from causeway import _tap
from causeway.boundary import observed, postgres
from causeway.boundary.postgres import FORMATTED, Session, composed

_IN_TRANSACTION = (1, 2, 3)
_LEVELS = {1: "READ COMMITTED", 2: "REPEATABLE READ", 3: "SERIALIZABLE", 4: "READ UNCOMMITTED"}

_getters: dict[str, Callable[[Any], Any]] = {}
_cursors: type = type(None)


def _session(connection: Any) -> Session:
    known = postgres.known(connection)
    if known is not None:
        return known
    info = _getters["info"](connection)
    return postgres.remember(connection, Session(info.host or "", info.port, info.dbname, info.options or ""))


def _begins(it: Any, args: Any, kwargs: Any) -> None:
    """A cursor or connection is about to do something."""
    postgres.begins(_getters["connection"](it) if isinstance(it, _cursors) else it, _session)


def _is_open(connection: Any) -> bool:
    return _getters["status"](connection) in _IN_TRANSACTION


def _executed(many: bool) -> Callable[..., None]:
    def leave(cursor: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        connection = _getters["connection"](cursor)
        text = composed(args[0] if args else (kwargs or {}).get("query"))
        if text is None:
            postgres.report_gap_once("psycopg2.execute", "a statement that is neither text nor put together with psycopg2.sql")
            return
        parameters = args[1] if len(args) > 1 else (kwargs or {}).get("vars_list" if many else "vars")
        postgres.executed(
            _session(connection), FORMATTED, text, parameters, many=many, rowcount=_getters["rowcount"](cursor), error=error, started=started,
            is_open=_is_open(connection), level=_LEVELS.get(_getters["isolation_level"](connection)),
        )  # fmt: skip

    return leave


def _ended(verb: str) -> Callable[..., None]:
    def leave(connection: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        postgres.ended(_session(connection), verb, error, started, _is_open(connection))

    return leave


def _left(connection: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
    """`with connection:` ends."""
    postgres.ended(_session(connection), "COMMIT" if args and args[0] is None else "ROLLBACK", error, started, _is_open(connection))


def _closed(connection: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
    session = postgres.known(connection)
    if session is not None and error is None:
        postgres.ended(session, "ROLLBACK", None, started, False)


def patch(module: ModuleType) -> None:
    """Hook `psycopg2.extensions`."""
    global _cursors
    connection, cursor = module.connection, module.cursor
    _cursors = cursor
    for name in ("info", "isolation_level"):
        _getters[name] = vars(connection)[name].__get__
    for name in ("connection", "rowcount"):
        _getters[name] = vars(cursor)[name].__get__
    _getters["status"] = vars(connection)["get_transaction_status"]
    for owner, name, leave in (
        (cursor, "execute", _executed(many=False)),
        (cursor, "executemany", _executed(many=True)),
        (connection, "commit", _ended("COMMIT")),
        (connection, "rollback", _ended("ROLLBACK")),
        (connection, "__exit__", _left),
        (connection, "close", _closed),
    ):
        _tap.patch_method(owner, name, None if observed.observer is None else _begins, leave)
