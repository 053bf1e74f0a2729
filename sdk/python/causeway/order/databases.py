"""Databases of servers under an order: their contents when a process ends, and the statements that wait for a lock there. Both are queried over
separate connections.

These are opened as the program opened its own, with the same driver, account and password, and only read. What fails is left out: the host then knows
less about the end of the run. None of this happens when a program is merely recorded.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from causeway import _tap, settings
from causeway.boundary import observed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from causeway.boundary.postgres import Session
    from causeway.boundary.sqltext import Statement
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches

    Rows = list[tuple[Any, ...]]
    Ask = Callable[[list[str]], list[Rows]]

MOST_ROWS = 2000
"""Larger tables are left out."""
SECONDS = 5
_COLUMNS = """
SELECT quote_ident(n.nspname), quote_ident(c.relname), a.attname, quote_ident(a.attname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND lower(c.relname) IN ({names})
AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND coalesce(pg_get_expr(d.adbin, d.adrelid), '') NOT LIKE 'nextval(%'
AND NOT EXISTS (
  SELECT 1 FROM pg_constraint f
  JOIN pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = f.confkey[array_position(f.conkey, a.attnum)]
  LEFT JOIN pg_attrdef e ON e.adrelid = f.confrelid AND e.adnum = r.attnum
  WHERE f.contype = 'f' AND f.conrelid = c.oid AND a.attnum = ANY (f.conkey)
  AND (r.attidentity <> '' OR coalesce(pg_get_expr(e.adbin, e.adrelid), '') LIKE 'nextval(%'))
ORDER BY 1, 2, a.attnum
"""
"""Numbers from a sequence, and references to them, are left out: an unused number leaves a harmless gap."""
_WAITING = """
SELECT pid, array_to_string(pg_blocking_pids(pid), ',') FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


class Databases:
    """The databases that this process used, the tables that it wrote, and those that other processes reported. Any thread may report statements."""

    def __init__(self, forcing: Forcing) -> None:
        self._forcing = forcing
        self._ask: dict[str, Ask] = {}
        self._written: dict[str, set[str]] = {}
        self._running: dict[int, tuple[int, int, int]] = {}
        """By session: its backend at the server, the thread that waits for the answer, and the socket on which it waits."""
        self.backends: dict[int, int] = {}
        """The backends of all connections, by socket."""
        self.held: dict[str, dict[str, list[str]]] = {}
        """By database and table, the rows as JSON, as last seen by any process."""

    def install(self, patches: Patches) -> None:
        """Subscribes to the connections of the drivers."""
        self.observe()
        patches.also(lambda: setattr(observed, "observer", None))

    def observe(self) -> None:
        """The instance that the drivers report to."""
        observed.observer = self

    def met(self, connection: Any, session: Session) -> None:
        """A connection is used for the first time."""
        ways = {"psycopg": _psycopg, "psycopg2": _psycopg2, "asyncpg": _asyncpg}
        for kind in type(connection).__mro__:
            way = ways.get(kind.__module__.partition(".")[0])
            if way is not None and session.database not in self._ask:
                try:
                    self._ask[session.database] = way(connection)
                except Exception:  # closed by now
                    return

    def begins(self, connection: Any, session: Session) -> None:
        """A statement is about to be sent; a thread that is held waits here."""
        self._forcing.before_request()
        try:
            backend, socket = _backend(connection)
        except Exception:  # it is closed: the statement is about to fail
            return
        self.backends[socket] = backend
        self._running[session.number] = backend, get_ident(), socket

    def done(self, session: Session, statement: Statement | None) -> None:
        """The statement has been answered."""
        self._running.pop(session.number, None)
        if statement is not None and statement.tables:
            self._forcing.statement_answered(f"{statement.verb} {statement.tables[0]}")

    def in_turn(self, function: Any) -> Any:
        """The coroutine function; a held task waits before it, as if its loop ran it later."""

        async def when_admitted(*args: Any, **kwargs: Any) -> Any:
            while not self._forcing.may_request():
                await sys.modules["asyncio"].sleep(0)
            return await function(*args, **kwargs)

        return when_admitted

    def awaited(self, *, thread: int = 0, socket: int = -1) -> int:
        """The backend whose answer a thread, or an event loop at a socket, waits for; 0 if it waits for none."""
        for backend, its_thread, its_socket in list(self._running.values()):
            if its_socket == socket or (its_thread == thread and socket < 0):
                return backend
        return 0

    def waits(self) -> dict[int, list[int]]:
        """The backends whose statements wait for a lock, and those they wait for. Called from a hidden thread; costs a connection to each of them."""
        found: dict[int, list[int]] = {}
        for ask in list(self._ask.values()):
            try:
                found |= {int(backend): [int(each) for each in others.split(",")] for backend, others in ask([_WAITING])[0] if others}
            except Exception:
                continue
        return found

    def wrote(self, session: Session, tables: Iterable[str]) -> None:
        """A statement changed or created these tables."""
        self._written.setdefault(session.database, set()).update(tables)

    def merge_rows(self, held: dict[str, dict[str, list[str]]]) -> None:
        """Takes the rows that another process saw at its end, which are newer than the known ones."""
        for database, tables in held.items():
            self.held.setdefault(database, {}).update(tables)

    def read_tables(self) -> None:
        """Reads the tables that this process wrote. Inside a gate; takes at most some seconds."""
        if settings.current.sanitize_values:
            return
        _tap.pause()
        try:
            for database, tables in list(self._written.items()):
                try:
                    self.merge_rows({database: _rows(self._ask[database], tables)})
                except Exception:
                    continue
        finally:
            _tap.resume()


def _rows(ask: Ask, tables: Iterable[str]) -> dict[str, list[str]]:
    from causeway.redaction import is_secret  # its patterns are slow to compile, and few programs need them

    names = ", ".join("'" + table.replace("'", "''") + "'" for table in sorted(tables))
    columns: dict[str, list[str]] = {}
    for schema, table, name, quoted in ask([_COLUMNS.format(names=names)])[0] if names else ():
        listed = columns.setdefault(f"{schema}.{table}", [])
        if not is_secret(name):
            listed.append(quoted)
    known = {table: listed for table, listed in columns.items() if listed}
    queries = [
        f"SELECT row_to_json(t)::text FROM (SELECT {', '.join(listed)} FROM {table} LIMIT {MOST_ROWS + 1}) t" for table, listed in known.items()
    ]
    answers = zip(known, ask(queries) if queries else (), strict=True)
    return {table.removeprefix("public."): sorted(row for (row,) in rows) for table, rows in answers if len(rows) <= MOST_ROWS}


# What differs between drivers: the peer, how to connect a second time, and how to query.


def _backend(connection: Any) -> tuple[int, int]:
    """The number of the process at the server, and that of the socket here."""
    if hasattr(connection, "pgconn"):
        return connection.pgconn.backend_pid, connection.pgconn.socket
    if hasattr(connection, "get_server_pid"):
        return connection.get_server_pid(), connection._transport.get_extra_info("socket").fileno()
    return connection.info.backend_pid, connection.fileno()


def _psycopg(connection: Any) -> Ask:
    info = connection.info
    words = info.get_parameters() | {"password": info.password or None}
    connect: Any = sys.modules["psycopg"].Connection.connect

    def ask(queries: list[str]) -> list[Rows]:
        with connect(autocommit=True, connect_timeout=SECONDS, **_without(words, "connect_timeout")) as own:
            own.execute(f"SET statement_timeout = '{SECONDS}s'")
            return [own.execute(query).fetchall() for query in queries]

    return ask


def _psycopg2(connection: Any) -> Ask:
    info = connection.info
    words = dict(info.dsn_parameters) | ({"password": info.password} if info.password else {})
    connect: Any = sys.modules["psycopg2"].connect

    def ask(queries: list[str]) -> list[Rows]:
        own = connect(connect_timeout=SECONDS, **_without(words, "connect_timeout"))
        try:
            own.set_session(autocommit=True)
            cursor = own.cursor()
            cursor.execute(f"SET statement_timeout = '{SECONDS}s'")
            found = []
            for query in queries:
                cursor.execute(query)
                found.append(cursor.fetchall())
            return found
        finally:
            own.close()

    return ask


def _asyncpg(connection: Any) -> Ask:
    parameters, address = connection._params, connection._addr
    if type(address) is tuple:
        # By number: at the end of a process there are no threads any more to look a name up in.
        host, port = connection._transport.get_extra_info("peername")[:2]
    else:
        host, port = address.rpartition("/")[0], int(address.rpartition(".")[2])
    connect: Any = sys.modules["asyncpg"].connect

    async def ask_all(queries: list[str]) -> list[Rows]:
        own = await connect(
            host=host, port=port, user=parameters.user, password=parameters.password, database=parameters.database, ssl=parameters.ssl or False,
            timeout=SECONDS, command_timeout=SECONDS,
        )  # fmt: skip
        try:
            return [[tuple(row) for row in await own.fetch(query)] for query in queries]
        finally:
            await own.close()

    def ask(queries: list[str]) -> list[Rows]:
        loop: Any = sys.modules["asyncio"].new_event_loop()
        try:
            found: list[Rows] = loop.run_until_complete(ask_all(queries))
            return found
        finally:
            loop.close()

    return ask


def _without(words: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in words.items() if key != name}
