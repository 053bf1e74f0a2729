"""Orders in which one actor runs inside the window of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import combinations, islice

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.bystanders import Bystanders, worker_kind
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.dropped_lock import DroppedLockOrders
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.planning.side import Side, inside, passed, serial, shown
from causeway_core.proof.planning.sides import Sides

_NEXT = 48
"""Accesses of an actor after its check that are searched for a place to hold it."""
MOST_HOLDS = 3
"""Places at which the second actor is held inside its work, while the first does the same work."""


class WindowOrders:
    """Makes them. Each method raises Unplaced if a place is unknown."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence
        self._needing_held_lock: set[Order] = set()
        self._dropped_lock = DroppedLockOrders(anchors, evidence)
        self._sides = Sides(anchors, evidence)

    def orders(self, candidate: Candidate) -> Iterator[Order]:
        """The bad and the serial orders of a window, the likeliest first."""
        several = self._writes_several(candidate)
        for order in self._all(candidate):
            yield replace(order, watch=()) if several else order

    def sides(self, candidate: Candidate) -> tuple[Side, list[Side]]:
        """The side that owns the window, and the possible sides of its visitor, the longest first. Raises Unplaced."""
        return self._sides.owner(candidate), self._sides.visitors(candidate)

    def _writes_several(self, candidate: Candidate) -> bool:
        """Whether the statement at the window's end writes several items.

        Which item its nth execution writes may depend on the order, so the final value of one item cannot be compared."""
        evidence, table = self._evidence, self._evidence.table
        if evidence.facts.locations[int(table.location[candidate.last])].kind != "item":
            return False
        return len({int(table.location[row]) for row in evidence.rows_at(int(table.site[candidate.last])) if table.writes[row]}) > 1

    def _all(self, candidate: Candidate) -> Iterator[Order]:
        # A reader of a half-built table has no window of its own.
        more = [
            self._dropped_lock.orders, self._single_access, self._both_past_check, self._roles_exchanged, self._both_past_check_later,
            self._same_check_elsewhere, self._with_other_ends,
        ]  # fmt: skip
        more = more if candidate.pattern not in (Pattern.PARTIAL_REBUILD, Pattern.EARLY_PUBLICATION) else []
        sources = [self._held_before_taking, *more] if candidate.pattern is Pattern.ENTRY_CLEANUP else [self._window, *more]
        others = ((source, each) for each in candidate.alternates for source in (self._between_others, self._on_next_connection))
        again = [(self._on_next_connection, candidate), *others]
        bystanders = Bystanders.of_candidate(self._anchors, self._evidence, candidate)
        for number, source in enumerate(sources):
            with suppress(Unplaced):
                for order in source(candidate):
                    yield from self._with_bystanders(order, bystanders, alone=number == 0)
            with suppress(Unplaced):
                yield from self._after_last_check(candidate) if number == 0 else ()
        for source, each in again:
            with suppress(Unplaced):
                yield from source(each)
        # Last, since these orders do not watch the final value.
        with suppress(Unplaced):
            yield from bystanders.serial()

    def _with_bystanders(self, order: Order, bystanders: Bystanders, *, alone: bool) -> Iterator[Order]:
        for each in bystanders.with_bystanders(order, alone=alone):
            if order in self._needing_held_lock and not each.alternate:
                self._needing_held_lock.add(each)
            yield each

    def needs_held_lock(self, order: Order) -> bool:
        """Whether, by the locks of the recorded run, the second actor of a bad order needs a lock that the first holds."""
        return order in self._needing_held_lock

    def _window(self, candidate: Candidate) -> Iterator[Order]:
        """The second actor runs inside the first's window, to its end; and the serial orders."""
        a, b = self._sides.owner(candidate), self._sides.visitors(candidate)[0]
        yield self._inside(a, b)
        yield from serial(a, b)

    def _with_other_ends(self, candidate: Candidate) -> Iterator[Order]:
        """The second actor runs inside the first's window, with the other ends that its side may have."""
        a = self._sides.owner(candidate)
        yield from (self._inside(a, b) for b in self._sides.visitors(candidate)[1:])

    def _between_others(self, candidate: Candidate) -> Iterator[Order]:
        """An alternate between other actors, which may not block each other as these do."""
        yield replace(inside(self._sides.owner(candidate), self._sides.visitors(candidate)[0]), alternate=True)

    def _after_last_check(self, candidate: Candidate) -> Iterator[Order]:
        """The first actor is held after its last check of this kind, and the others' changes wait for it: a later check would find what it missed.

        The second actor is the one that took, in the recorded run, what the first puts there last.
        """
        table, evidence, a = self._evidence.table, self._evidence, self._anchors
        if candidate.pattern is not Pattern.MULTI_VARIABLE or not evidence.changes_structure(candidate.last):
            return
        one, two = candidate.others
        last = max(self._same_access(candidate.last, candidate.last), key=lambda row: int(table.order[row]))
        takers = [row for row in self._same_access(two) if table.order[row] > table.order[last] and evidence.stream(row) != evidence.stream(last)]
        looks, acts = (evidence.function_of(int(table.site[row])) for row in (candidate.first, last))
        if last == candidate.last or not takers or not (looks == acts or (acts, looks) in evidence.calls):
            return
        taker = max(takers, key=lambda row: int(table.order[row]))
        changes = evidence.latest(int(table.actor[taker]), frozenset({int(table.site[one])}), int(table.order[taker]))
        if changes and evidence.concurrent(last, changes[0]):
            b = self._sides.visitors(replace(candidate, last=last, others=(changes[0], taker)))[0]
            who, held = a.actor(last), a.access(last)
            # Repeated reads of an unchanged value are not recorded each time; the statement is.
            look = a.predicted(candidate.first, who, a.entered(evidence.at(last)))
            says = f"{who.title} is held after {shown(look)}, the last time, until {b.title} has {passed(b.last)}"
            yield drafted("bad", says, [(look, a.access(one), a.held_since(one, candidate.first)), (b.last, held, look)], watch=[held])

    def _same_access(self, row: int, by: int | None = None) -> list[int]:
        """The accesses with the location and site of `row`; with `by` only those of the actor of that row."""
        table = self._evidence.table
        rows = [each for each in self._evidence.rows_at(int(table.site[row])).tolist() if int(table.location[each]) == int(table.location[row])]
        return rows if by is None else [each for each in rows if int(table.actor[each]) == int(table.actor[by])]

    def _on_next_connection(self, candidate: Candidate) -> Iterator[Order]:
        """A request that followed another one on its connection: while that is held, it comes on the next connection to be opened."""
        a, b = self._sides.owner(candidate), self._sides.visitors(candidate)[0]
        requests = [self._evidence.request_at(row) for row in (candidate.first, candidate.others[0])]
        path = self._anchors.on_next_connection(b.actor)
        if None in requests or a.actor.id == b.actor.id or worker_kind(a.actor) != worker_kind(b.actor) or path is None:
            return
        moved = replace(b, first=replace(b.first, actor=path), last=replace(b.last, actor=path), since=None)
        yield replace(inside(a, moved), says=f"{inside(a, moved).says} on another connection", alternate=True)

    def _inside(self, a: Side, b: Side) -> Order:
        order = inside(a, b)
        if a.holds & b.takes:
            self._needing_held_lock.add(order)
        return order

    def _same_check_elsewhere(self, candidate: Candidate) -> Iterator[Order]:
        """Another actor that makes the same first access runs inside the first's window, where the recorded visitor does something else."""
        table, evidence = self._evidence.table, self._evidence
        first = candidate.first
        span = table.span(int(table.location[first]))
        taken = {int(table.actor[first]), *(int(table.actor[row]) for row in candidate.others)}
        rows = [row for row in range(span.start, span.stop) if int(table.site[row]) == int(table.site[first]) and int(table.actor[row]) not in taken]
        for row in rows[:1]:
            closed = candidate.last if candidate.last is not None else first
            if evidence.order.happens_before(evidence.at(closed), evidence.at(row), must=True):
                continue
            again = replace(candidate, others=(row,))
            yield self._inside(self._sides.owner(again), self._sides.visitors(again)[0])

    def _single_access(self, candidate: Candidate) -> Iterator[Order]:
        """Only the second actor's access is inside the window; its next work comes after the window."""
        table, anchors = self._evidence.table, self._anchors
        others = sorted(candidate.others, key=lambda row: int(table.order[row]))
        first, last = others[0], others[-1]
        who = anchors.actor(first)
        if not table.writes[last] or not self._evidence.rows_of(who.id, int(table.order[last]) + 1, 2**62, first=1):
            return
        a, b = self._sides.owner(candidate), anchors.access(first)
        # The second actor may not reach the second of its two places.
        for end in (last, first) if candidate.pattern is Pattern.MULTI_VARIABLE else (last,):
            c = anchors.access(end)
            says = f"{a.title} is held after {shown(a.first)} until {who.title} has passed {shown(c)}, which then waits for {shown(a.last)}"
            held = [(a.first, b, self._anchors.held_since(first, candidate.first)), (c, a.last, a.first), (a.last, anchors.end(who), c)]
            yield drafted("bad", says, held, watch=[a.last])

    def _held_before_taking(self, candidate: Candidate) -> Iterator[Order]:
        """The first actor is held only just before it takes the item out: its earlier work may be what lets the other come."""
        a, other = self._anchors, candidate.others[0]
        since = a.since(candidate.last)
        if since is None:
            return
        taker, who, last, put = a.actor(candidate.last), a.actor(other), a.access(candidate.last), a.access(other)
        says = f"{taker.title} is held after {shown(since)} until {who.title} has passed {shown(put)}, which then waits for {shown(last)}"
        yield drafted("bad", says, [(put, last, since), (last, a.end(who), put)], watch=[last])
        yield from serial(self._sides.owner(candidate), self._sides.visitors(candidate)[0])

    def _both_past_check(self, candidate: Candidate) -> Iterator[Order]:
        """Both actors pass the check that should keep the second out; the second is held inside its next work until the first has ended.

        Work that is wrong only when it overlaps (two actors in a critical section, two connections at once) does no harm if one actor runs to its
        end first.
        """
        yield from self._both_held(candidate, 0, 1)

    def _both_past_check_later(self, candidate: Candidate) -> Iterator[Order]:
        """The same with the second actor held further on, where their later work may collide."""
        yield from self._both_held(candidate, 1, MOST_HOLDS)

    def _both_held(self, candidate: Candidate, start: int, stop: int) -> Iterator[Order]:
        if candidate.dependence != "control" or candidate.pattern is not Pattern.CLONE:
            return
        a, other, who = self._anchors, candidate.others[0], self._anchors.actor(candidate.others[0])
        owner, begins, last = self._sides.owner(candidate), a.access(other), self._next_write(candidate)
        own = list(islice(self._hold_points(other, candidate.first), stop))
        alike = [] if own else list(islice(self._hold_points(candidate.first, other, then=candidate.last), stop))
        held_at = [(a.access(one), a.access(two)) for one, two in own[start:]]
        for one, two in alike[start:]:
            held_at.append((a.predicted(one, who, self._evidence.at(other)), a.predicted(two, who, self._evidence.at(other))))
        their = shown(owner.first).replace("its ", "their ", 1)
        for reached, rest in held_at:
            says = f"{owner.title} and {who.title} both pass {their} before either continues; {who.title} is held at {shown(rest)}"
            held = [(owner.first, begins, a.held_since(other, candidate.first)), (reached, last, owner.first), (a.end(owner.actor), rest, reached)]
            yield drafted("bad", says, held, watch=[last])

    def _next_write(self, candidate: Candidate) -> OrderPlace:
        """Where the window's actor first writes the place that it checked."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[candidate.first]), int(table.order[candidate.first]) + 1, int(table.order[candidate.last]))
        place = int(table.location[candidate.first])
        return self._anchors.access(next((row for row in rows if int(table.location[row]) == place and table.writes[row]), candidate.last))

    def _hold_points(self, look: int, against: int, then: int | None = None) -> Iterator[tuple[int, int]]:
        """Pairs of accesses of one actor after its check between which it can be held.

        Either a read and a write of a place that both actors use (one pair per place), or a write of the checked place and the next access. With
        `then`, only pairs that another actor can pass while this one waits to reach `then`: outside the statement of the check, and not under a lock
        that is needed there.
        """
        evidence, table = self._evidence, self._evidence.table
        shared = {int(table.location[row]) for row in self._later_accesses(against)}
        seen: set[tuple[bool, int]] = set()
        for one, two in combinations(self._later_accesses(look), 2):
            place = int(table.location[one])
            reads_first = not table.writes[one] and bool(table.writes[two]) and place == int(table.location[two]) and place in shared
            takes = bool(table.writes[one]) and place == int(table.location[look])
            if not (reads_first or takes) or (takes, place) in seen or not evidence.can_run_between(one, two, against):
                continue
            if then is None or not (self._in_one_statement(look, one) or evidence.locks_through(one, two) & evidence.locks_at(then)):
                seen.add((takes, place))
                yield one, two

    def _in_one_statement(self, one: int, other: int) -> bool:
        places = [self._anchors.access(row) for row in (one, other)]
        return len({(place.file, place.line) for place in places}) == 1

    def _later_accesses(self, row: int) -> list[int]:
        table = self._evidence.table
        return self._evidence.rows_of(int(table.actor[row]), int(table.order[row]) + 1, 2**62, first=_NEXT)

    def _roles_exchanged(self, candidate: Candidate) -> Iterator[Order]:
        """The roles exchanged: the first actor inside the second's window, where it has one at the same places."""
        table, evidence = self._evidence.table, self._evidence
        other = candidate.others[0]
        actor, order = int(table.actor[other]), int(table.order[other])
        sites = frozenset({int(table.site[candidate.first])})
        two_places = (Pattern.MULTI_VARIABLE, Pattern.TORN_READ, Pattern.PARTIAL_REBUILD, Pattern.EARLY_PUBLICATION)
        if candidate.pattern in (*two_places, Pattern.READ_WRITE_READ):
            return
        reads = [other] if int(table.site[other]) in sites else evidence.latest(actor, sites, order)
        reads = [row for row in reads if int(table.location[row]) == int(table.location[candidate.first])]
        if not reads:
            return
        start = max(reads, key=lambda row: int(table.order[row]))
        writes = [
            row
            for row in evidence.rows_of(actor, int(table.order[start]) + 1, 2**62, first=64)
            if int(table.site[row]) == int(table.site[candidate.last]) and int(table.location[row]) == int(table.location[candidate.last])
        ]
        a = self._anchors
        who = a.actor(other)
        last = a.access(writes[0]) if writes else a.predicted(candidate.last, who, evidence.at(start))
        holds = evidence.locks_through(start, writes[0]) if writes else evidence.locks_at(start)
        owner = Side(who, a.access(start), last, self._anchors.held_since(start, candidate.first), who.title, holds)
        visitor = self._sides.owner(candidate)
        last = self._sides.ends(candidate.first, candidate.last, start, writes[0] if writes else None)[0]
        begins = visitor.actor.first_at if visitor.since is None else evidence.at(candidate.first)
        to = visitor.actor.last_at if last.access == "end" else evidence.at(candidate.last)
        takes = frozenset() if begins is None or to is None else self._sides.locks_taken(visitor.actor, begins, to)
        visitor = replace(visitor, last=last, takes=takes)
        yield self._inside(owner, visitor)
