"""Orders in which a lock is dropped from its registry while an actor waits for it, so that the next actor gets another lock."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.filters.generations import in_turn
from causeway_core.model import Actor, At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import Held, drafted


class DroppedLockOrders:
    """Makes them, for a window whose sides held different locks of one kind that were never in use at the same time.

    It takes three actors: one holds the lock, one waits for it meanwhile, and one arrives after the first has dropped it.
    """

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence

    def orders(self, candidate: Candidate) -> Iterator[Order]:
        """The order, if there are three such actors. Raises Unplaced."""
        evidence = self._evidence
        mine, theirs = (self._locks_at(row) for row in (candidate.first, candidate.others[0]))
        if not any(in_turn(evidence, one, two) for one in mine for two in theirs):
            return
        visits = self._visits(candidate)
        # Two actors may have had the same lock in the recorded run: the second waited for it.
        comes = next((visit for visit in visits[:0:-1] if visit[2].object != visits[0][2].object), None)
        keeps, waits = (*(visit for visit in visits if visit is not comes), None, None)[:2]
        if keeps is not None and waits is not None and comes is not None:
            yield self._order(keeps, waits, comes)

    def _locks_at(self, row: int) -> frozenset[int]:
        return self._evidence.locks_at(row)

    def _visits(self, candidate: Candidate) -> list[tuple[int, int, Hold]]:
        """The windows of different actors at the candidate's place, each with its end and the acquisition that it lies in."""
        table, evidence = self._evidence.table, self._evidence
        found: dict[int, tuple[int, int, Hold]] = {}
        span = table.span(int(table.location[candidate.first]))
        for row in sorted(range(span.start, span.stop), key=lambda row: int(table.order[row])):
            actor = int(table.actor[row])
            if int(table.site[row]) != int(table.site[candidate.first]) or actor in found:
                continue
            ends = [each for each in evidence.rows_at(int(table.site[candidate.last])).tolist() if int(table.actor[each]) == actor]
            last = min((each for each in ends if table.order[each] > table.order[row]), key=lambda each: int(table.order[each]), default=None)
            held = [] if last is None else self._held(row, last)
            if last is not None and held:
                found[actor] = row, last, held[0]
        return list(found.values())

    def _held(self, first: int, last: int) -> list[Hold]:
        """The acquisitions of exclusive locks that hold from one access to another, the innermost first."""
        evidence, table = self._evidence, self._evidence.table
        thread, through = evidence.facts.thread_of(int(table.actor[first])), evidence.locks_through(first, last)
        order = int(table.order[first])
        holds = (hold for object in through for hold in evidence.holds.of(object) if hold.actor == thread and hold.order < order)
        return sorted((hold for hold in holds if hold.until is None or hold.until > order), key=lambda hold: -hold.order)

    def _order(self, keeps: tuple[int, int, Hold], waits: tuple[int, int, Hold], comes: tuple[int, int, Hold]) -> Order:
        a = self._anchors
        keeper, waiter, comer = (a.actor(visit[0]) for visit in (keeps, waits, comes))
        has, dropped = a.access(keeps[0]), a.end(keeper)
        asks, gets = self._acquires(waiter, waits[2]), self._acquires(comer, comes[2])
        inside, leaves = a.access(waits[0]), a.access(waits[1])
        held: list[Held] = [
            (has, asks, a.held_since(waits[0], keeps[0])),
            (self._waiting(waiter, waits[2]), a.access(keeps[1]), has),
            (dropped, gets, a.held_since(comes[0], keeps[0])),
            (inside, gets, a.held_since(comes[0], keeps[0])),
            (a.end(comer), leaves, inside),
        ]
        says = f"{keeper.title} drops the lock while {waiter.title} waits for it, and {comer.title} arrives while {waiter.title} holds it"
        return drafted("bad", says, held, watch=[leaves])

    def _acquires(self, actor: Actor, hold: Hold) -> OrderPlace:
        return self._anchors.operation(actor.id, At(hold.at), "acquire")

    def _waiting(self, actor: Actor, hold: Hold) -> OrderPlace:
        """Where an actor has looked up the lock and does not hold it yet: a task waits for it, a thread is about to."""
        before = self._anchors.preceding(actor.id, At(hold.at)) if actor.kind == "thread" else None
        return before or self._anchors.operation(actor.id, At(hold.at), "await")
