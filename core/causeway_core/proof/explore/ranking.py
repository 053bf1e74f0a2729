"""The order in which `switch` interrupts actors, so that a budget which ends early has covered the whole run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import zip_longest

Stop = tuple[str, str, int]
"""Who came to a point, and to which place: spawn path, key (empty for the step of a task), execution."""


def ranked(stops: Sequence[Sequence[Stop]]) -> list[tuple[int, int]]:
    """Interruptions, the most promising first: the point (from 0), and which of two opposite orders of priorities it is made under (0 or 1).

    `stops` are the points of an uninterrupted run under each. Every place is interrupted once by actors of the same code before any is again: further
    rounds of a loop and further workers mostly do the same. An actor that has done something already comes before one that has only begun, whose
    interruption merely makes it go later. Within these groups, points are spread over the run.
    """
    groups: defaultdict[tuple[int, bool], list[list[tuple[int, int]]]] = defaultdict(lambda: [[] for _ in stops])
    for which, points in enumerate(stops):
        rounds: Counter[tuple[str, str, int]] = Counter()
        came: Counter[str] = Counter()
        for point, (actor, key, _) in enumerate(points):
            # Nothing names the step of a task; the same steps of equal tasks are alike.
            place = (_code(actor), key, 0 if key else came[actor])
            groups[rounds[place], not came[actor]][which].append((point, which))
            rounds[place] += 1
            came[actor] += 1
    ordered = (column for _, group in sorted(groups.items()) for column in zip_longest(*map(_spread, group)))
    return [each for column in ordered for each in column if each is not None]


def _code(actor: str) -> str:
    """What actors of the same code have in common: the spawn path without numbers."""
    return "/".join(part.partition("#")[0] for part in actor.split("/"))


def _spread(group: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first, the one in the middle, those at the quarters, and so on (van der Corput, 1935)."""
    bits = max(len(group) - 1, 1).bit_length()
    mirrored = (int(f"{number:0{bits}b}"[::-1], 2) for number in range(1 << bits))
    return [group[number] for number in mirrored if number < len(group)]
