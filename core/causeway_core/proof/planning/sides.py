"""The sides that the actors of a candidate can have in an order."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Actor, At
from causeway_core.model.order import OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.side import Side


class Sides:
    """Finds them. Each method raises Unplaced if a place is unknown."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence

    def owner(self, candidate: Candidate) -> Side:
        """The side that owns the window."""
        a = self._anchors
        who = a.actor(candidate.first)
        since = self._anchors.held_since(candidate.first, candidate.others[0])
        holds = self._evidence.locks_through(candidate.first, candidate.last)
        first = self._found_in_loop(candidate) or a.access(candidate.first)
        return Side(who, first, a.access(candidate.last), since, who.title, holds)

    def _found_in_loop(self, candidate: Candidate) -> OrderPlace | None:
        """Where a loop reaches the item that its actor then writes: when the loop begins, that item has not been read yet."""
        evidence, a = self._evidence, self._anchors
        sites = [int(evidence.table.site[row]) for row in (candidate.first, candidate.last)]
        node, who = evidence.node(evidence.read_node(sites[0])), a.actor(candidate.first)
        loops = sites[0] < 0 and node is not None and node.place is not None and node.place.shape == "iterate"
        if not loops or who.kind in ("task", "callback") or evidence.function_of(sites[0]) != evidence.function_of(sites[1]):
            return None
        before = a.preceding(who.id, evidence.at(candidate.last))
        return before if before is not None and before.line > a.access(candidate.first).line else None

    def visitors(self, candidate: Candidate) -> list[Side]:
        """The visitor's sides: from its first access to its end, if that can come inside the window, or else to its last access.

        It is held at its start; if it needs the window's locks on its way, also just before its side, which it reaches first.
        """
        table, a, evidence = self._evidence.table, self._anchors, self._evidence
        others = sorted(candidate.others, key=lambda row: int(table.order[row]))
        first = self._begin(others[0])
        who, holds = a.actor(first), evidence.locks_through(candidate.first, candidate.last)
        early, late = a.held_since(first, candidate.first), a.since(first)
        comes = not evidence.order.happens_before(evidence.at(candidate.first), a.entered(evidence.at(first)), must=True)
        sides = []
        ends = self.ends(first, others[-1], candidate.first, candidate.last)
        if candidate.pattern is Pattern.TORN_READ:
            # A reader is done after the second place: reading both again is another visit.
            ends = [*(end for end in ends if end.access == "end"), a.access(others[-1])]
        for end in ends:
            to = who.last_at if end.access == "end" and who.last_at is not None else evidence.at(others[-1])
            begins = who.first_at if early is None and who.first_at is not None else a.entered(evidence.at(first))
            takes = self.locks_taken(who, begins, to)
            sides.append(Side(who, a.access(first), end, early, who.title, takes=takes))
            if late is not None and late != early:
                lead = comes and bool(holds & takes)
                locks = self.locks_taken(who, a.entered(evidence.at(first)), to)
                sides.append(Side(who, a.access(first), end, late, who.title, takes=locks, leads=lead))
        return sides

    def locks_taken(self, actor: Actor, begin: At, end: At) -> frozenset[int]:
        """The locks that an actor takes between two of its events."""
        thread = self._evidence.facts.thread_of(actor.id)
        return frozenset(hold.object for hold in self._evidence.holds.holds if hold.actor == thread and begin <= hold.at <= end)

    def _begin(self, row: int) -> int:
        """Where a visitor's side begins: for a write, at the read of the same place that it depends on."""
        evidence, table = self._evidence, self._evidence.table
        if not table.writes[row]:
            return row
        reads = frozenset(evidence.depends(int(table.site[row])))
        before = evidence.latest(int(table.actor[row]), reads, int(table.order[row]))
        same = [read for read in before if int(table.location[read]) == int(table.location[row]) and not table.writes[read]]
        return max(same, key=lambda read: int(table.order[read]), default=row)

    def ends(self, first: int, last: int, opened: int, closed: int | None) -> list[OrderPlace]:
        """Where a visitor's side may end: at the actor's end, unless that needs the window to close first, or at its last access in the function."""
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
