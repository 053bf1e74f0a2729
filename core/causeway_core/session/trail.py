"""The steps made, so that one undoes the opposite one before it."""

from __future__ import annotations

from typing import Literal

from causeway_core.model import Mark

Direction = Literal["forward", "backward", "both"]
_LONGEST = 10_000


class Trail:
    """A stack of (from, to, direction). Only the last step can be undone, and only from where it ended."""

    def __init__(self) -> None:
        self._steps: list[tuple[Mark, Mark, Direction]] = []

    def add(self, start: Mark, end: Mark, direction: Direction) -> None:
        """A step was made."""
        self._steps.append((start, end, direction))
        del self._steps[:-_LONGEST]

    def undo(self, at: Mark, direction: Direction) -> Mark | None:
        """Where a step in a direction leads that undoes the last one; None when it does not, and is a step of its own."""
        if not self._steps or self._steps[-1][1] != at:
            return None
        start, _, made = self._steps[-1]
        if made == direction:
            return None
        self._steps.pop()
        return start

    def clear(self) -> None:
        """The session was moved elsewhere."""
        self._steps.clear()
