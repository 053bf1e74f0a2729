"""What the databases of servers hold when a process of a run under an order ends, asked for over a connection of its own.

It is opened as the program opened its own, with the same driver, account and password, and only reads. What fails is left out: the host then knows
less of how the run ended. Nothing of this happens when a program is merely recorded.
"""

from __future__ import annotations

import sys

from causeway import _tap, settings
from causeway.boundary import postgres
from causeway.redaction import is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from causeway.boundary.postgres import Session
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
"""Numbers from a sequence are left out, and what refers to them: one that was taken in vain leaves a gap, which is nobody's loss."""


class Databases:
    """The databases that this process used, and the tables that it wrote; and what others told of theirs. Any thread may tell it of statements."""

    def __init__(self) -> None:
        self._ask: dict[str, Ask] = {}
        self._written: dict[str, set[str]] = {}
        self.held: dict[str, dict[str, list[str]]] = {}
        """By database and table, the rows as JSON, as last seen by any process."""

    def install(self, patches: Patches) -> None:
        """From now on the drivers tell what they connect to."""
        self.observe()
        patches.also(lambda: setattr(postgres, "observer", None))

    def observe(self) -> None:
        """The drivers tell this one."""
        postgres.observer = self

    def met(self, connection: Any, session: Session) -> None:
        """A connection is used for the first time."""
        ways = {"psycopg": _psycopg, "psycopg2": _psycopg2, "asyncpg": _asyncpg}
        for kind in type(connection).__mro__:
            way = ways.get(kind.__module__.partition(".")[0])
            if way is not None:
                self._ask.setdefault(session.database, way(connection))
                return

    def wrote(self, session: Session, tables: Iterable[str]) -> None:
        """A statement changed something in these tables, or made them."""
        self._written.setdefault(session.database, set()).update(tables)

    def heard(self, held: dict[str, dict[str, list[str]]]) -> None:
        """What another process saw at its end, later than all that is known."""
        for database, tables in held.items():
            self.held.setdefault(database, {}).update(tables)

    def look(self) -> None:
        """Reads the tables that this process wrote. Inside a gate; takes at most some seconds."""
        if settings.current.sanitize_values:
            return
        _tap.pause()
        try:
            for database, tables in list(self._written.items()):
                try:
                    self.heard({database: _rows(self._ask[database], tables)})
                except Exception:
                    continue
        finally:
            _tap.resume()


def _rows(ask: Ask, tables: Iterable[str]) -> dict[str, list[str]]:
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


# How each driver connects a second time, and asks.


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

    async def asked(queries: list[str]) -> list[Rows]:
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
            found: list[Rows] = loop.run_until_complete(asked(queries))
            return found
        finally:
            loop.close()

    return ask


def _without(words: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in words.items() if key != name}
