"""Delta debugging of constraints (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 2002)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def smallest(parts: Sequence[T], fails: Callable[[Sequence[Sequence[T]]], int | None]) -> list[T]:
    """A part of `parts` that still fails and of which nothing can be left out (1-minimal), as far as `fails` answers.

    `fails` is given several candidates and gives the index of the first that fails, or None: so it may try some at once. It may answer None for good
    when it has spent what it may spend.
    """
    left = list(parts)
    size = max(len(left) // 2, 1)
    while len(left) > 1:
        pieces = [left[start : start + size] for start in range(0, len(left), size)]
        rests = [[each for number, piece in enumerate(pieces) if number != out for each in piece] for out in range(len(pieces))]
        # Late turns first: what came after the failure is not needed for it.
        candidates = [*(pieces if len(pieces) > 2 or size > 1 else ()), *reversed(rests)] if len(pieces) > 1 else []
        candidates = [each for each in candidates if 0 < len(each) < len(left)]
        found = fails(candidates)
        if found is not None:
            left = candidates[found]
            size = max(min(size, len(left) // 2), 1)
        elif size == 1:
            break
        else:
            size = max(size // 2, 1)
    return left
