"""The total order of the events of a process."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, stream_of

Ints = NDArray[np.int64]

_STREAM_SHIFT = 40


class TotalOrder:
    """Compares events of one process by the run they lie in (sdk/SPEC.md, record ORDER).

    `at` and `number` are the runs of all processes (table `run`), `processes` maps stream.id to process.id. An event that precedes
    the first run of its stream has run number -1. A comparison costs a binary search over the runs.
    """

    def __init__(self, at: Ints, number: Ints, processes: Mapping[int, int]) -> None:
        by_at = np.argsort(at, kind="stable")
        self._at = np.ascontiguousarray(at[by_at])
        self._number = np.ascontiguousarray(number[by_at])
        self._starts = self._at.data
        self._processes = dict(processes)

    def process_of(self, at: At) -> int:
        """The process.id that the event lies in; 0 when its stream is unknown."""
        return self._processes.get(stream_of(at), 0)

    def number(self, at: At) -> int:
        """The number of the run that the event lies in."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or self._starts[index] >> _STREAM_SHIFT != at >> _STREAM_SHIFT:
            return -1
        return int(self._number[index])

    def key(self, at: At) -> tuple[int, int]:
        """A sort key for events of one process."""
        return self.number(at), at

    def numbers(self, at: Ints) -> Ints:
        """`number` of many events."""
        if not len(self._at):
            return np.full(len(at), -1, np.int64)
        index = np.searchsorted(self._at, at, side="right") - 1
        found = (index >= 0) & (self._at[index] >> _STREAM_SHIFT == at >> _STREAM_SHIFT)
        return np.where(found, self._number[index], -1)

    def processes_of(self, at: Ints) -> Ints:
        """`process_of` of many events."""
        table = np.zeros(max(self._processes, default=0) + 2, np.int64)
        for stream, process in self._processes.items():
            table[stream] = process
        return np.asarray(table[np.minimum(at >> _STREAM_SHIFT, len(table) - 1)])

    def sorted_index(self, at: Ints) -> NDArray[np.intp]:
        """The permutation that sorts events by process, then by its total order."""
        return np.lexsort((at, self.numbers(at), self.processes_of(at)))
