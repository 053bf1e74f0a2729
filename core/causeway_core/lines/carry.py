"""Lines of a source file as it ran, found again in the file as it is now."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

_ENDS = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines of a source without their ends, as Python and editors count them (`str.splitlines` also splits at form feeds and the like)."""
    return _ENDS.split(text)


class LineMap:
    """For each line (from 1) of an older text, the line of a newer one that it became.

    Only lines that are the same but for space at their end are carried over: a line that was edited or indented differently no longer shows what ran.
    Linear for texts that differ in one region; the region is matched by `difflib` (Ratcliff and Obershelp 1988). Immutable.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        head = _same(zip(old, new, strict=False))
        tail = _same(zip(reversed(old[head:]), reversed(new[head:]), strict=False))
        before = [line.rstrip() for line in old[head : len(old) - tail]]
        after = [line.rstrip() for line in new[head : len(new) - tail]]
        self.unchanged = head == len(old) == len(new)
        middle = SequenceMatcher(None, before, after).get_matching_blocks() if before and after else []
        self._runs = [(0, 0, head), *((head + left, head + right, size) for left, right, size in middle), (len(old) - tail, len(new) - tail, tail)]
        """Runs of equal lines: where they begin (from 0) in the old and the new text, and how many they are. Ascending in both."""

    def now(self, line: int) -> int | None:
        """Where an old line is now; None when it is gone."""
        return self._across(line, 0, 1)

    def then(self, line: int) -> int | None:
        """Where a line of now was; None when it is new."""
        return self._across(line, 1, 0)

    def _across(self, line: int, side: int, other: int) -> int | None:
        last = bisect_right(self._runs, line - 1, key=lambda run: run[side])
        for run in reversed(self._runs[:last]):
            if line - 1 < run[side] + run[2]:
                return run[other] + line - run[side]
            if run[2]:
                return None
        return None


def _same(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs from the first on are the same but for space at their end."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] or pair[0].rstrip() == pair[1].rstrip(), pairs))
