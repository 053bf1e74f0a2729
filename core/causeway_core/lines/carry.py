"""Lines of a source file as it ran, found again in the file as it is now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_ENDS = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines of a source without their ends, as Python and editors count them (`str.splitlines` also splits at form feeds and the like)."""
    return _ENDS.split(text)


class LineMap:
    """For each line (from 1) of an older text, the line of a newer one that it became.

    Only lines that are the same but for space at their end are carried over: a line that was edited or indented anew no longer says what was seen.
    Linear for texts that differ in one region; the region is matched by `difflib` (Ratcliff and Obershelp 1988). Immutable.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        before, after = [line.rstrip() for line in old], [line.rstrip() for line in new]
        head = 0
        while head < min(len(before), len(after)) and before[head] == after[head]:
            head += 1
        tail = 0
        while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
            tail += 1
        self.unchanged = head == len(before) == len(after)
        self._forward = {number: number for number in range(1, head + 1)}
        middle = SequenceMatcher(None, before[head : len(before) - tail], after[head : len(after) - tail])
        for left, right, size in middle.get_matching_blocks():
            self._forward.update((head + left + i + 1, head + right + i + 1) for i in range(size))
        shift = len(after) - len(before)
        self._forward.update((number, number + shift) for number in range(len(before) - tail + 1, len(before) + 1))
        self._back = {now: then for then, now in self._forward.items()}

    def now(self, line: int) -> int | None:
        """Where an old line is now; None when it is gone."""
        return self._forward.get(line)

    def then(self, line: int) -> int | None:
        """Where a line of now was; None when it is new."""
        return self._back.get(line)
