"""Vector clocks, for display and for order between processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

Relation = Literal["before", "after", "equal", "concurrent"]


class VectorClock(Mapping[str, int]):
    """An immutable vector clock: how many events of each component happened before or at a point. Absent components are 0.

    Source: Mattern, "Virtual Time and Global States of Distributed Systems", 1989; Fidge, 1988.
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts = {name: count for name, count in sorted((counts or {}).items()) if count > 0}

    def __getitem__(self, name: str) -> int:
        return self._counts.get(name, 0)

    def __contains__(self, name: object) -> bool:
        return name in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __hash__(self) -> int:
        return hash(tuple(self._counts.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VectorClock) and self._counts == other._counts

    def __le__(self, other: VectorClock) -> bool:
        return all(count <= other[name] for name, count in self._counts.items())

    def __lt__(self, other: VectorClock) -> bool:
        return self <= other and self != other

    def compare(self, other: VectorClock) -> Relation:
        """How this clock stands to the other."""
        if self == other:
            return "equal"
        if self <= other:
            return "before"
        return "after" if other <= self else "concurrent"

    def merge(self, other: VectorClock) -> VectorClock:
        """The least clock that is not before either."""
        return VectorClock({name: max(self[name], other[name]) for name in {*self._counts, *other._counts}})

    def tick(self, name: str) -> VectorClock:
        """The clock after one more event of a component."""
        return VectorClock({**self._counts, name: self[name] + 1})

    def epoch(self, name: str) -> str:
        """One component as `count@name` (Flanagan and Freund, "FastTrack", 2009)."""
        return f"{self[name]}@{name}"

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name}: {count}" for name, count in self._counts.items()) + "}"

    def __repr__(self) -> str:
        return f"VectorClock({self._counts!r})"
