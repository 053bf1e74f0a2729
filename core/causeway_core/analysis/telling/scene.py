"""Findings that are told from events rather than accesses: deadlocks and the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.telling.teller import Teller
from causeway_core.analysis.waits import Waits
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding, FindingAccess, Tier, TimelineEvent
from causeway_core.model.finding import Kind

EventWords = tuple[int, int, str, str]
"""Actor, event, role, words."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Words for actors, objects and places of events. `find_place` is `graph.CausalGraph.place`."""

    evidence: Evidence
    teller: Teller
    find_place: Callable[[At], SourcePlace | None]

    def actor(self, actor: int) -> str:
        """`task transfer-1`."""
        return self.teller.actor(actor)

    def kind(self, actor: int) -> str:
        """`task` or `thread`."""
        row = self.evidence.facts.actors.get(actor)
        return row.kind if row is not None else "actor"

    def process(self, actor: int) -> int:
        """The process of an actor."""
        row = self.evidence.facts.actors.get(actor)
        return row.process if row is not None else 0

    def is_asynchronous(self, actor: int) -> bool:
        """Whether an actor is a task or callback."""
        return self.kind(actor) in ("task", "callback")

    def object(self, object: int) -> str:
        """An object's label."""
        return self.teller.lock(object)

    def place(self, at: int) -> SourcePlace:
        """Where an event was; a place without a name where no user code ran."""
        found = self.find_place(At(at)) if at else None
        return found if found is not None else SourcePlace("?", "?", 0, "?", At(at))

    def has_running(self, waits: Waits) -> bool:
        """Whether a thread was neither waiting nor at its end."""
        waiting = {wait.actor for wait in waits.all}
        return any(actor.kind == "thread" and actor.state == "running" and actor.id not in waiting for actor in self.evidence.facts.actors.values())

    def finding(
        self,
        *,
        kind: Kind,
        tier: Tier,
        rank: float,
        confidence: float,
        title: str,
        resource: str,
        events: Sequence[EventWords],
        recommendation: str,
        explanation: str,
        unordered: str | None = None,
    ) -> Finding:
        """A finding whose accesses, lanes and timeline are these events, in order of time where it is known."""
        events = [each for each in events if each[1]] or list(events)
        times = [self.evidence.clock.ns(event) for _, event, _, _ in events]
        ordered = sorted(range(len(events)), key=lambda index: (times[index] is None, times[index] or 0))
        lanes = list(dict.fromkeys(self.actor(events[index][0]) for index in ordered))
        start = min((time for time in times if time is not None), default=0)
        accesses, timeline = [], []
        for index in ordered:
            actor, event, role, words = events[index]
            place, time = self.place(event), times[index]
            accesses.append(FindingAccess(role, place.shown, place.line, place.function, self.actor(actor), At(event), None))
            timeline.append(TimelineEvent(lanes.index(self.actor(actor)), At(event), words, place.shown, place.line, max((time or start) - start, 0)))
        return Finding(
            id="F?",
            kind=kind,
            tier=tier,
            rank=rank,
            confidence=confidence,
            title=title,
            resource=resource,
            accesses=tuple(accesses),
            lanes=tuple(lanes),
            timeline=tuple(timeline),
            window=None,
            unordered=unordered,
            explanation=explanation,
            recommendation=recommendation,
            witness=tuple(each.at for each in accesses),
        )
