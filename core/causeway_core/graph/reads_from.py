"""Which write a read saw."""

from __future__ import annotations

import numpy as np

from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At
from causeway_core.storage.columns import ACCESS_OPS
from causeway_core.storage.recording import Recording

_WRITES = tuple(code for code, op in enumerate(ACCESS_OPS) if op in ("write", "delete", "mutate"))


class ReadsFrom:
    """For accesses of shared places: the last write before a read, and the reads a write reaches, in the total order of the process.

    Places outside all processes (database rows, files) are ordered by the accesses of each process alone: a write of another process is not
    found. Built in one pass over the access columns; a question costs a binary search.
    """

    def __init__(self, recording: Recording, order: TotalOrder) -> None:
        columns = recording.access_columns()
        numbers = order.numbers(columns.at)
        by_place = np.lexsort((columns.at, numbers, order.processes_of(columns.at), columns.location))
        self._location = columns.location[by_place]
        self._at = columns.at[by_place]
        self._actor = columns.actor[by_place]
        writes = np.isin(columns.op[by_place], _WRITES)
        self._writes = writes
        index = np.arange(len(by_place))
        last = np.maximum.accumulate(np.where(writes, index, -1)) if len(index) else index
        begins = np.searchsorted(self._location, self._location, side="left")
        before = np.concatenate((np.array([-1]), last[:-1])) if len(index) else last
        self._source = np.where(before >= begins, before, -1)
        self._row_order = np.argsort(self._at, kind="stable")
        self._row_at = self._at[self._row_order]

    def writer(self, at: At, location: int) -> At | None:
        """The last write of a place before the access of it at an event; None where none was recorded."""
        for row in self._rows(at):
            if self._location[row] == location:
                source = int(self._source[row])
                return At(int(self._at[source])) if source >= 0 else None
        return None

    def readers(self, at: At, location: int) -> list[At]:
        """The reads that saw the write of a place at an event, in order, up to the next write."""
        for row in self._rows(at):
            if self._location[row] == location and self._writes[row]:
                found = []
                for later in range(row + 1, len(self._at)):
                    if self._location[later] != location or self._source[later] != row:
                        break
                    if not self._writes[later]:
                        found.append(At(int(self._at[later])))
                return found
        return []

    def previous_read(self, at: At, location: int) -> At | None:
        """The last read of a place by the same actor before its access of it at an event, with no write of its own in between."""
        for row in self._rows(at):
            if self._location[row] == location:
                actor = self._actor[row]
                for earlier in range(row - 1, -1, -1):
                    if self._location[earlier] != location:
                        break
                    if self._actor[earlier] == actor:
                        return None if self._writes[earlier] else At(int(self._at[earlier]))
        return None

    def between(self, first: At, last: At, location: int) -> list[At]:
        """The writes of a place between two accesses of it, in order."""
        begin = next((row for row in self._rows(first) if self._location[row] == location), None)
        end = next((row for row in self._rows(last) if self._location[row] == location), None)
        if begin is None or end is None:
            return []
        return [At(int(self._at[row])) for row in range(begin + 1, end) if self._writes[row]]

    def _rows(self, at: At) -> list[int]:
        low, high = np.searchsorted(self._row_at, [at, at + 1])
        return [int(row) for row in self._row_order[low:high]]
