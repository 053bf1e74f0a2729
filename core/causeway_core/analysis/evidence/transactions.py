"""How database transactions exclude each other: locks on rows and tables, advisory locks, isolation.

By the manual of PostgreSQL, chapters 13.2 (isolation) and 13.3 (explicit locking): a row that a transaction has written or read FOR UPDATE or SHARE
stays locked against writers to its end; REPEATABLE READ refuses to write a row that another changed since, SERIALIZABLE also what hangs on rows that
others wrote, as long as these are serializable too. SQLite lets one transaction at a time write, and refuses a writer whose view is old.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from causeway_core.analysis.evidence.facts import Facts
from causeway_core.storage.rows import Sql

Guard = tuple[Hashable, ...]
"""What can be locked, and whether by one at a time: `(exclusive, "row", database, table, key…)`, `(exclusive, "table", database, table)`,
`(exclusive, "advisory", database, key…)`."""

_BEGIN = re.compile(r"\s*BEGIN\b", re.IGNORECASE)
_MODE = re.compile(r"\bIN\s+(ACCESS\s+SHARE|ROW\s+SHARE|ROW\s+EXCLUSIVE|SHARE|SHARE\s+UPDATE\s+EXCLUSIVE)\s+MODE\b", re.IGNORECASE)
_KEY_SHARE = re.compile(r"\bFOR\s+KEY\s+SHARE\b", re.IGNORECASE)
_IMMEDIATE = ("IMMEDIATE", "EXCLUSIVE")


@dataclass(slots=True)
class _Connection:
    """The locks of a connection by what they lock, with the number of the acquisition: a lock that is released and acquired again is a different one.
    `tried`: rows that this transaction would have locked if they existed."""

    transaction: int | None = None
    of_transaction: dict[Guard, int] = field(default_factory=dict)
    of_session: dict[Guard, int] = field(default_factory=dict)
    tried: set[Guard] = field(default_factory=set)


class Transactions:
    """The locks that each statement of a recording was made under. Built in one pass; a question is a look into a dict.

    A `try` lock counts as acquired, because its answer is not recorded. Savepoints that are rolled back keep their locks.
    """

    def __init__(self, facts: Facts) -> None:
        self._processes = {actor.id: actor.process for actor in facts.actors.values()}
        self._held: dict[int, dict[Guard, int]] = {}
        self._wanted: dict[int, frozenset[Guard]] = {}
        self._ends: dict[tuple[tuple[int, int], int], int] = {}
        self._orders: dict[int, int] = {}
        self._number = 0
        self._explicit: set[tuple[tuple[int, int], int | None]] = set()
        self._users: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        connections: dict[tuple[int, int], _Connection] = {}
        for sql, order in sorted(zip(facts.sql, facts.sql_order, strict=True), key=lambda pair: (pair[1], pair[0].at)):
            self._orders[sql.at] = order
            if sql.transaction is not None:
                self._ends[self._of(sql), sql.transaction] = order
            if _BEGIN.match(sql.statement):
                self._explicit.add((self._of(sql), sql.transaction))
            self._users[self._of(sql)].append(sql.actor)
            self._note(connections.setdefault(self._of(sql), _Connection()), sql)

    def _of(self, sql: Sql) -> tuple[int, int]:
        return self._processes.get(sql.actor, 0), sql.connection

    def _note(self, connection: _Connection, sql: Sql) -> None:
        if sql.transaction is None or sql.transaction != connection.transaction:
            connection.of_transaction.clear()
            connection.tried.clear()
            connection.transaction = sql.transaction
        if sql.error is None:
            clauses = frozenset(sql.details.get("clauses") or ())
            if "advisory_unlock_all" in clauses:
                connection.of_session.clear()
            for guard in _advisory(sql):
                if any(clause.startswith("advisory_unlock") for clause in clauses):
                    connection.of_session.pop(guard, None)
                else:
                    self._take(connection.of_session if "advisory_lock" in clauses else connection.of_transaction, guard)
            for guard in _locked(sql, clauses) if sql.transaction is not None else ():
                # If no row was found, none is locked.
                if guard[1] == "row" and sql.rowcount == 0:
                    connection.tried.add(guard)
                else:
                    self._take(connection.of_transaction, guard)
        self._held[sql.at] = {**connection.of_session, **connection.of_transaction}
        self._wanted[sql.at] = frozenset(connection.tried)

    def _take(self, held: dict[Guard, int], guard: Guard) -> None:
        self._number += 1
        held.setdefault(guard, self._number)

    def end(self, sql: Sql) -> int:
        """The rank in total order from which others see what a statement did: the end of its transaction."""
        own = self._orders[sql.at]
        return own if sql.transaction is None else self._ends.get((self._of(sql), sql.transaction), own)

    def together(self, one: Sql, two: Sql) -> bool:
        """Whether two statements are in one transaction."""
        return one.transaction is not None and one.transaction == two.transaction and self._of(one) == self._of(two)

    def through(self, first: Sql, last: Sql) -> frozenset[Guard]:
        """What a connection keeps locked without a break from one statement to the other."""
        begun, ended = self._held.get(first.at, {}), self._held.get(last.at, {})
        return frozenset(guard for guard, number in begun.items() if ended.get(guard) == number)

    def excludes(self, read: Sql, write: Sql, other: Sql, *, about: Literal["row", "rows"]) -> bool:
        """Whether the database keeps another actor's statement, and what it leads to, out of the window between a read and the write that depends on
        it, or refuses one of them.

        `about`: `row` if the written row is the one that was read, `rows` if other rows decided. Statements of the same transaction are not kept out.
        A different transaction on the same connection got the connection from a pool, and might have got a different one.
        """
        if self.shared(read, other):
            return False
        mine = self.through(read, write)
        if _conflict(mine, [*self._held.get(other.at, ()), *self._wanted.get(other.at, ())]):
            return True
        locked, database = {guard[1:] for guard in mine}, write.details.get("database")
        if any(("table", database, table) in locked for table in write.details.get("tables") or ()):
            return True
        if about == "row" and any(("row", database, *row) in locked for row in write.rows):
            return True
        return self.together(read, write) and _isolated(write, other, about)

    def shared(self, one: Sql, two: Sql) -> bool:
        """Whether two statements run on one connection so that no transaction separates them."""
        if self._of(one) != self._of(two):
            return False
        if one.transaction is None or two.transaction in (None, one.transaction):
            return True
        # What sqlite3 begins by itself another actor's statement would join; a BEGIN inside a transaction is refused.
        return "sqlite" in one.system and (self._of(two), two.transaction) not in self._explicit

    def breaks_isolation(self, one: Sql, two: Sql) -> bool:
        """Whether it matters that two statements run on one connection: it ends the protection of a transaction, or the actors use it by turns. From
        a pool, each actor has a connection for a while.
        """
        if not self.shared(one, two):
            return False
        users = [actor for actor in self._users[self._of(one)] if actor in (one.actor, two.actor)]
        return one.transaction is not None or sum(before != after for before, after in pairwise(users)) > 1


def _conflict(one: Iterable[Guard], two: Iterable[Guard]) -> bool:
    """Whether both lock the same thing, and at least one of them exclusively."""
    modes: dict[Guard, bool] = {}
    for guard in one:
        modes[guard[1:]] = modes.get(guard[1:], False) or bool(guard[0])
    return any(guard[1:] in modes and (modes[guard[1:]] or bool(guard[0])) for guard in two)


def _isolated(write: Sql, other: Sql, about: Literal["row", "rows"]) -> bool:
    if "sqlite" in write.system:
        return True
    level, others = ((sql.isolation or "").upper() for sql in (write, other))
    if about == "row":
        return level in ("REPEATABLE READ", "SERIALIZABLE", *_IMMEDIATE)
    return level == others == "SERIALIZABLE"


def _advisory(sql: Sql) -> Iterator[Guard]:
    clauses = [clause for clause in sql.details.get("clauses") or () if clause.startswith("advisory_")]
    if clauses:
        kind = not any("shared" in clause for clause in clauses), "advisory", sql.details.get("database")
        for row in sql.rows:
            # A computed key is the same if text and parameters are.
            yield (*kind, *row[1:]) if len(row) > 1 else (*kind, sql.statement, str(sql.parameters))


def _locked(sql: Sql, clauses: frozenset[str]) -> Iterator[Guard]:
    """What a statement locks to the end of its transaction."""
    database = sql.details.get("database")
    if "table_lock" in clauses:
        found = _MODE.search(sql.statement)
        mode = " ".join(found[1].upper().split()) if found is not None else ""
        if mode in ("", "SHARE"):
            yield from ((not mode, "table", database, table) for table in sql.details.get("tables") or ())
        elif mode == "SHARE UPDATE EXCLUSIVE":  # excludes statements of its kind, not writers
            yield from ((True, "advisory", database, table) for table in sql.details.get("tables") or ())
    alone = sql.access == "write" or "for_update" in clauses
    locks = sql.access == "read" and (alone or ("for_share" in clauses and not _KEY_SHARE.search(sql.statement)))
    writes = sql.access == "write" and sql.statement.lstrip()[:6].upper() != "INSERT"
    if locks or writes:
        for row in sql.rows:
            yield (alone, "row", database, *row) if len(row) > 1 else (alone, "row", database, *row, sql.statement, str(sql.parameters))
