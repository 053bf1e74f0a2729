"""Plans the orders of a finding: bad ones that would show the bug, and serial ones to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice

from causeway_core.analysis import Analysis
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import takes_away
from causeway_core.analysis.detectors.atomicity.double_removal import TAKES_TOO
from causeway_core.analysis.detectors.atomicity.duplicate_computation import BEGINS
from causeway_core.analysis.detectors.futures.resolved_twice import SETTLE
from causeway_core.analysis.detectors.queues.put_after_sentinel import LATE
from causeway_core.analysis.detectors.wakeups.unrechecked_wait import UNDOES
from causeway_core.analysis.filters.feasible import feasible
from causeway_core.model import Actor, At, Finding
from causeway_core.model.order import Order, OrderPlace, PlaceAccess
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.bystanders import Bystanders, sibling_kind, worker_kind
from causeway_core.proof.planning.cancellation import CancellingOrders
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.interchangeable import before_first_worker, between_requests, between_workers, has_parts
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.planning.templates import template_orders
from causeway_core.proof.planning.window import Side, WindowOrders, inside, said, serial
from causeway_core.storage.recording import Recording

MOST_BAD = 6
"""Bad orders per finding, the likeliest first."""
MOST_ALTERNATES = 3
"""Further bad orders, with bystanders left free or between other actors."""


def planned(recording: Recording, analysis: Analysis) -> tuple[Finding, ...]:
    """The findings with their `orders`: a few bad ones each, and the serial orders to compare with. Empty if none is known."""
    planner = Planner(recording, analysis)
    return tuple(replace(finding, orders=planner.orders(finding)) for finding in analysis.findings)


class Planner:
    """Makes orders. About a millisecond a finding, besides laying the recording out once."""

    def __init__(self, recording: Recording, analysis: Analysis) -> None:
        self._anchors = Anchors(recording, analysis)
        self._analysis = analysis
        self._evidence = analysis.evidence
        self._windows = WindowOrders(self._anchors, self._evidence)
        self._cancelling = CancellingOrders(self._anchors, self._evidence)

    def orders(self, finding: Finding) -> tuple[Order, ...]:
        """The orders of a finding, bad ones first; last those of findings that it stands for, should its own objects or actors be out of reach."""
        found = self._planned(finding, self._analysis.candidates.get(finding.id))
        for each in self._analysis.alike.get(finding.id, ()):
            bad = [order for order in self._planned(each, None) if order.aim == "bad"]
            found += [replace(order, alternate=True) for order in bad[:1]]
        distinct = list(dict.fromkeys(found))
        bad = [order for order in distinct if order.aim == "bad"]
        # Orders that the locks of the recorded run rule out come last.
        parts = [order for order in bad if has_parts(order)]
        first = sorted((order for order in bad if not order.alternate and order not in parts), key=self._windows.locked_out)[:MOST_BAD]
        bad = [*first, *(order for order in bad if order.alternate and order not in parts)][: MOST_BAD + MOST_ALTERNATES] + parts
        return (*bad, *(order for order in distinct if order.aim == "serial"))

    def _planned(self, finding: Finding, candidate: Candidate | None) -> list[Order]:
        found: list[Order] = []
        for source in self._sources(finding, candidate):
            with suppress(Unplaced):
                found += source()
        return found

    def unreachable(self, finding: Finding) -> bool:
        """Whether a stock event loop always runs it in the recorded order."""
        candidate = self._analysis.candidates.get(finding.id)
        return candidate is not None and feasible(candidate, self._evidence) is not None

    def _sources(self, finding: Finding, candidate: Candidate | None) -> list[Callable[[], Iterator[Order]]]:
        if candidate is None:
            waiting = partial(template_orders, finding, self._anchors, self._evidence)
            match finding.kind:
                case "deadlock" | "lost_wakeup" | "blocking_call" | "data_race":
                    return [waiting]
                case "atomicity_violation" if any(access.role in ("also", SETTLE, TAKES_TOO, UNDOES, BEGINS) for access in finding.accesses):
                    return [waiting]
                case "lost_update" if any(access.role == LATE for access in finding.accesses):
                    return [waiting]
                case "lost_update":
                    return [lambda: self._statements(finding)]
                case "atomicity_violation" if any(access.role in ("cancel", "cancels") for access in finding.accesses):
                    return [lambda: self._cancelling.orders(finding)]
                case "atomicity_violation":
                    return [lambda: self._statements(finding), lambda: self._opened(finding)]
            return []
        match candidate.pattern:
            case Pattern.DATA_RACE:
                return []
            case Pattern.ORDER | Pattern.LATE_INITIALIZATION | Pattern.LATE_CALLBACK | Pattern.EARLY_TASK_DONE:
                return [lambda: self._flip(candidate)]
            case Pattern.USE_AFTER_CLOSE:
                return [lambda: self._closed(candidate)]
            case Pattern.ITERATION:
                return [lambda: self._iteration(candidate)]
            case _:
                return [lambda: self._windows.orders(candidate), lambda: self._between_workers(candidate)]

    # Other shapes.

    def _between_workers(self, candidate: Candidate) -> Iterator[Order]:
        """The window's order between the first two interchangeable workers that reach it."""
        if candidate.last is not None:
            owner, visitors = self._windows.sides(candidate)
            found = (between_workers(owner, visitor) for visitor in reversed(visitors))
            yield from islice(filter(None, found), 1)

    def _flip(self, candidate: Candidate) -> Iterator[Order]:
        """The order opposite to the recorded one, and the recorded one."""
        write, use, a = candidate.first, candidate.others[0], self._anchors
        writer, user = a.actor(write), a.actor(use)
        w, u = a.access(write), a.access(use)
        late = takes_away(self._evidence, write)
        # Use before the write sets it, or after the write removes it.
        if late:
            says = f"{user.title} uses it after {writer.title} has removed it"
            refill = self._set_again(write)
            absent = [] if refill is None else [(u, refill, w)]
            yield drafted("bad", says, [(w, u, a.held_since(use, write)), *absent])
            before = a.preceding(user.id, self._evidence.at(use)) if user.kind == "thread" else a.since(use)
            if before is not None:
                # The preceding statement may be the check that it exists.
                held = [(before, w, a.since(write)), (w, u, before), *absent]
                yield drafted("bad", f"{says}; it has reached the preceding statement by then", held)
            yield drafted("serial", f"{user.title} uses it before {writer.title} removes it", [(u, w, self._anchors.held_since(write, use))])
        else:
            # Held as late as possible: earlier work of the writer may be what leads the user there.
            for since in dict.fromkeys((a.since(write), self._anchors.held_since(write, use))):
                comes = [] if since is None else [(since, u, a.held_since(use, write))]
                yield drafted("bad", f"{user.title} uses it before {writer.title} sets it", [*comes, (u, w, since)])
            for since in dict.fromkeys((a.since(write), a.preceding(writer.id, self._evidence.at(write)))):
                comes = [] if since is None else [(since, u, a.held_since(use, write))]
                yield drafted("bad", f"{user.title} ends before {writer.title} sets it", [*comes, (a.end(user), w, since)])
            others = (each for each in self._evidence.facts.actors.values() if each.id != writer.id)
            if candidate.pattern is Pattern.EARLY_TASK_DONE and any(sibling_kind(each) == sibling_kind(writer) for each in others):
                yield before_first_worker(u, w, writer, user)
            yield drafted("serial", f"{user.title} uses it after {writer.title} has set it", [(w, u, self._anchors.held_since(use, write))])

    def _set_again(self, write: int) -> OrderPlace | None:
        """The next write of the same location by the same actor."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[write]), int(table.order[write]) + 1, 2**62)
        again = next((row for row in rows if table.writes[row] and table.location[row] == table.location[write]), None)
        return None if again is None else self._anchors.access(again)

    def _closed(self, candidate: Candidate) -> Iterator[Order]:
        """The use comes after the statement that closes."""
        a, (close, use) = self._anchors, (candidate.first, candidate.others[0])
        closer, user = a.actor(close), a.actor(use)
        closes, u = a.operation(closer.id, self._evidence.at(close), "acquire"), a.access(use)
        yield drafted("bad", f"{user.title} uses it after {closer.title} has closed it", [(closes, u, a.held_since(use, close))])
        yield drafted("serial", f"{user.title} uses it before {closer.title} closes it", [(u, closes, a.held_since(close, use))])

    def _iteration(self, candidate: Candidate) -> Iterator[Order]:
        """The change comes after the iteration has begun and before it goes on."""
        loop, change, a = candidate.first, candidate.others[0], self._anchors
        looper, changer = a.actor(loop), a.actor(change)
        i, c = a.access(loop), a.access(change)
        says = f"{changer.title} changes it while {looper.title} iterates"
        begun, following = i, a.resumed_after(looper, self._evidence.at(loop)) if looper.kind == "task" else self._after_loop(loop)
        # A thread has its iterator only once it is in the body: an earlier change does not disturb the iteration.
        inside = [] if looper.kind == "task" else self._in_loop(looper, loop)
        if inside:
            begun, following = (inside[0], inside[1]) if len(inside) > 1 else (i, inside[0])
        held = [] if following is None else [(c, following, begun)]
        # An actor that starts the iterating one can only be held after that: at the statement before the change.
        before = a.preceding(changer.id, self._evidence.at(change)) if changer.kind == "thread" else None
        sinces = (*((before,) if before is not None else ()), a.held_since(change, loop), a.since(change))
        for since in dict.fromkeys(sinces):
            yield drafted("bad", says, [(begun, c, since), *held])
        yield drafted("serial", f"{changer.title} changes it before {looper.title} iterates", [(c, i, a.held_since(loop, change))])
        yield drafted("serial", f"{changer.title} changes it after {looper.title} has ended", [(a.end(looper), c, a.held_since(change, loop))])

    def _in_loop(self, looper: Actor, loop: int) -> list[OrderPlace]:
        """Up to two consecutive places that a thread passes inside the loop."""
        a, at = self._anchors, self._evidence.at(loop)
        inside = list(islice(a.inside_loop(looper, at), 2))
        if len(inside) == 2:
            return inside
        # The body accesses nothing shared: its statements serve as well.
        return list(islice(a.statements_in_loop(looper, at), 2)) or inside

    def _after_loop(self, loop: int) -> OrderPlace | None:
        """The first access of a thread after the one that begins the iteration."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[loop]), int(table.order[loop]) + 1, 2**62, first=1)
        return self._anchors.access(rows[0]) if rows else None

    def _statements(self, finding: Finding) -> Iterator[Order]:
        """The orders of a window of two statements, with bystanders that use the same tables out of the way."""
        bystanders = self._bystanders(finding)
        aims: set[str] = set()
        for order in self._of_statements(finding):
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

    def _of_statements(self, finding: Finding) -> Iterator[Order]:
        """One actor's window of two statements on a row, with the other actor's statement (to the end of that actor) in between."""
        a = self._anchors
        by_actor: dict[int, list[At]] = {}
        for _, at in _events(finding):
            actor = self._evidence.actor_at(at)
            if actor is not None:
                by_actor.setdefault(self._evidence.facts.work_of(actor, at), []).append(at)
        owners = [actor for actor, events in by_actor.items() if len(events) == 2]
        others = [actor for actor, events in by_actor.items() if len(events) == 1]
        if len(owners) != 1 or len(others) != 1:
            return
        owner, other = owners[0], others[0]
        read, write = by_actor[owner]
        [statement] = by_actor[other]
        if read == write:
            yield from self._in_place(finding, owner, other, statement)
            return
        one, two = a.actor_of(owner), a.actor_of(other)
        how: PlaceAccess = "sql" if any(sql.at == read for sql in self._evidence.facts.sql) else "file"
        mine = Side(one, self._done(owner, read, how), self._begun(owner, write, how), a.held_since_event(one, read, statement), one.title)
        begin = self._read_before(other, statement)
        last, ends = self._done(other, statement, how), [a.end(two)] if two.state == "finished" else []
        first, since = self._begun(other, begin, how), a.held_since_event(two, begin, read)
        handed = one.kind == "task" and mine.first.access == "end" and mine.last.access != "start"
        waits = a.operation(owner, read, "await") if handed else None
        looked = self._last_look(owner, read, write) if how == "sql" else read
        if looked != read:
            # Later reads may decide too: the second actor comes after the last of them.
            yield inside(replace(mine, first=self._done(owner, looked, how)), Side(two, first, (*ends, last)[0], since, two.title), waits)
        for end in (*ends, last):
            yield inside(mine, Side(two, first, end, since, two.title), waits)
        yield from self._elsewhere(mine, Side(two, first, (*ends, last)[0], since, two.title), waits)
        if how == "sql" and self._commits_later(write):
            says = f"{two.title} runs its statement after {one.title} has passed {said(mine.last)} and before that commits"
            yield drafted("bad", says, [(mine.last, first, since), (first, a.end(one), mine.last)])
        following = a.following(other, statement)
        if following is not None:
            says = f"{one.title} is held after {said(mine.first)} until {two.title} has passed {said(last)}, which then waits for {said(mine.last)}"
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

    def _commits_later(self, write: At) -> bool:
        """Whether a write becomes visible to others only when its transaction ends."""
        facts, transactions = self._evidence.facts, self._evidence.transactions
        return any(sql.at == write and transactions.end(sql) > order for sql, order in zip(facts.sql, facts.sql_order, strict=True))

    def _opened(self, finding: Finding) -> Iterator[Order]:
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
        if goes_on is None:
            return
        says = f"{two.title} reads after {one.title} has passed {said(opens)} and before {one.title} continues"
        yield drafted("bad", says, [(opens, reads, since), (reads, goes_on, opens)])
        yield drafted("serial", f"{one.title} first, then {two.title}", [(a.end(one), reads, since)])
        yield drafted("serial", f"{two.title} first, then {one.title}", [(a.end(two), opens, a.held_since_event(one, at["write"], at["read"]))])

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
