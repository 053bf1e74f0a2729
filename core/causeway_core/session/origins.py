"""Where activations and waits come from: the event in another actor that made them run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from causeway_core.model import Actor, At, Edge
from causeway_core.model.at import stream_of
from causeway_core.session.past import Past
from causeway_core.session.timeline import Activation, Segment, Timeline

_LONGEST_WAY = 64
_RANK = {
    "message": 0, "executor": 1, "spawn": 1, "fork": 1, "queue": 2, "event": 2, "condition": 2, "lock": 2, "semaphore": 2, "barrier": 2, "join": 2,
    "future": 2, "transaction": 3, "wake": 4, "timer": 5, "call_soon": 6, "begin": 7,
}
"""Rank of the kinds of edges by how well they explain why an actor began."""
_NOTIFYING = {"join": 0, "future": 1, "executor": 2, "wake": 3, "call_soon": 4}
_WAKING = frozenset({"lock", "semaphore", "event", "condition", "barrier", "queue", "join", "future", "message", "wake", "executor"})


@dataclass(frozen=True, slots=True)
class Origin:
    """The event in another actor (at most in another process) that something comes from, and the kind of the edge between."""

    at: At
    actor: int
    kind: str


class Origins:
    """Crosses from an actor to its causes; each crossing ends in woven code, following causes through actors that have none."""

    def __init__(self, past: Past) -> None:
        self._past = past

    def of_activation(self, activation: Activation) -> Origin | None:
        """What made an activation run that no woven code called: the last message that its actor received before, or what made its step run."""
        past = self._past
        timeline = past.at(activation.call_at)
        segment = timeline.segment(activation.first)
        actor = past.actor_id(timeline, segment)
        since = self._previous_woven_end(timeline, segment)
        for edge in self._into(timeline, segment, since, activation.call_at):
            origin = self._woven(edge.src, edge.kind, actor)
            if origin is not None:
                return origin
        message = self._message_before(timeline, actor, since, activation.call_at)
        if message is not None:
            return self._woven(message, "message", actor)
        return self._creation(actor) if since is None else None

    def of_wait(self, segment: Segment, since: At, at: At) -> Origin | None:
        """What ended the waits of an actor between two of its events; None when it never waited for another actor."""
        past = self._past
        timeline = past.at(at)
        actor = past.actor_id(timeline, segment)
        for edge in self._into(timeline, segment, since, at):
            if edge.kind in _WAKING:
                origin = self._woven(edge.src, edge.kind, actor)
                if origin is not None:
                    return origin
        return None

    def of_end(self, actor: int) -> At | None:
        """The event in another actor that waited for the end of this one: a join, or the awaiting task's resumption."""
        found = self._past.actor(actor)
        if found is None or found.last_at is None:
            return None
        timeline = self._past.at(found.last_at)
        bounds = timeline.actor_bounds(self._past.numbers[actor])
        if bounds is None:
            return None
        last = bounds[1]
        return self._notified_event(timeline, last, {actor})

    def _notified_event(self, timeline: Timeline, last: Segment, passed: set[int]) -> At | None:
        """The first event that a stretch made possible in another actor with woven code, directly or through callbacks."""
        past = self._past
        edges = past.recording.edges_out_of(self._stretch_start(timeline, last), last.end)
        through: list[At] = []
        for edge in sorted(edges, key=lambda edge: (_NOTIFYING.get(edge.kind, 9), edge.dst)):
            actor = past.actor_of(edge.dst)
            if edge.kind not in _NOTIFYING or actor in passed:
                continue
            found = past.actor(actor)
            if found is not None and found.kind != "callback":
                return edge.dst
            passed.add(actor)
            through.append(edge.dst)
        for at in through:
            other = past.at(at)
            event = self._notified_event(other, other.locate(at), passed)
            if event is not None:
                return event
        return None

    def awaiter(self, actor: Actor, at: At) -> At | None:
        """The suspended position of the actor that waits for `actor` at an event: its last event before."""
        end = self.of_end(actor.id)
        if end is None:
            return None
        past = self._past
        timeline = past.at(end)
        if timeline.process != past.process_of(at) or timeline.key(end) <= timeline.key(at):
            return None
        segment = timeline.locate(end)
        before = timeline.neighbour(segment, -1, of_actor=True, any=True) if segment.at >= end else segment
        last = past.chunks.align(At(before.end - 1)) if before is not None and before.end > before.at else None
        return last if last is not None and timeline.key(last) < timeline.key(at) else None

    # Ways.

    def _previous_woven_end(self, timeline: Timeline, segment: Segment) -> At | None:
        """The end of what woven code the actor ran before `segment`; None when there was none."""
        before = timeline.neighbour(segment, -1, of_actor=True, any=True)
        for _ in range(_LONGEST_WAY):
            if before is None:
                return None
            if not timeline.activation(before.activation).is_root:
                return before.end
            before = timeline.neighbour(before, -1, of_actor=True, any=True)
        return None

    def _into(self, timeline: Timeline, segment: Segment, since: At | None, until: At) -> list[Edge]:
        """The edges from other actors into an actor's stretch that holds `segment`, after `since`, the most telling first."""
        first = self._stretch_start(timeline, segment)
        if since is not None and stream_of(since) == stream_of(first):
            first = max(first, since)
        own = segment.actor
        edges = []
        for edge in self._past.recording.edges_into(first, until):
            source = self._past.at(edge.src)
            if source is not timeline or source.locate(edge.src).actor != own:
                edges.append(edge)
        return sorted(edges, key=lambda edge: (_RANK.get(edge.kind, 9), -edge.dst))

    def _stretch_start(self, timeline: Timeline, segment: Segment) -> At:
        step = self._past.recording.step_at(segment.at)
        start = segment
        for _ in range(_LONGEST_WAY):
            before = timeline.neighbour(start, -1, of_actor=True, any=True)
            if before is None or before.end != start.at:
                break
            start = before
        return max(start.at, step.first_at) if step is not None and step.first_at <= segment.at else start.at

    def _message_before(self, timeline: Timeline, actor: int, since: At | None, until: At) -> At | None:
        low = timeline.key(since) if since is not None else (-1, 0)
        received = [(timeline.key(receive), send) for receive, send in self._received.get(actor, ())]
        found = [pair for pair in received if low <= pair[0] <= timeline.key(until)]
        return max(found)[1] if found else None

    @cached_property
    def _received(self) -> dict[int, list[tuple[At, At]]]:
        found: defaultdict[int, list[tuple[At, At]]] = defaultdict(list)
        for message in self._past.recording.messages():
            if message.send_at is not None and message.receive_at is not None:
                found[self._past.actor_of(message.receive_at)].append((message.receive_at, message.send_at))
        return found

    def _creation(self, actor: int) -> Origin | None:
        found = self._past.actor(actor)
        if found is None:
            return None
        if found.created_at is not None:
            return self._woven(found.created_at, "fork", actor)
        process = self._past.processes.get(found.process)
        if process is not None and process.parent_at is not None:
            return self._woven(process.parent_at, "spawn", actor)
        return None

    def _woven(self, at: At, kind: str, target: int) -> Origin | None:
        """The event itself if woven code runs there, else where the chain of causes of its actor first meets woven code."""
        past, seen = self._past, set[At]()
        while at not in seen and len(seen) < _LONGEST_WAY:
            seen.add(at)
            timeline = past.at(at)
            segment = timeline.locate(at)
            actor = past.actor_id(timeline, segment)
            if past.stop_of(at) is not None and not timeline.activation(segment.activation).is_root:
                return Origin(at, actor, kind)
            following = next(iter(self._into(timeline, segment, None, at)), None)
            found = past.actor(actor)
            if following is not None:
                at = following.src
            elif found is not None and found.created_at is not None:
                at = found.created_at
            else:
                before = timeline.neighbour(segment, -1, of_actor=True)
                return Origin(timeline.last_stop(before) or at, actor, kind) if before is not None and actor != target else None
        return None
