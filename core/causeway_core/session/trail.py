"""The steps that were made, so that a step undoes the opposite one before it."""

from __future__ import annotations

from typing import Literal

from causeway_core.model import Mark

Step = Literal["over", "in", "out", "back", "back in", "back out", "cause"]
_UNDONE_BY: dict[Step, tuple[Step, ...]] = {
    "over": ("back",), "in": ("back in",), "out": ("back out",), "back": ("over",), "back in": ("in",), "back out": ("out",),
    "cause": ("over", "back"),
}
_LONGEST = 10_000


class Trail:
    """A stack of (from, to, step). Only the last step can be undone, only by its opposite, and only from where it ended.

    This reverses a step that crossed to a different actor or left a function. Without the trail, the opposite step could lead elsewhere.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[Mark, Mark, Step]] = []

    def add(self, start: Mark, end: Mark, step: Step) -> None:
        """A step was made."""
        self._steps.append((start, end, step))
        del self._steps[:-_LONGEST]

    def undo(self, at: Mark, step: Step) -> Mark | None:
        """Where a step leads that undoes the last one; None if it does not undo it and is a step of its own."""
        if not self._steps or self._steps[-1][1] != at or step not in _UNDONE_BY[self._steps[-1][2]]:
            return None
        return self._steps.pop()[0]

    def clear(self) -> None:
        """The session was moved elsewhere."""
        self._steps.clear()
