"""The accesses of shared locations as columns, in the order the filters need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

READ, WRITE, DELETE, TEST, ITERATE, MUTATE = range(6)
"""Codes of `AccessTable.op`: indices into `storage.columns.ACCESS_OPS`."""

_WRITES = np.array([False, True, True, False, False, True])

_STREAM_SHIFT = 40

FIRST_ITEM = 1 << 31
"""Ids of work items of pools start here; those of actors are below."""


class Columns(Protocol):
    """What the table is built from: `storage.columns.AccessColumns`, or literal arrays in tests."""

    @property
    def at(self) -> Ints:
        """Events."""

    @property
    def actor(self) -> Ints:
        """The actor.id of the actor."""

    @property
    def step(self) -> Ints:
        """step.id."""

    @property
    def location(self) -> Ints:
        """The location.id of the location."""

    @property
    def op(self) -> Ints:
        """Codes as above."""

    @property
    def site(self) -> Ints:
        """The site.id of the site."""

    @property
    def vk(self) -> Ints:
        """Value kinds."""


@dataclass(frozen=True, slots=True)
class AccessTable:
    """One row per access, sorted by location and, within it, by the total order of its process.

    `order` is the rank of the access in that total order among all ranked events (comparable within a process), `id` its access.id,
    `writes` whether it changes its location. Rows are named by their index: within one location a smaller row is earlier. About 60 bytes a
    row.
    """

    at: Ints
    actor: Ints
    step: Ints
    location: Ints
    op: NDArray[np.int8]
    site: Ints
    vk: NDArray[np.int8]
    order: Ints
    id: Ints
    writes: Flags

    @classmethod
    def build(cls, columns: Columns, rank: Ints) -> AccessTable:
        """Sorts `columns` (in order of access.id); `rank[n]` is the place of row n in the total order."""
        index = np.lexsort((rank, columns.location))
        return cls(
            columns.at[index],
            columns.actor[index],
            columns.step[index],
            columns.location[index],
            columns.op[index].astype(np.int8),
            columns.site[index],
            columns.vk[index].astype(np.int8),
            rank[index],
            index.astype(np.int64) + 1,
            _WRITES[columns.op[index]],
        )

    def __len__(self) -> int:
        return len(self.at)

    @property
    def stream(self) -> Ints:
        """The unit of concurrency of each access: its stream, or for a work item of a pool the item."""
        return np.where(self.actor >= FIRST_ITEM, self.actor, self.at >> _STREAM_SHIFT)

    def span(self, location: int) -> slice:
        """The rows of one location."""
        return slice(int(np.searchsorted(self.location, location, "left")), int(np.searchsorted(self.location, location, "right")))

    def select(self, rows: Ints | Flags) -> AccessTable:
        """A table of some of the rows, in the same order."""
        return AccessTable(*(getattr(self, name)[rows] for name in self.__slots__))

    def shared(self, besides: Flags | None = None) -> AccessTable:
        """Only locations that at least two actors access and at least one of them changes, plus the rows `besides`."""
        if not len(self):
            return self
        starts = np.flatnonzero(np.append(True, self.location[1:] != self.location[:-1]))
        several = np.minimum.reduceat(self.actor, starts) != np.maximum.reduceat(self.actor, starts)
        changed = np.maximum.reduceat(self.writes, starts)
        keep = np.repeat(several & changed, np.diff(np.append(starts, len(self))))
        if besides is not None:
            keep |= besides
        return self if keep.all() else self.select(keep)


Values = Callable[[Sequence[int]], list[str | None]]
"""The values of some accesses, as shown to people, by access.id."""
