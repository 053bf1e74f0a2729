"""Where a step leads: pure functions from a mark to a mark."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from causeway_core.errors import RecordingError
from causeway_core.model import At, Mark
from causeway_core.model.at import stream_of
from causeway_core.session.origins import Origin, Origins
from causeway_core.session.past import Past
from causeway_core.session.timeline import Activation, Segment, Timeline

_CREATIONS_TRIED = 8
_ENDINGS = {"finished": "finished", "failed": "failed", "cancelled": "was cancelled", "waiting": "is still waiting", "suspended": "is still waiting"}

_CROSSINGS = {
    "message": "sent by", "executor": "submitted by", "fork": "created by", "spawn": "started by", "queue": "put by", "event": "set by",
    "condition": "notified by",
    "lock": "released by", "semaphore": "released by", "barrier": "let through by", "join": "end of", "future": "result set by",
    "call_soon": "scheduled by",
    "timer": "scheduled by", "wake": "woken by", "transaction": "committed by",
}


@dataclass(frozen=True, slots=True)
class Move:
    """Where a step leads: `mark`, in words, and whether it is an end of history (`edge`: "entry" or "end", "" inside)."""

    mark: Mark
    text: str
    edge: str = ""


class Movement:
    """Steps within an actor's program order, and to causes and effects where that ends. This class has no state."""

    def __init__(self, past: Past, origins: Origins) -> None:
        self._past = past
        self._origins = origins

    # Forward.

    def over(self, mark: Mark) -> Move:
        """The next line of the same activation, else of what called or awaited it."""
        timeline, segment, activation = self._position(mark)
        if activation.is_root:
            return self.into(mark)
        found = timeline.stop_after(segment, mark.at)
        return self._to(timeline, found) if found is not None else self.out(mark)

    def into(self, mark: Mark) -> Move:
        """The next line of the same actor; a loop's first task when the line runs one."""
        timeline, segment, _ = self._position(mark)
        found = timeline.stop_after(segment, mark.at, of_actor=True)
        nested = self._nested(timeline, segment, mark, found)
        if nested is not None:
            return self._to(timeline, nested, f"into {self._past.title(self._past.actor_of(nested))}")
        return self._to(timeline, found) if found is not None else self._past_end(timeline, segment, mark)

    def out(self, mark: Mark) -> Move:
        """The next line of the caller or awaiter after this activation."""
        timeline, segment, activation = self._position(mark)
        if activation.is_root:
            return self.into(mark)
        ended = timeline.segment(activation.last)
        while ended.below >= 0:
            caller = timeline.segment(ended.below)
            above = timeline.activation(caller.activation)
            if above.is_root:
                break
            resumed = timeline.neighbour(caller, 1)
            if resumed is not None:
                found = timeline.first_stop(resumed)
                assert found is not None
                return self._to(timeline, found)
            ended = timeline.segment(above.last)
        last = timeline.segment(timeline.activation(ended.activation).last)
        found = timeline.stop_after(last, At(max(last.end - 1, last.at)), of_actor=True)
        return self._to(timeline, found) if found is not None else self._past_end(timeline, segment, mark)

    def _nested(self, timeline: Timeline, segment: Segment, mark: Mark, following: At | None) -> At | None:
        """The first line of a task that the line at `mark` creates and itself runs to the end, as `asyncio.run(main())` does."""
        actor = self._past.actor(mark.actor)
        if actor is None or actor.kind != "thread":
            return None
        created = self._creations.get(stream_of(mark.at), [])
        own = self._past.stop_of(mark.at)
        index = bisect_right(created, (mark.at, 0))
        for at, first in created[index : index + _CREATIONS_TRIED]:
            if following is not None and stream_of(following) == stream_of(at) and at > following:
                break
            inside = first > mark.at and (following is None or first < following)
            if inside and self._past.actor_of(at) == mark.actor and self._past.stop_of(at) == own:
                return timeline.stop_after(timeline.locate(first), At(first - 1), of_actor=True)
        return None

    @cached_property
    def _creations(self) -> dict[int, list[tuple[At, At]]]:
        """For each stream, where tasks were created that ran on it, and their first events."""
        found: defaultdict[int, list[tuple[At, At]]] = defaultdict(list)
        for actor in self._past.recording.actors():
            created, first = actor.created_at, actor.first_at
            if actor.kind == "task" and created is not None and first is not None and stream_of(created) == stream_of(first):
                found[stream_of(created)].append((created, first))
        return {stream: sorted(pairs) for stream, pairs in found.items()}

    def _past_end(self, timeline: Timeline, segment: Segment, mark: Mark) -> Move:
        """What follows an actor's last line: the actor that observed its end, else the end of history."""
        known = self._origins.of_end(mark.actor)
        if known is not None:
            other = self._past.at(known)
            found = other.stop_after(other.locate(known), At(known - 1), of_actor=True)
            follower = self._past.actor_of(known)
            if found is not None and follower != mark.actor:
                return self._to(other, found, f"{self._past.title(mark.actor)} ended; {self._past.title(follower)} continues")
            if follower != mark.actor and self._past.stop_of(known) is not None:
                return self.end_of(Mark(follower, known))
        return self.end_of(mark)

    def end_of(self, mark: Mark) -> Move:
        """The end of an actor: before the last activation's end takes effect; of one that was cut off, its last event."""
        timeline, segment, _ = self._position(mark)
        bounds = timeline.actor_bounds(segment.actor)
        assert bounds is not None
        at = mark.at
        last: Segment | None = bounds[1]
        while last is not None and timeline.activation(last.activation).is_root:
            last = timeline.neighbour(last, -1, of_actor=True, any=True)
        if last is not None:
            ended = self._outermost(timeline, last)
            # What was cut off, by a crash or the end of the recording, is shown where it was, not where its outermost caller was.
            at = ended.end_at or self._past.chunks.align(At(last.end - 1))
        return Move(Mark(mark.actor, at), self._ending(mark.actor), "end")

    def _outermost(self, timeline: Timeline, segment: Segment) -> Activation:
        stack = timeline.stack(segment)
        return timeline.activation(stack[-1].activation)

    def _ending(self, actor: int) -> str:
        found = self._past.actor(actor)
        if found is None or self.is_main(actor):
            return "End of recording"
        return f"End of {self._past.title(actor)}: it {_ENDINGS.get(found.state, 'was running when the recording ended')}"

    def is_main(self, actor: int) -> bool:
        """Whether an actor is the main thread of the recording's first process."""
        found = self._past.actor(actor)
        first = min(self._past.processes, default=0)
        if found is None or found.process != first or found.kind not in ("thread", "process"):
            return False
        return self._past.recording.main_actor(first, found.kind) == actor

    # Backward.

    def back(self, mark: Mark) -> Move:
        """The previous line of the same activation, else the caller's line, else the cause."""
        timeline, segment, activation = self._position(mark)
        if activation.is_root:
            return self.back_in(mark)
        found = timeline.stop_before(segment, mark.at)
        return self._to(timeline, found) if found is not None else self.back_out(mark)

    def back_out(self, mark: Mark) -> Move:
        """The line that called or awaited this activation, or the cause of its actor."""
        timeline, _, activation = self._position(mark)
        if activation.is_root:
            return self.back_in(mark)
        first = timeline.segment(activation.first)
        if first.below >= 0:
            caller = timeline.segment(first.below)
            if not timeline.activation(caller.activation).is_root:
                found = timeline.stop_before(caller, caller.end)
                if found is not None:
                    return self._to(timeline, found)
                return self.back_out(Mark(mark.actor, timeline.activation(caller.activation).call_at))
        origin = self._origins.of_activation(activation)
        if origin is not None:
            return self.cross(origin)
        found = timeline.stop_before(first, first.at, of_actor=True)
        return self._to(timeline, found) if found is not None else self._entry(mark)

    def back_in(self, mark: Mark) -> Move:
        """The previous line of the same actor, in any function that it called; if it waited in between, what ended the wait."""
        timeline, segment, activation = self._position(mark)
        found = timeline.stop_before(segment, mark.at, of_actor=True)
        if found is None or (not activation.is_root and self._begins(timeline, activation, found)):
            return self._entry(mark) if activation.is_root else self.back_out(mark)
        before = timeline.locate(found)
        origin = self._origins.of_wait(segment, found, mark.at) if before.actor == segment.actor else None
        return self.cross(origin) if origin is not None else self._to(timeline, found)

    def _begins(self, timeline: Timeline, activation: Activation, found: At) -> bool:
        """Whether what precedes is before an activation that nothing woven called."""
        first = timeline.segment(timeline.activation(activation.index).first)
        outermost = self._outermost(timeline, first)
        return timeline.key(found) < (timeline.activation(outermost.index).first, outermost.call_at)

    def cross(self, origin: Origin) -> Move:
        """To an event in another actor: the line that was executing there."""
        timeline = self._past.at(origin.at)
        stop = self._past.stop_of(origin.at) or origin.at
        title = self._past.title(origin.actor)
        return self._to(timeline, stop, f"{_CROSSINGS.get(origin.kind, 'caused by')} {title}")

    def _entry(self, mark: Mark) -> Move:
        other = f"Start of {self._past.title(mark.actor)}: nothing recorded led to it"
        return Move(mark, "Start of recording" if self.is_main(mark.actor) else other, "entry")

    # Ends of history.

    def start(self) -> Move:
        """The first line of the recording."""
        first = min(self._past.processes, default=0)
        timeline = self._past.timeline(first)
        stop = self._first_stop(timeline)
        return Move(self._past.mark(stop) if stop is not None else Mark(0, At(0)), "Start of recording", "entry")

    def _first_stop(self, timeline: Timeline) -> At | None:
        for index in range(timeline.statistics()["segments"]):
            segment = timeline.segment(index)
            if segment.has_stop:
                return timeline.first_stop(segment)
        return None

    def end(self, process: int | None = None) -> Move:
        """The end of the recording: of the main thread of its first process, or of this one."""
        start = self.start().mark
        if not start.actor and not start.at:
            return Move(start, "End of recording", "end")
        first, recording = process or min(self._past.processes, default=0), self._past.recording
        firsts = [recording.main_actor(first, kind) for kind in ("thread", "process")]
        mains = [recording.actor(id) for id in sorted(id for id in firsts if id is not None)]
        main = next((actor for actor in mains if actor.first_at is not None), None)
        found = self.end_of(Mark(main.id, main.first_at)) if main is not None and main.first_at is not None else self.end_of(start)
        return Move(found.mark, "End of recording", "end")

    # Positions.

    def _position(self, mark: Mark) -> tuple[Timeline, Segment, Activation]:
        """Raises RecordingError where nothing was recorded."""
        if not mark.at:
            raise no_events()
        timeline = self._past.at(mark.at)
        segment = timeline.locate(mark.at)
        return timeline, segment, timeline.activation(segment.activation)

    def _to(self, timeline: Timeline, at: At, text: str = "") -> Move:
        return Move(Mark(self._past.actor_id(timeline, timeline.locate(at)), at), text)


def no_events() -> RecordingError:
    """For movements in a recording in which nothing happened."""
    return RecordingError("the recording has no events", "no line of the program ran: see what it wrote")
