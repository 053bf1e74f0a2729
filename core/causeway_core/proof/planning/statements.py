"""Orders of findings about statements: of a database, or on files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import At, Finding
from causeway_core.model.order import Order, OrderPlace, PlaceAccess
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.bystanders import Bystanders, worker_kind
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.interchangeable import between_requests
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.planning.side import Side, inside, serial, shown

OPENED = "opened"
"""The name of a `file` place that is passed as soon as its statement has opened the file to write it (sdk/SPEC.md section 9)."""
_AT_ONCE = (".write_text(", ".write_bytes(")
"""Calls that open, write and close a file: no statement of the program lies in between."""


class StatementOrders:
    """Makes them. Each method raises Unplaced if a place is unknown."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence

    def orders(self, finding: Finding) -> Iterator[Order]:
        """The orders of a window of two statements, with bystanders that use the same tables out of the way."""
        bystanders = self._bystanders(finding)
        aims: set[str] = set()
        for order in self._windows(finding):
            if bystanders is None or order.alternate:
                yield order
            else:
                yield from bystanders.with_bystanders(order, alone=order.aim not in aims)
                aims.add(order.aim)
        if bystanders is not None:
            with suppress(Unplaced):
                yield from bystanders.serial()

    def _bystanders(self, finding: Finding) -> Bystanders | None:
        made = {sql.at for sql in self._evidence.facts.sql}
        events = [at for _, at in _events(finding)]
        apart = {self._evidence.facts.work_of(actor, at): at for at in reversed(events) if (actor := self._evidence.actor_at(at)) is not None}
        if len(apart) != 2 or not made.issuperset(events):
            return None
        first, other = sorted(apart.values())
        return Bystanders.of_statements(self._anchors, self._evidence, first, other)

    def _windows(self, finding: Finding) -> Iterator[Order]:
        """One actor's window of two statements on a row, with the other actor's statement (to the end of that actor) in between."""
        a = self._anchors
        by_actor: dict[int, list[At]] = {}
        for _, at in _events(finding):
            actor = self._evidence.actor_at(at)
            if actor is not None:
                by_actor.setdefault(self._evidence.facts.work_of(actor, at), []).append(at)
        # Where both actors have two events, the first event is the owner's.
        owners = [actor for actor, events in by_actor.items() if len(events) == 2][:1]
        others = [actor for actor, events in by_actor.items() if actor not in owners and len(events) <= 2]
        if len(by_actor) != 2 or not owners or not others:
            return
        owner, other = owners[0], others[0]
        read, write = by_actor[owner]
        begins, statement = by_actor[other][0], by_actor[other][-1]
        if read == write:
            yield from self._in_place(finding, owner, other, statement)
            return
        one, two = a.actor_of(owner), a.actor_of(other)
        how: PlaceAccess = "sql" if any(sql.at == read for sql in self._evidence.facts.sql) else "file"
        opens, closes = self._done(owner, read, how), self._begun(owner, write, how)
        if opens == closes:
            # A `with` statement whose ends are the two events.
            closes = a.following(owner, read) or closes
        mine = Side(one, opens, closes, a.held_since_event(one, read, statement), one.title)
        begin = self._read_before(other, statement) if begins == statement else begins
        last, ends = self._done(other, statement, how), [a.end(two)] if two.state == "finished" else []
        first, since = self._begun(other, begin, how), a.held_since_event(two, begin, read)
        handed = one.kind == "task" and mine.first.access == "end" and mine.last.access != "start"
        waits = a.operation(owner, read, "await") if handed else None
        looked = self._last_look(owner, read, write) if how == "sql" else read
        if looked != read:
            # Later reads may decide too: the second actor comes after the last of them.
            yield inside(replace(mine, first=self._done(owner, looked, how)), Side(two, first, (*ends, last)[0], since, two.title), waits)
        made = self._last_change(owner, read, write) if how == "sql" else None
        if made is not None:
            # A row that is changed first may be what leads the second actor to another: `UPDATE jobs …`, then `INSERT INTO locks …`.
            yield inside(replace(mine, first=self._done(owner, made, how)), Side(two, first, (*ends, last)[0], since, two.title), waits)
        for end in (*ends, last):
            yield inside(mine, Side(two, first, end, since, two.title), waits)
        yield from self._elsewhere(mine, Side(two, first, (*ends, last)[0], since, two.title), waits)
        if how == "sql" and self._commits_later(write):
            says = f"{two.title} runs its statement after {one.title} has passed {shown(mine.last)} and before that commits"
            yield drafted("bad", says, [(mine.last, first, since), (first, a.end(one), mine.last)])
        following = a.following(other, statement)
        if following is not None:
            visit = f"until {two.title} has passed {shown(last)}, which then waits for {shown(mine.last)}"
            says = f"{one.title} is held after {shown(mine.first)} {visit}"
            yield drafted("bad", says, [(mine.first, first, since), (last, mine.last, waits or mine.first), (mine.last, following, last)])
        # A write may become visible only when the file is closed or the transaction ends.
        needs = one.last_at is None or self._evidence.order.happens_before(statement, one.last_at, must=True)
        done = self._done(owner, write, how) if needs or one.state != "finished" else a.end(one)
        whole = replace(mine, first=self._begun(owner, read, how), last=done)
        yield from serial(whole, Side(two, first, (*ends, last)[0], since, two.title))

    def _elsewhere(self, a: Side, b: Side, waits: OrderPlace | None) -> Iterator[Order]:
        """Two requests that came on one connection, one after the other.

        While the first is held, the second has to come on another connection: the next one to be opened, or one on which it has another number.
        """
        path = self._anchors.on_next_connection(b.actor)
        if path is not None and worker_kind(a.actor) == worker_kind(b.actor):
            yield from filter(None, [between_requests(a, b)])
            moved = inside(a, replace(b, first=replace(b.first, actor=path), last=replace(b.last, actor=path), since=None), waits)
            yield replace(moved, says=f"{moved.says} on another connection", alternate=True)

    def _in_place(self, finding: Finding, owner: int, other: int, change: At) -> Iterator[Order]:
        """One actor opens, reads and, further down, writes a file; the other's change (to the end of that actor) comes before the write."""
        a = self._anchors
        line, at = next((access.line, access.at) for access in finding.accesses if access.role == "write" and access.at != change)
        assert at is not None
        writes, before = a.upcoming(owner, at, line)
        if before is None:
            return
        one, two = a.actor_of(owner), a.actor_of(other)
        opens = self._begun(owner, at, "file")
        since, first = a.held_since_event(two, change, at), a.operation(other, change, "file")
        end = a.end(two) if two.state == "finished" else first
        yield inside(Side(one, before, writes, a.held_since_event(one, at, change), one.title), Side(two, first, end, since, two.title))
        whole = Side(one, opens, a.end(one) if one.state == "finished" else writes, a.held_since_event(one, at, change), one.title)
        yield from serial(whole, Side(two, first, end, since, two.title))

    def _begun(self, actor: int, at: At, how: PlaceAccess) -> OrderPlace:
        """Where to hold an actor before a statement. Work that it hands to a pool is held in the pool's thread: the task that awaits it cannot be."""
        item = self._evidence.facts.work_items.submitted_at(at)
        return self._anchors.operation(actor, at, how) if item is None else OrderPlace(self._anchors.actor_of(item.id).path, "start")

    def _done(self, actor: int, at: At, how: PlaceAccess) -> OrderPlace:
        """Where a statement, or the work that it hands to a pool, is done."""
        item = self._evidence.facts.work_items.submitted_at(at)
        return self._anchors.operation(actor, at, how) if item is None else self._anchors.end(self._anchors.actor_of(item.id))

    def _last_look(self, actor: int, read: At, write: At) -> At:
        """The last statement of an actor that reads between `read` and `write`."""
        facts = self._evidence.facts
        mine = [sql for sql in facts.sql if facts.work_of(sql.actor, sql.at) == actor]
        reads = [sql.at for sql in mine if sql.access == "read" and read < sql.at < write]
        return max(reads, default=read)

    def _last_change(self, actor: int, read: At, write: At) -> At | None:
        """The last statement of an actor that writes between `read` and `write`."""
        facts = self._evidence.facts
        between = (sql for sql in facts.sql if sql.access == "write" and read < sql.at < write)
        return max((sql.at for sql in between if facts.work_of(sql.actor, sql.at) == actor), default=None)

    def _commits_later(self, write: At) -> bool:
        """Whether a write becomes visible to others only when its transaction ends."""
        facts, transactions = self._evidence.facts, self._evidence.transactions
        return any(sql.at == write and transactions.end(sql) > order for sql, order in zip(facts.sql, facts.sql_order, strict=True))

    def opened(self, finding: Finding) -> Iterator[Order]:
        """One actor's change takes two statements (a file is truncated, then written); the other reads in between."""
        events = [(access.role, access.at) for access in finding.accesses if access.at]
        if sorted(role for role, _ in events) != ["read", "write"]:
            return
        a, at = self._anchors, dict(events)
        writer, reader = (self._evidence.actor_at(at[role]) for role in ("write", "read"))
        if writer is None or reader is None or writer == reader:
            return
        one, two = a.actor_of(writer), a.actor_of(reader)
        opens, reads, goes_on = a.operation(writer, at["write"], "file"), a.operation(reader, at["read"], "file"), a.following(writer, at["write"])
        since = a.held_since_event(two, at["read"], at["write"])
        if any(name in opens.text for name in _AT_ONCE):
            opens, goes_on = replace(opens, name=OPENED), a.end(one)
        if goes_on is None:
            return
        says = f"{two.title} reads after {one.title} has passed {shown(opens)} and before {one.title} continues"
        has_read = self._has_read(reader, at["read"], reads)
        if has_read is not None:
            yield drafted("bad", f"{says}, which it does when the other has read", [(opens, reads, since), (has_read, goes_on, opens)])
        yield drafted("bad", says, [(opens, reads, since), (reads, goes_on, opens)])
        yield drafted("serial", f"{one.title} first, then {two.title}", [(a.end(one), reads, since)])
        yield drafted("serial", f"{two.title} first, then {one.title}", [(a.end(two), opens, a.held_since_event(one, at["write"], at["read"]))])

    def _has_read(self, reader: int, at: At, opens: OrderPlace) -> OrderPlace | None:
        """Where an actor has read a file that it opens by a `with` statement; None if it opens and reads it in one statement."""
        lines = self._anchors.lines_below(at)
        around = self._evidence.texts.around(lines[0][0].path, opens.line) if lines else ()
        blocks = [node for node in around if isinstance(node, ast.With | ast.AsyncWith)]
        block = next((node for node in blocks if node.lineno <= opens.line < node.body[0].lineno), None)
        return None if block is None else self._anchors.last_in_block(reader, at, block.end_lineno or opens.line)

    def _read_before(self, actor: int, statement: At) -> At:
        """The statement by which an actor read the row that it writes with `statement`; that statement itself if there is none."""
        facts = self._evidence.facts
        mine = [sql for sql in facts.sql if facts.work_of(sql.actor, sql.at) == actor]
        written = next((sql for sql in mine if sql.at == statement), None)
        if written is None or written.access != "write":
            return statement
        rows = set(written.rows)
        reads = [sql.at for sql in mine if sql.at < statement and sql.access == "read" and rows & set(sql.rows)]
        return max(reads, default=statement)


def _events(finding: Finding) -> list[tuple[str, At]]:
    """The role and event of each access of a finding."""
    return [(access.role, access.at) for access in finding.accesses if access.at is not None]
