"""The state of every actor at a mark."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from causeway_core.errors import WireError
from causeway_core.model import Actor, At, Mark
from causeway_core.session.actorstate import ActorList, ActorState
from causeway_core.session.past import Past
from causeway_core.session.timeline import Timeline
from causeway_core.storage.rows import Sync
from causeway_core.wire.kinds import StepState, SyncOp, XKind

_ORDER = {"running": 1, "ready": 2, "waiting": 3, "new": 4, "finished": 5}
_BLOCKING = {
    SyncOp.ACQUIRE_REQUEST: "waiting for {}", SyncOp.WAIT_BEGIN: "waiting for {}", SyncOp.PUT_REQUEST: "waiting for room in {}",
    SyncOp.GET_REQUEST: "waiting for an item from {}", SyncOp.BARRIER_ARRIVE: "waiting at {}",
}
_ENDED = {StepState.FINISHED: "finished", StepState.FAILED: "failed", StepState.CANCELLED: "cancelled"}


class Actors:
    """States of actors; a list of a thousand costs some ten milliseconds."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._laid_out: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.uint32]]] = {}

    def at(self, mark: Mark, limit: int) -> ActorList:
        """The actors at a mark, the most interesting first."""
        past = self._past
        self._laid_out.clear()
        positions: dict[int, tuple[Timeline, int, bool]] = {}
        for process in past.processes:
            positions |= self._positions(process, mark)
        near = self._neighbours(mark)
        listed = [actor for actor in past.recording.actors() if actor.kind in ("thread", "task") or actor.id == mark.actor]

        def interest(actor: Actor) -> tuple[int, int, int, int]:
            distance = 0 if actor.id == mark.actor else 1 if actor.id in near else 2
            return distance, self._approximate_rank(actor, positions), -self._recency(actor, positions), actor.id

        listed.sort(key=interest)
        states = [self._state(actor, mark, positions.get(actor.id)) for actor in listed[:limit]]
        first, rest = states[:1], states[1:]
        rest.sort(key=lambda state: (state.actor not in near, _ORDER.get(state.state, 9)))
        left_out = len(listed) - len(states)
        note = f"{left_out} more actors are not listed: finished, not started yet, or far from here" if left_out else None
        return ActorList((*first, *rest), len(listed), note)

    def _approximate_rank(self, actor: Actor, positions: dict[int, tuple[Timeline, int, bool]]) -> int:
        """A cheap approximation of the order: running, suspended, not begun, ended."""
        position = positions.get(actor.id)
        if position is None:
            return 3
        if position[2]:
            return 1
        return 4 if actor.state in ("finished", "failed", "cancelled") and self._is_last(actor, position) else 2

    def _is_last(self, actor: Actor, position: tuple[Timeline, int, bool]) -> bool:
        timeline, stretch, _ = position
        return actor.last_at is not None and timeline.segment(int(self._stretches(timeline)[stretch, 1])).end > actor.last_at

    def _recency(self, actor: Actor, positions: dict[int, tuple[Timeline, int, bool]]) -> int:
        return positions[actor.id][1] if actor.id in positions else 0

    def _positions(self, process: int, mark: Mark) -> dict[int, tuple[Timeline, int, bool]]:
        """For each actor of a process that has begun: its last stretch not after the mark, and whether it is running there."""
        past = self._past
        timeline = past.timeline(process)
        stretches = self._stretches(timeline)
        if past.process_of(mark.at) == process:
            count = int(np.searchsorted(stretches[:, 0], timeline.key(mark.at)[0], side="right"))
        else:
            count = self._by_clock(timeline, mark)
        numbers, last = np.unique(stretches[:count, 2][::-1], return_index=True)
        found = {}
        for number, index in zip(numbers.tolist(), last.tolist(), strict=True):
            actor = past.recording.actor_of_wire(process, number)
            if actor is not None:
                found[actor] = (timeline, count - 1 - index, index == 0)
        return found

    def _by_clock(self, timeline: Timeline, mark: Mark) -> int:
        wall = self._past.clock.wall_ns(mark.at)
        stretches = self._stretches(timeline)
        low, high = 0, len(stretches)
        while low < high:
            middle = (low + high) // 2
            if self._past.clock.wall_ns(timeline.segment(int(stretches[middle, 0])).at) <= wall:
                low = middle + 1
            else:
                high = middle
        return low

    def _stretches(self, timeline: Timeline) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
        found = self._laid_out.get(id(timeline))
        if found is None:
            found = self._laid_out[id(timeline)] = timeline.stretches()
        return found

    def _neighbours(self, mark: Mark) -> set[int]:
        """Actors that an edge joins with the step at the mark, and the creator."""
        past, near = self._past, set[int]()
        step = past.recording.step_at(mark.at)
        if step is not None:
            edges = past.recording.edges_into(step.first_at, step.last_at)[:50] + past.recording.edges_out_of(step.first_at, step.last_at)[:50]
            for edge in edges:
                near |= {past.actor_of(edge.src), past.actor_of(edge.dst)}
        own = past.actor(mark.actor)
        if own is not None and own.created_at is not None:
            near.add(past.actor_of(own.created_at))
        return near - {mark.actor}

    # One actor.

    def _state(self, actor: Actor, mark: Mark, position: tuple[Timeline, int, bool] | None) -> ActorState:
        past = self._past
        service, title = past.service(actor.process), past.title(actor.id)
        if actor.id == mark.actor:
            return ActorState(actor.id, service, actor.kind, title, "running", "stopped here", mark)
        if position is None:
            at = actor.first_at or actor.created_at or mark.at
            return ActorState(actor.id, service, actor.kind, title, "new", "not started yet", Mark(actor.id, at))
        timeline, latest, running = position
        stretch = self._with_events(timeline, latest)
        first, last, _ = (int(word) for word in self._stretches(timeline)[stretch])
        end = timeline.segment(last).end
        at = self._last_event(timeline.segment(first).at, end, mark)
        state, words = self._condition(actor, at, end, mark, running)
        return ActorState(actor.id, service, actor.kind, title, state, words, Mark(actor.id, at))

    def _with_events(self, timeline: Timeline, latest: int) -> int:
        """The latest stretch of that actor in which something has been recorded: in a growing recording the last one may only have begun."""
        stretches = self._stretches(timeline)
        for stretch in range(latest, -1, -1):
            first, last, number = (int(word) for word in stretches[stretch])
            if number == int(stretches[latest, 2]) and timeline.segment(last).end > timeline.segment(first).at:
                return stretch
        return latest

    def _last_event(self, first: At, end: At, mark: Mark) -> At:
        if first <= mark.at < end and first >> 40 == mark.at >> 40:
            return self._past.chunks.align(At(max(mark.at - 1, first)))
        return self._past.chunks.align(At(end - 1)) if end > first else first

    def _condition(self, actor: Actor, at: At, end: At, mark: Mark, running: bool) -> tuple[str, str]:
        record = self._past.record(at)
        if record.kind == 14 and record.xkind == XKind.STEP_END and len(record.payload) >= 3:
            state = record.payload[1]
            if state in _ENDED:
                return "finished", _ENDED[StepState(state)]
            thing = actor.process << 32 | record.payload[2] if record.payload[2] else None
            return "waiting", self._waiting_words("waiting for {}", thing, mark, actor.id, at)
        if actor.last_at is not None and actor.state in ("finished", "failed", "cancelled") and end > actor.last_at:
            return "finished", actor.state
        blocked = self._blocked(actor, at, mark)
        if blocked is not None:
            return "waiting", blocked
        return ("running", "running") if running or actor.kind != "task" else ("ready", "ready to run")

    def _blocked(self, actor: Actor, at: At, mark: Mark) -> str | None:
        """For a thread: what its last synchronization operation waits for."""
        if actor.kind != "thread":
            return None
        stream = at >> 40
        start = At(max(stream << 40, at - (1 << 18)))
        try:
            start = self._past.recording.chunk_of(start).first_at
            last = self._past.chunks.last(start, At(at + 1), 0, xkinds=1 << XKind.SYNC)
            record = self._past.record(last) if last is not None else None
        except (KeyError, WireError):
            return None
        words = _BLOCKING.get(SyncOp(record.payload[0] & 255)) if record is not None and record.payload[0] & 255 in _SYNC_OPS else None
        if words is None or record is None or last is None:
            return None
        line = self._past.at(at).stop_before(self._past.at(at).locate(at), At(at + 1))
        if line is not None and line > last:
            return None
        return self._waiting_words(words, actor.process << 32 | record.payload[1] if record.payload[1] else None, mark, actor.id)

    def _waiting_words(self, words: str, thing: int | None, mark: Mark, waiter: int, at: At | None = None) -> str:
        if thing is None:
            place = self._past.place(at) if at is not None else ""
            return f"waiting at {place}" if place else "waiting"
        name, holder = self.name_of(thing), self._holder(thing, mark)
        if name.startswith("_") and at is not None and (place := self._past.place(at)):
            return f"waiting at {place}"
        held = f" held by {self._past.title(holder)}" if holder is not None and holder != waiter else ""
        return f"{words.format(name)}{held}"

    def name_of(self, thing: int) -> str:
        """A readable name of an object: its label, the actor that it is, or its type."""
        actor = self._by_object.get(thing)
        if actor is not None:
            return actor.title
        try:
            found = self._past.recording.object(thing)
        except KeyError:
            return "something"
        return found.label or f"{found.type.rpartition('.')[2]} #{thing & 0xFFFFFFFF}"

    @cached_property
    def _by_object(self) -> dict[int, Actor]:
        return {actor.object: actor for actor in self._past.recording.actors() if actor.object is not None}

    def _holder(self, thing: int, mark: Mark) -> int | None:
        """The actor that holds a lock at a mark."""
        past, holder = self._past, None
        if past.process_of(mark.at) != thing >> 32:
            return None
        timeline = past.timeline(thing >> 32)
        key = timeline.key(mark.at)
        syncs: list[Sync] = sorted(past.recording.syncs(thing), key=lambda sync: timeline.key(sync.at))
        for sync in syncs:
            if timeline.key(sync.at) >= key:
                break
            if sync.op == "acquired":
                holder = sync.actor
            elif sync.op in ("released", "wait_begin"):
                holder = None
        return holder


_SYNC_OPS = frozenset(int(op) for op in SyncOp)
