"""Orders for findings about waiting: each actor is brought to where it holds what the next one asks for."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import At, Finding
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.anchors import Anchors, Unplaced
from causeway_core.proof.draft import drafted


class WaitingOrders:
    """Makes orders from the events of findings that are told as they are found: their roles say what each event is."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence

    def orders(self, finding: Finding) -> Iterator[Order]:
        """The orders of a finding; none where its events say too little. Raises Unplaced."""
        if finding.kind == "lost_wakeup":
            yield from self._wakeup(finding)
        else:
            yield from self._deadlock(finding)

    def _deadlock(self, finding: Finding) -> Iterator[Order]:
        """Each actor takes its first lock before any asks for its second; for a lock taken twice nothing needs to be forced."""
        sides = {actor: events for actor, events in self._by_actor(finding, "acquire", "wait").items() if len(events) >= 2}
        if len(sides) < 2:
            # Without a second actor nothing can be forced: one that struck strikes again, of one that did not a plain run says nothing.
            if finding.tier == "likely":
                yield Order("bad", "as it ran", (), ())
            return
        names, a = list(sides), self._anchors.apart(sides)
        firsts = {actor: _holding(a, actor, sides[actor][0], sides[actor][1]) for actor in names}
        seconds = {actor: a.operation(actor, sides[actor][1], "acquire") for actor in names}
        held = [(firsts[other], seconds[actor], firsts[actor]) for actor in names for other in names if other != actor]
        yield drafted("bad", "each takes its first lock before any asks for its second", held)
        one, two = names[:2]
        for early, late in ((one, two), (two, one)):
            says = f"{a.actor_of(early).title} has both locks before {a.actor_of(late).title} takes one"
            yield drafted("serial", says, [(seconds[early], firsts[late], a.since_event(a.actor_of(late), sides[late][0]))])

    def _wakeup(self, finding: Finding) -> Iterator[Order]:
        """The notification comes before the wait."""
        ends = {access.role: access.at for access in finding.accesses if access.role in ("notify", "wait") and access.at is not None}
        actors = {role: self._evidence.actor_at(at) for role, at in ends.items()}
        notifier, waiter = actors.get("notify"), actors.get("wait")
        if notifier is None or waiter is None:
            return
        a = self._anchors
        notify, wait = a.operation(notifier, ends["notify"], "acquire"), a.operation(waiter, ends["wait"], "acquire")
        says = f"{a.actor_of(notifier).title} notifies before {a.actor_of(waiter).title} waits"
        yield drafted("bad", says, [(notify, wait, a.since_event(a.actor_of(waiter), ends["wait"]))])

    def _by_actor(self, finding: Finding, *roles: str) -> dict[int, list[At]]:
        """The events of some roles by actor (work items are actors), in order."""
        found: dict[int, list[At]] = {}
        for access in finding.accesses:
            actor = None if access.at is None else self._evidence.actor_at(access.at)
            if actor is not None and access.at is not None and access.role in roles:
                found.setdefault(self._evidence.facts.work_of(actor, access.at), []).append(access.at)
        return {actor: sorted(events) for actor, events in found.items()}


def _holding(anchors: Anchors, actor: int, first: At, second: At) -> OrderPlace:
    """A place that an actor passes once it has its first lock; where foreign code took that, the last place before it asks for its second."""
    try:
        return anchors.operation(actor, first, "acquire")
    except Unplaced:
        place = anchors.since_event(anchors.actor_of(actor), second, after=first)
        if place is None:
            raise
        return place
