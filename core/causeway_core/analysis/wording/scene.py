"""Findings that are made from events rather than accesses: deadlocks and the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.waits import Wait, Waits
from causeway_core.analysis.weights import Weight
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.sides import Side, indefinite_name, sides
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding, FindingAccess, TimelineEvent
from causeway_core.model.finding import Kind


class Moment(NamedTuple):
    """One event of a finding: the actor, the event (0: unknown), its role and words, and the actor's place if that is known otherwise."""

    actor: int
    at: int
    role: str
    words: str
    place: SourcePlace | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Names for the actors, objects and places of events, and findings made of them. `find_place` is `graph.CausalGraph.place`."""

    evidence: Evidence
    namer: Namer
    find_place: Callable[[At], SourcePlace | None]

    def actor(self, actor: int) -> str:
        """`task transfer-1`."""
        return self.namer.actor(actor)

    def sides(self, one: Side, other: Side) -> tuple[str, str]:
        """Names for the code on both sides of a finding: "`get`" and "`put`", or "`get`" and "another task"."""
        return sides(self.namer, one, other)

    def indefinite_name(self, actor: int, than: int) -> str:
        """`another task`, for an actor beside one that was named before."""
        return indefinite_name(self.namer, actor, than)

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
        return self.namer.lock(object)

    def place(self, at: int) -> SourcePlace:
        """Where an event was. A place without a name, if no user code ran there."""
        found = self.find_place(At(at)) if at else None
        return found if found is not None else SourcePlace("?", "?", 0, "?", At(at))

    def line(self, path: str, line: int, function: str) -> SourcePlace:
        """A line of source at which no event was recorded."""
        return SourcePlace(path, self.evidence.facts.shown(path), line, function, At(0))

    def waiting_place(self, wait: Wait) -> SourcePlace | None:
        """The user's line at which an actor waited, from the stack that the recorder saw; None when it saw none."""
        for file, line, function in wait.stack:
            if file in self.evidence.facts.sources:
                return SourcePlace(file, self.evidence.facts.shown(file), line, function, wait.at)
        return None

    def _dated(self, moment: Moment) -> Moment:
        """The moment with an event: the actor's last where it is not known."""
        if moment.at:
            return moment
        actor = self.evidence.facts.actors.get(moment.actor)
        return moment._replace(at=(actor.last_at or actor.first_at or 0) if actor is not None else 0)

    def has_running(self, waits: Waits) -> bool:
        """Whether a thread was neither waiting nor finished."""
        waiting = {wait.actor for wait in waits.all}
        return any(actor.kind == "thread" and actor.state == "running" and actor.id not in waiting for actor in self.evidence.facts.actors.values())

    def finding(
        self,
        *,
        kind: Kind,
        weight: Weight,
        title: str,
        resource: str,
        events: Sequence[Moment],
        recommendation: str,
        explanation: str,
        unordered: str | None = None,
        happened: bool = False,
        worth_forcing: bool = False,
        doubt: str = "",
    ) -> Finding:
        """A finding whose accesses, lanes and timeline are these events, in order of time where it is known."""
        moments = [self._dated(each) for each in events]
        times = [self.evidence.clock.ns(each.at) for each in moments]
        ordered = sorted(range(len(moments)), key=lambda index: (times[index] is None, times[index] or 0))
        lanes = list(dict.fromkeys(self.actor(moments[index].actor) for index in ordered))
        start = min((time for time in times if time is not None), default=0)
        accesses, timeline = [], []
        for index in ordered:
            actor, event, role, words, known = moments[index]
            place, time = known or self.place(event), times[index]
            accesses.append(FindingAccess(role, place.shown, place.line, place.function, self.actor(actor), At(event), None))
            offset = max((time or start) - start, 0)
            timeline.append(TimelineEvent(lanes.index(self.actor(actor)), At(event), words, place.shown, place.line, offset))
        return Finding(
            id="F?",
            kind=kind,
            tier=weight.tier,
            rank=weight.rank,
            confidence=weight.confidence,
            title=title,
            resource=resource,
            accesses=tuple(accesses),
            lanes=tuple(lanes),
            timeline=tuple(timeline),
            window=None,
            unordered=unordered,
            explanation=explanation,
            recommendation=recommendation,
            witness=tuple(each.at for each in accesses if each.at is not None),
            happened=happened,
            worth_forcing=worth_forcing,
            doubt=doubt,
        )
