"""What a run leaves in its shared places, against what the same writes leave there in other runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from causeway_core.model import Access
from causeway_core.proof.outcome.canonical import canonical
from causeway_core.storage.recording import Recording

MOST_WRITES = 500
"""Writes of shared places that are compared between runs."""
VARIABLES = ("attribute", "item", "global", "cell")
"""Kinds of locations that hold one value."""
_NOT_COMPARED = ("[", "{", "(", "<")
"""How containers and objects begin: the order of a container's entries rarely matters, and objects have no value to compare."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Of the places of one name: how often they were written, and the last value of each, sorted. An object or container is no value."""

    writes: int
    last: tuple[str, ...]


def first_writes(recording: Recording) -> list[Access]:
    """The first writes of shared places, one more than are compared: a longer list is one that was cut. Reads all accesses."""
    return list(islice((each for each in recording.accesses() if each.writes), MOST_WRITES + 1))


def endings_of(recording: Recording, writes: Sequence[Access]) -> dict[str, Ending]:
    """The endings of a run by the name of the place, where every place of that name ends with a plain value.

    `writes` are the run's `first_writes`; empty if there are more of them than are compared.
    """
    places = {location.id: location for location in recording.locations()}
    if len(writes) > MOST_WRITES:
        return {}
    counts: dict[str, int] = {}
    last: dict[str, dict[int, str]] = {}
    for access in writes:
        place = places[access.location]
        if place.kind in VARIABLES:
            counts[place.name] = counts.get(place.name, 0) + 1
            last.setdefault(place.name, {})[place.id] = canonical(str(access.value))
    return {
        name: Ending(counts[name], tuple(sorted(values.values())))
        for name, values in last.items()
        if not any(text.startswith(_NOT_COMPARED) for text in values.values())
    }


def overtaken(mine: Mapping[str, Ending], others: Sequence[Mapping[str, Ending]]) -> tuple[str, ...]:
    """The places on whose last value all of `others` agree, and on which this run does not, after as many writes in all of them.

    Such a value depends on nothing but the order of the same writes: a stale one came last. A counter of what is done twice is written oftener, and
    what an observer noted differs between serial orders.
    """
    return tuple(name for name, ending in mine.items() if others and _agreed(name, ending, others))


def _agreed(name: str, ending: Ending, others: Sequence[Mapping[str, Ending]]) -> bool:
    known = {other.get(name) for other in others}
    if len(known) != 1:
        return False
    usual = known.pop()
    return usual is not None and usual.writes == ending.writes and usual.last != ending.last
