"""The causal past of an event, and clocks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.clock import VectorClock
from causeway_core.model import At
from causeway_core.storage.recording import Recording


@dataclass(frozen=True, slots=True)
class Past:
    """What happens before an event, as one point an actor: everything of the actor up to address `last[actor]` (inclusive)."""

    at: At
    last: Mapping[int, At]
    order: CausalOrder

    def __contains__(self, event: object) -> bool:
        return isinstance(event, int) and self.order.happens_before(At(event), self.at)

    @property
    def actors(self) -> frozenset[int]:
        """The actors of which something happens before the event."""
        return frozenset(self.last)


class Pasts:
    """Pasts and vector clocks; each is computed when asked for, linear in the size of the past."""

    def __init__(self, recording: Recording, order: CausalOrder) -> None:
        self._recording = recording
        self._order = order

    def past(self, at: At, *, must: bool = False) -> Past:
        """The causal past of an event."""
        own = int(self._order.segments.actor[self._order.segments.locate(at)[0]])
        frontier = self._order.frontier(at, must=must)
        last = {actor: self._order.last_event(segment) for actor, segment in frontier.items()}
        last[own] = at
        return Past(at, last, self._order)

    def actor_clock(self, at: At) -> VectorClock:
        """A component an actor: how many of its segments happen before the event or hold it. Exact: clocks compare as segments do."""
        segments = self._order.segments
        names = _names({actor.id: actor.path or actor.title for actor in self._recording.actors()})
        return VectorClock({names[actor]: last - segments.chain(actor).start + 1 for actor, last in self._order.frontier(at).items()})

    def process_clock(self, at: At) -> VectorClock:
        """A component a process: how many segments of its actors happen before the event or hold it. Clocks of ordered
        events are ordered; the converse does not hold."""
        segments = self._order.segments
        processes = {actor.id: actor.process for actor in self._recording.actors()}
        names = _names({process.id: process.service for process in self._recording.processes()})
        counts: dict[str, int] = {}
        for actor in segments.actor[self._order.ancestors(at)].tolist():
            name = names.get(processes[actor], str(processes[actor]))
            counts[name] = counts.get(name, 0) + 1
        return VectorClock(counts)


def _names(names: Mapping[int, str]) -> dict[int, str]:
    """The names, with the id added where one is not unique."""
    counts: dict[str, int] = {}
    for name in names.values():
        counts[name] = counts.get(name, 0) + 1
    return {id: name if counts[name] == 1 else f"{name}#{id}" for id, name in names.items()}


