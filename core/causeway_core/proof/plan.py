"""From a finding to the orders that would show it, and to those that show what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from causeway_core.analysis import Analysis
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.check_use import takes_away
from causeway_core.analysis.filters.feasible import feasible
from causeway_core.model import Actor, At, Finding
from causeway_core.model.order import Order, OrderPlace, PlaceAccess
from causeway_core.proof.anchors import Anchors, Unplaced
from causeway_core.proof.cancelling import CancellingOrders
from causeway_core.proof.draft import drafted
from causeway_core.proof.waiting import WaitingOrders
from causeway_core.storage.recording import Recording

MOST_BAD = 4
"""Bad orders a finding, the likeliest first."""
_NEXT = 48
"""Accesses of an actor after its look among which a place to hold it is sought."""
MOST_IN_A_ROW = 12
"""Actors that are put one after another to see what is right."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One actor's part in a window: its first and last place, and the last place before which it can be held (None: its start)."""

    actor: Actor
    first: OrderPlace
    last: OrderPlace
    since: OrderPlace | None
    title: str


def planned(recording: Recording, analysis: Analysis) -> tuple[Finding, ...]:
    """The findings with `orders`: at most four bad ones each, and the serial orders to compare with. None where no order is known."""
    planner = Planner(recording, analysis)
    return tuple(replace(finding, orders=planner.orders(finding)) for finding in analysis.findings)


class Planner:
    """Makes orders. About a millisecond a finding, besides laying the recording out once."""

    def __init__(self, recording: Recording, analysis: Analysis) -> None:
        self._anchors = Anchors(recording, analysis)
        self._analysis = analysis
        self._evidence = analysis.evidence
        self._waiting = WaitingOrders(self._anchors, self._evidence)
        self._cancelling = CancellingOrders(self._anchors, self._evidence)

    def orders(self, finding: Finding) -> tuple[Order, ...]:
        """The orders of a finding, bad ones first."""
        candidate = self._analysis.candidates.get(finding.id)
        found: list[Order] = []
        for source in self._sources(finding, candidate):
            try:
                found += source()
            except Unplaced:
                continue
        distinct = list(dict.fromkeys(found))
        bad = [order for order in distinct if order.aim == "bad"][:MOST_BAD]
        return (*bad, *(order for order in distinct if order.aim == "serial"))

    def unreachable(self, finding: Finding) -> bool:
        """Whether a stock event loop always runs it in the recorded order."""
        candidate = self._analysis.candidates.get(finding.id)
        return candidate is not None and feasible(candidate, self._evidence) is not None

    def _sources(self, finding: Finding, candidate: Candidate | None) -> list[Callable[[], Iterator[Order]]]:
        if candidate is None:
            match finding.kind:
                case "deadlock" | "lost_wakeup" | "blocking_call" | "data_race":
                    return [lambda: self._waiting.orders(finding)]
                case "atomicity_violation" if any(access.role == "also" for access in finding.accesses):
                    return [lambda: self._waiting.orders(finding)]
                case "lost_update":
                    return [lambda: self._statements(finding)]
                case "atomicity_violation" if any(access.role in ("cancel", "cancels") for access in finding.accesses):
                    return [lambda: self._cancelling.orders(finding)]
                case "atomicity_violation":
                    return [lambda: self._statements(finding), lambda: self._opened(finding)]
            return []
        match candidate.pattern:
            case Pattern.UNORDERED:
                return []
            case Pattern.FLIP:
                return [lambda: self._flip(candidate)]
            case Pattern.ITERATION:
                return [lambda: self._iteration(candidate)]
            case _:
                return [
                    lambda: self._window(candidate),
                    lambda: self._overtaken(candidate),
                    lambda: self._entwined(candidate),
                    lambda: self._mirrored(candidate),
                    lambda: self._alike(candidate),
                    lambda: self._window(candidate, others=True),
                ]

    # Windows.

    def _window(self, candidate: Candidate, *, others: bool = False) -> Iterator[Order]:
        """The second actor runs inside the first's window, to its end or (`others`) as far as it is known to go; and the serial orders."""
        a, bs = self._owner(candidate), self._visitors(candidate)
        if others:
            yield from (_inside(a, b) for b in bs[1:])
            return
        yield _inside(a, bs[0])
        yield from self._one_by_one(candidate)
        yield from _serial(a, bs[0])

    def _alike(self, candidate: Candidate) -> Iterator[Order]:
        """Another actor that begins as the first does runs inside the first's window, where the recorded visitor is of another kind."""
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
            yield _inside(self._owner(again), self._visitors(again)[0])

    def _overtaken(self, candidate: Candidate) -> Iterator[Order]:
        """Only the second actor's access lies in the window; what it does next comes after it."""
        table, anchors = self._evidence.table, self._anchors
        others = sorted(candidate.others, key=lambda row: int(table.order[row]))
        first, last = others[0], others[-1]
        who = anchors.actor(first)
        if not table.writes[last] or not self._evidence.rows_of(who.id, int(table.order[last]) + 1, 2**62, first=1):
            return
        a, b, c = self._owner(candidate), anchors.access(first), anchors.access(last)
        says = f"{a.title} is held after {_said(a.first)} until {who.title} has passed {_said(c)}, which then waits for {_said(a.last)}"
        held = [(a.first, b, self._since(first, candidate.first)), (c, a.last, a.first), (a.last, anchors.end(who), c)]
        yield drafted("bad", says, held, watch=[a.last])

    def _entwined(self, candidate: Candidate) -> Iterator[Order]:
        """Both are past what should have kept the second out: it is held within what it does next until the first has ended.

        Where one runs to its end before the other goes on, work that is only wrong at the same time (two in a critical section, two
        connections at once) does no harm.
        """
        if candidate.dependence != "control" or candidate.pattern is not Pattern.CLONE:
            return
        a, other, who = self._anchors, candidate.others[0], self._anchors.actor(candidate.others[0])
        owner, begins, last = self._owner(candidate), a.access(other), self._next_write(candidate)
        if (own := self._held_within(other, candidate.first)) is not None:
            inside, rest = a.access(own[0]), a.access(own[1])
        elif (alike := self._held_within(candidate.first, other)) is not None:
            inside, rest = (a.predicted(row, who, self._evidence.at(other)) for row in alike)
        else:
            return
        says = f"{owner.title} and {who.title} both pass {_said(owner.first)} before either goes on; {who.title} is held at {_said(rest)}"
        held = [(owner.first, begins, self._since(other, candidate.first)), (inside, last, owner.first), (a.end(owner.actor), rest, inside)]
        yield drafted("bad", says, held, watch=[last])

    def _next_write(self, candidate: Candidate) -> OrderPlace:
        """Where the window's actor first changes the place it looked at."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[candidate.first]), int(table.order[candidate.first]) + 1, int(table.order[candidate.last]))
        place = int(table.location[candidate.first])
        return self._anchors.access(next((row for row in rows if int(table.location[row]) == place and table.writes[row]), candidate.last))

    def _held_within(self, look: int, against: int) -> tuple[int, int] | None:
        """Accesses of one actor after its look between which it can be held: a read and a write of a place that both use, or the next after it has
        changed the place it looked at.
        """
        evidence, table = self._evidence, self._evidence.table
        shared = {int(table.location[row]) for row in self._after(against)}
        for one, two in combinations(self._after(look), 2):
            place = int(table.location[one])
            reads_first = not table.writes[one] and bool(table.writes[two]) and place == int(table.location[two]) and place in shared
            takes = bool(table.writes[one]) and place == int(table.location[look])
            if (reads_first or takes) and evidence.parted(one, two, against):
                return one, two
        return None

    def _after(self, row: int) -> list[int]:
        table = self._evidence.table
        return self._evidence.rows_of(int(table.actor[row]), int(table.order[row]) + 1, 2**62, first=_NEXT)

    def _one_by_one(self, candidate: Candidate) -> Iterator[Order]:
        """Where more than two actors do the same, all of them one after another: with two in order a third may still interfere."""
        table, facts = self._evidence.table, self._evidence.facts
        span = table.span(int(table.location[candidate.first]))
        alike = _kin(self._anchors.actor(candidate.first)), _kin(self._anchors.actor(candidate.others[0]))
        ids = sorted(set(table.actor[span].tolist()))
        actors = [facts.actors[actor] for actor in ids if actor in facts.actors and _kin(facts.actors[actor]) in alike]
        if not 2 < len(actors) <= MOST_IN_A_ROW:
            return
        ends = [self._anchors.end(actor) for actor in actors]
        starts = [OrderPlace(actor.path, "start") for actor in actors]
        for says, row in (("one after another", range(len(actors))), ("one after another, last first", range(len(actors) - 1, -1, -1))):
            turns = list(row)
            yield drafted("serial", f"all {len(actors)} {says}", [(ends[one], starts[two], None) for one, two in pairwise(turns)])

    def _mirrored(self, candidate: Candidate) -> Iterator[Order]:
        """The roles exchanged: the first actor inside the second's window, where it has one at the same places."""
        table, evidence = self._evidence.table, self._evidence
        other = candidate.others[0]
        actor, order = int(table.actor[other]), int(table.order[other])
        sites = frozenset({int(table.site[candidate.first])})
        if candidate.pattern in (Pattern.CROSSED, Pattern.TORN_READ, Pattern.READ_WRITE_READ):
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
        owner = _Side(who, a.access(start), last, self._since(start, candidate.first), who.title)
        visitor = replace(self._owner(candidate), last=self._visitor_end(candidate.first, candidate.last, start, writes[0] if writes else None)[0])
        yield _inside(owner, visitor)

    def _owner(self, candidate: Candidate) -> _Side:
        a = self._anchors
        who = a.actor(candidate.first)
        since = self._since(candidate.first, candidate.others[0])
        return _Side(who, a.access(candidate.first), a.access(candidate.last), since, who.title)

    def _visitors(self, candidate: Candidate) -> list[_Side]:
        """The second actor's part: from its first access on, to its end if that can come in the window, else to its last access."""
        table = self._evidence.table
        others = sorted(candidate.others, key=lambda row: int(table.order[row]))
        first = self._begin(others[0])
        who = self._anchors.actor(first)
        sides = []
        for end in self._visitor_end(first, others[-1], candidate.first, candidate.last):
            for since in dict.fromkeys((self._since(first, candidate.first), self._anchors.since(first))):
                sides.append(_Side(who, self._anchors.access(first), end, since, who.title))
        return sides

    def _begin(self, row: int) -> int:
        """Where the part of a visitor that writes begins: at the read that its write depends on, where it made one of the same place."""
        evidence, table = self._evidence, self._evidence.table
        if not table.writes[row]:
            return row
        reads = frozenset(evidence.depends(int(table.site[row])))
        before = evidence.latest(int(table.actor[row]), reads, int(table.order[row]))
        same = [read for read in before if int(table.location[read]) == int(table.location[row]) and not table.writes[read]]
        return max(same, key=lambda read: int(table.order[read]), default=row)

    def _visitor_end(self, first: int, last: int, opened: int, closed: int | None) -> list[OrderPlace]:
        """Where a visitor's part may end: at the actor's end, unless that needs the window closed; at its last access near by."""
        evidence, a = self._evidence, self._anchors
        who = a.actor(first)
        found = []
        if who.last_at is not None and who.state in ("finished", "failed", "cancelled"):
            needs = closed is not None and evidence.order.happens_before(evidence.at(closed), who.last_at, must=True)
            if not needs:
                found.append(a.end(who))
        table = evidence.table
        places = {int(table.location[opened]), *([] if closed is None else [int(table.location[closed])])}
        function = evidence.function_of(abs(int(table.site[last])))
        later = [
            row
            for row in evidence.rows_of(int(table.actor[first]), int(table.order[last]), 2**62, first=64)
            if int(table.location[row]) in places and evidence.function_of(abs(int(table.site[row]))) == function
        ]
        request = evidence.request_at(first)
        later = [row for row in later if evidence.request_at(row) == request]
        if closed is not None and not any(table.writes[row] for row in later):
            found.append(a.predicted(closed, who, evidence.at(first)))
        found.append(a.access(later[-1] if later else last))
        return found

    def _since(self, row: int, other: int) -> OrderPlace | None:
        """Where to hold the actor of `row`: at its start, unless the other side needs something it does before."""
        actor = self._anchors.actor(row)
        return self._since_event(actor, self._evidence.at(row), self._evidence.at(other))

    # Other shapes.

    def _flip(self, candidate: Candidate) -> Iterator[Order]:
        """The order that was not recorded, and the one that was."""
        write, use, a = candidate.first, candidate.others[0], self._anchors
        writer, user = a.actor(write), a.actor(use)
        w, u = a.access(write), a.access(use)
        late = takes_away(self._evidence, write)
        # Use before it is there, or after it is gone.
        if late:
            yield drafted("bad", f"{user.title} uses it only after {writer.title} took it away", [(w, u, self._since(use, write))])
            yield drafted("serial", f"{user.title} uses it before {writer.title} takes it away", [(u, w, self._since(write, use))])
        else:
            # Held as late as can be: what the writer does before may be what makes the user go there.
            for since in dict.fromkeys((a.since(write), self._since(write, use))):
                yield drafted("bad", f"{user.title} uses it before {writer.title} sets it", [(u, w, since)])
            for since in dict.fromkeys((a.since(write), a.preceding(writer.id, self._evidence.at(write)))):
                yield drafted("bad", f"{user.title} ends before {writer.title} sets it", [(a.end(user), w, since)])
            yield drafted("serial", f"{user.title} uses it after {writer.title} has set it", [(w, u, self._since(use, write))])

    def _iteration(self, candidate: Candidate) -> Iterator[Order]:
        """The change comes after the iteration has begun and before it goes on."""
        loop, change, a = candidate.first, candidate.others[0], self._anchors
        looper, changer = a.actor(loop), a.actor(change)
        i, c = a.access(loop), a.access(change)
        says = f"{changer.title} changes it while {looper.title} iterates"
        following = a.resumed_after(looper, self._evidence.at(loop)) if looper.kind == "task" else self._within_loop(loop)
        held = [] if following is None else [(c, following, i)]
        for since in dict.fromkeys((self._since(change, loop), a.since(change))):
            yield drafted("bad", says, [(i, c, since), *held])
        yield drafted("serial", f"{changer.title} changes it before {looper.title} iterates", [(c, i, self._since(loop, change))])
        yield drafted("serial", f"{changer.title} changes it after {looper.title} has ended", [(a.end(looper), c, self._since(change, loop))])

    def _within_loop(self, loop: int) -> OrderPlace | None:
        """The first place in the loop's body, else the first access of a thread after the one that iterates."""
        inside = self._anchors.inside_loop(self._anchors.actor(loop), self._evidence.at(loop))
        if inside is not None:
            return inside
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[loop]), int(table.order[loop]) + 1, 2**62, first=1)
        return self._anchors.access(rows[0]) if rows else None

    def _statements(self, finding: Finding) -> Iterator[Order]:
        """A window of two statements on a row, and the other actor's statement (to the end of its actor) in between."""
        a = self._anchors
        by_actor: dict[int, list[At]] = {}
        for _, at in _events(finding):
            actor = self._evidence.actor_at(at)
            if actor is not None:
                by_actor.setdefault(actor, []).append(at)
        owners = [actor for actor, events in by_actor.items() if len(events) == 2]
        others = [actor for actor, events in by_actor.items() if len(events) == 1]
        if len(owners) != 1 or len(others) != 1:
            return
        owner, other = owners[0], others[0]
        read, write = by_actor[owner]
        [statement] = by_actor[other]
        one, two = a.actor_of(owner), a.actor_of(other)
        how: PlaceAccess = "sql" if any(sql.at == read for sql in self._evidence.facts.sql) else "file"
        mine = _Side(one, a.operation(owner, read, how), a.operation(owner, write, how), self._since_event(one, read, statement), one.title)
        begin = self._read_before(other, statement)
        last, ends = a.operation(other, statement, how), [a.end(two)] if two.state == "finished" else []
        first, since = a.operation(other, begin, how), self._since_event(two, begin, read)
        for end in (*ends, last):
            yield _inside(mine, _Side(two, first, end, since, two.title))
        following = a.following(other, statement)
        if following is not None:
            says = (
                f"{one.title} is held after {_said(mine.first)} until {two.title} has passed {_said(last)}, which then waits for {_said(mine.last)}"
            )
            yield drafted("bad", says, [(mine.first, first, since), (last, mine.last, mine.first), (mine.last, following, last)])
        yield from _serial(mine, _Side(two, first, (*ends, last)[0], since, two.title))

    def _opened(self, finding: Finding) -> Iterator[Order]:
        """What one actor begins with a statement and goes on with in the next (a file that is emptied, then written), and the other's in between."""
        events = [(access.role, access.at) for access in finding.accesses if access.at]
        if sorted(role for role, _ in events) != ["read", "write"]:
            return
        a, at = self._anchors, dict(events)
        writer, reader = (self._evidence.actor_at(at[role]) for role in ("write", "read"))
        if writer is None or reader is None or writer == reader:
            return
        one, two = a.actor_of(writer), a.actor_of(reader)
        opens, reads, goes_on = a.operation(writer, at["write"], "file"), a.operation(reader, at["read"], "file"), a.following(writer, at["write"])
        since = self._since_event(two, at["read"], at["write"])
        if goes_on is None:
            return
        yield drafted(
            "bad", f"{two.title} reads after {one.title} has {_said(opens)} and before it goes on", [(opens, reads, since), (reads, goes_on, opens)]
        )
        yield drafted("serial", f"{one.title} first, then {two.title}", [(a.end(one), reads, since)])
        yield drafted("serial", f"{two.title} first, then {one.title}", [(a.end(two), opens, self._since_event(one, at["write"], at["read"]))])

    def _read_before(self, actor: int, statement: At) -> At:
        """The statement by which an actor read a row that it wrote with `statement`; that itself where there is none."""
        mine = [sql for sql in self._evidence.facts.sql if sql.actor == actor]
        written = next((sql for sql in mine if sql.at == statement), None)
        if written is None or written.access != "write":
            return statement
        rows = set(written.rows)
        reads = [sql.at for sql in mine if sql.at < statement and sql.access == "read" and rows & set(sql.rows)]
        return max(reads, default=statement)

    def _since_event(self, actor: Actor, at: At, other: At) -> OrderPlace | None:
        """`_since` for statements: at the actor's start, unless the other side's statement needs something it does before."""
        begins = self._anchors.begins(actor)
        if begins is not None and not self._evidence.order.happens_before(begins, other, must=True):
            return None
        return self._anchors.since_event(actor, at)


def _events(finding: Finding) -> list[tuple[str, At]]:
    """The role and event of each access of a finding."""
    return [(access.role, access.at) for access in finding.accesses if access.at is not None]


def _kin(actor: Actor) -> str:
    """What an actor shares with those that run the same: its path without its number among them."""
    return actor.path.rpartition("#")[0] or actor.path


def _inside(a: _Side, b: _Side) -> Order:
    says = f"{a.title} is held after {_said(a.first)} until {b.title} has {'ended' if b.last.access == 'end' else 'passed ' + _said(b.last)}"
    return drafted("bad", says, [(a.first, b.first, b.since), (b.last, a.last, a.first)], watch=[a.last])


def _serial(a: _Side, b: _Side) -> Iterator[Order]:
    yield drafted("serial", f"{a.title} first, then {b.title}", [(a.last, b.first, b.since)], watch=[a.last])
    yield drafted("serial", f"{b.title} first, then {a.title}", [(b.last, a.first, a.since)], watch=[a.last])


def _said(place: OrderPlace) -> str:
    return f"its {place.access} at {place.file}:{place.line}" if place.access != "end" else "its end"
