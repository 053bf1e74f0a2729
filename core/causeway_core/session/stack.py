"""The stack at a mark, on through awaiters, creators and callers."""

from __future__ import annotations

from causeway_core.model import At, Mark
from causeway_core.session.frame import Frame
from causeway_core.session.origins import Origins
from causeway_core.session.past import Past
from causeway_core.session.timeline import Segment, Timeline

_DEEPEST = 2000
_MOST_LABELS = 12
_LABELS = {"executor": "submitted by", "spawn": "started by", "fork": "created by", "queue": "given work by"}


class Stacks:
    """Frames innermost first. A stack longer than 2,000 frames is cut."""

    def __init__(self, past: Past, origins: Origins) -> None:
        self._past = past
        self._origins = origins

    def of(self, mark: Mark) -> list[Frame]:
        """The synchronous frames at a mark, then for each actor that it waits in or comes from a label and that actor's frames."""
        frames: list[Frame] = []
        seen: set[At] = set()
        position: At | None = mark.at
        own = mark.actor
        for _ in range(_MOST_LABELS):
            if position is None or len(frames) > _DEEPEST:
                break
            here = self._synchronous(Mark(own, position), seen)
            frames += here
            following = self._beyond(Mark(own, position))
            if following is None:
                break
            label, position, own = following
            if self._activation_at(position) in seen:
                break
            frames.append(self._label(label, Mark(own, position)))
        while frames and frames[-1].is_label:
            frames.pop()
        return frames

    def top(self, mark: Mark) -> Frame:
        """The innermost frame at a mark; one without a function where no woven code runs."""
        timeline = self._past.at(mark.at)
        segment = timeline.locate(mark.at)
        if timeline.activation(segment.activation).is_root:
            return Frame(mark, At(0), mark.actor, "", "", 0, 0, 0)
        return self._frame(timeline, segment, mark, At(mark.at + 1))

    def _synchronous(self, mark: Mark, seen: set[At]) -> list[Frame]:
        timeline = self._past.at(mark.at)
        segment = timeline.locate(mark.at)
        frames = []
        for index, held in enumerate(timeline.stack(segment)[:_DEEPEST]):
            frame = self._frame(timeline, held, mark, At(mark.at + 1) if index == 0 else held.end)
            seen.add(frame.activation)
            frames.append(frame)
        return frames

    def _activation_at(self, at: At) -> At | None:
        timeline = self._past.at(at)
        activation = timeline.activation(timeline.locate(at).activation)
        return None if activation.is_root else activation.call_at

    def _frame(self, timeline: Timeline, segment: Segment, mark: Mark, before: At) -> Frame:
        past = self._past
        activation = timeline.activation(segment.activation)
        function = past.function_of(activation)
        stop = timeline.stop_before(segment, before)
        site = past.site_at(stop) if stop is not None else None
        if function is None and site is not None:
            function = past.recording.function(site.function)
        line, column = (site.line, site.col) if site is not None else (function.first_line if function else 0, 0)
        name, path, source = (function.qualname, function.path, function.source) if function else ("?", "", 0)
        return Frame(mark, activation.call_at, mark.actor, name, path, source, line, column + 1)

    def _label(self, text: str, mark: Mark) -> Frame:
        return Frame(mark, At(0), mark.actor, text, "", 0, 0, 0, text)

    def _beyond(self, mark: Mark) -> tuple[str, At, int] | None:
        """The actor that a stack goes on in: its label, where it was, and its id."""
        past = self._past
        timeline = past.at(mark.at)
        stack = timeline.stack(timeline.locate(mark.at))
        origin = self._origins.of_activation(timeline.activation(stack[-1].activation)) if stack else None
        if origin is not None and origin.kind == "message":
            other = past.process_of(origin.at)
            if other != timeline.process:
                return f"called from service {past.service(other)}", origin.at, origin.actor
            return f"message sent by {past.title(origin.actor)}", origin.at, origin.actor
        actor = past.actor(mark.actor)
        waiting = self._origins.awaiter(actor, mark.at) if actor is not None and actor.kind == "task" else None
        if waiting is not None and self._activation_at(waiting) is not None:
            return f"awaited by {past.title(past.actor_of(waiting))}", waiting, past.actor_of(waiting)
        if origin is None:
            return None
        return f"{_LABELS.get(origin.kind, 'scheduled by')} {past.title(origin.actor)}", origin.at, origin.actor
