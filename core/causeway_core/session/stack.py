"""The stack at a mark, continued through awaiters, creators and callers."""

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
        """The synchronous frames at a mark; then, each after a label: the stack of the task that waits for its actor, and that of its origin (the
        creator, submitter or sender, as it was then), and of the origin's origin."""
        frames: list[Frame] = []
        passed: set[At] = set()
        here: Mark | None = mark
        for _ in range(_MOST_LABELS):
            if here is None or here.at in passed or len(frames) > _DEEPEST:
                break
            passed.add(here.at)
            frames += self.synchronous(here)
            waiting = self._awaiter(here)
            if waiting is not None:
                frames += [self._label(f"awaited by {self._past.title(waiting.actor)}", waiting), *self.synchronous(waiting)]
            origin = self._origin(here)
            if origin is None:
                break
            label, here = origin
            if self.synchronous(here):
                frames.append(self._label(label, here))
        return frames

    def top(self, mark: Mark) -> Frame:
        """The innermost frame at a mark; one without a function where no woven code runs."""
        timeline = self._past.at(mark.at)
        segment = timeline.locate(mark.at)
        if timeline.activation(segment.activation).is_root:
            return Frame(mark, At(0), mark.actor, "", "", 0, 0, 0)
        return self._frame(timeline, segment, mark, At(mark.at + 1))

    def synchronous(self, mark: Mark) -> list[Frame]:
        """The activations at a mark that have called or awaited each other inside one actor."""
        timeline = self._past.at(mark.at)
        held = timeline.stack(timeline.locate(mark.at))[:_DEEPEST]
        return [self._frame(timeline, segment, mark, At(mark.at + 1) if index == 0 else segment.end) for index, segment in enumerate(held)]

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

    def _awaiter(self, mark: Mark) -> Mark | None:
        """The suspended position of the task that waits for the actor of a mark, where woven code of it waits."""
        past = self._past
        actor = past.actor(mark.actor)
        at = self._origins.awaiter(actor, mark.at) if actor is not None and actor.kind == "task" else None
        return Mark(past.actor_of(at), at) if at is not None and past.at(at).stack(past.at(at).locate(at)) else None

    def _origin(self, mark: Mark) -> tuple[str, Mark] | None:
        """What made the outermost activation run, with a label that says it."""
        past = self._past
        timeline = past.at(mark.at)
        stack = timeline.stack(timeline.locate(mark.at))
        origin = self._origins.of_activation(timeline.activation(stack[-1].activation)) if stack else None
        if origin is None:
            return None
        here = Mark(origin.actor, origin.at)
        if origin.kind != "message":
            return f"{_LABELS.get(origin.kind, 'scheduled by')} {past.title(origin.actor)}", here
        other = past.process_of(origin.at)
        return (f"called from service {past.service(other)}" if other != timeline.process else f"message sent by {past.title(origin.actor)}"), here
