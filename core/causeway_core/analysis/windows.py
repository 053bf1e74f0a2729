"""Windows of one actor over one location: a read and the write that depends on it. Near-linear: for each pair of sites whose write depends on the
read (static, so few), one pass over the accesses at those sites. What column comparisons can decide (same step and no other thread, same critical
section) is decided for all windows of a pair at once. Only a bounded sample of the rest is examined one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import Flags, Ints
from causeway_core.analysis.flow.graph import Dependence

SAMPLE = 160
"""Windows of one pair of sites that are examined one by one."""


@dataclass(frozen=True, slots=True)
class WindowClass:
    """All windows between two sites at one location kind: rows `first[i]`, `last[i]`; `struck[i]`: another actor wrote in between."""

    first_site: int
    last_site: int
    dependence: Dependence
    first: Ints
    last: Ints
    struck: Flags


class Windows:
    """Finds windows of an access table."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._own_writes, self._all_writes = self._write_counts()
        self._one_thread = self._single_stream()

    def _write_counts(self) -> tuple[Ints, Ints]:
        """For each row, how many writes of its location precede it: by its own actor, and by anybody."""
        table = self._evidence.table
        written = table.writes.astype(np.int64)
        everybody = np.cumsum(written)
        by_actor = np.lexsort((np.arange(len(table)), table.actor, table.location))
        own = np.empty(len(table), np.int64)
        own[by_actor] = np.cumsum(written[by_actor])
        return own, everybody

    def _single_stream(self) -> Flags:
        """For each row, whether only one operating system thread touches its location."""
        table = self._evidence.table
        if not len(table):
            return np.empty(0, np.bool_)
        starts = np.flatnonzero(np.append(True, table.location[1:] != table.location[:-1]))
        stream = table.stream
        single = np.minimum.reduceat(stream, starts) == np.maximum.reduceat(stream, starts)
        return np.repeat(single, np.diff(np.append(starts, len(table))))

    def dependent(self) -> Iterator[WindowClass]:
        """Windows R…W of one location whose write depends on the read, one class a pair of sites."""
        table = self._evidence.table
        for write_site in np.unique(table.site[table.writes]).tolist():
            for read_site, how in self._evidence.depends(write_site).items():
                found = self.between(read_site, write_site, how)
                if found is not None:
                    yield found

    def between(
        self, first_site: int, last_site: int, how: Dependence, *, first_writes: bool = False, last_writes: bool = True
    ) -> WindowClass | None:
        """Windows from the latest access at one site to each access at another, same actor and location; None if there is none that can be
        parted.
        """
        table = self._evidence.table
        firsts, lasts = self._evidence.rows_at(first_site), self._evidence.rows_at(last_site)
        writes = table.writes
        firsts = firsts[writes[firsts]] if first_writes else firsts[~writes[firsts] | (table.op[firsts] == 5)]
        lasts = lasts[writes[lasts]] if last_writes else lasts[~writes[lasts]]
        if not len(firsts) or not len(lasts):
            return None
        rows = np.concatenate((firsts, lasts))
        is_last = np.concatenate((np.zeros(len(firsts), np.bool_), np.ones(len(lasts), np.bool_)))
        order = np.lexsort((~is_last if first_site == last_site and first_writes else is_last, rows, table.actor[rows], table.location[rows]))
        rows, is_last = rows[order], is_last[order]
        place = np.arange(len(rows))
        latest = np.maximum.accumulate(np.where(is_last, -1, place))
        found = np.flatnonzero(is_last & (latest >= 0))
        first, last = rows[latest[found]], rows[found]
        same = (table.location[first] == table.location[last]) & (table.actor[first] == table.actor[last]) & (first < last)
        first, last = first[same], last[same]
        partable = ~(self._one_thread[first] & (table.step[first] == table.step[last]))
        first, last = first[partable], last[partable]
        if not len(first):
            return None
        # Between the two, writes by anybody less the actor's own; the write that ends the window is its own.
        others = (self._all_writes[last] - self._all_writes[first]) - (self._own_writes[last] - self._own_writes[first])
        return WindowClass(first_site, last_site, how, first, last, others > 0)

    def sample(self, windows: WindowClass) -> list[tuple[int, int, bool]]:
        """A bounded, deterministic choice of windows: those that were struck first, then evenly spread over locations and time."""
        count = len(windows.first)
        chosen: list[int] = []
        for mask in (windows.struck, ~windows.struck):
            index = np.flatnonzero(mask)
            if len(index) > SAMPLE:
                index = index[np.linspace(0, len(index) - 1, SAMPLE).astype(np.int64)]
            chosen.extend(index.tolist())
        assert len(chosen) <= count
        return [(int(windows.first[i]), int(windows.last[i]), bool(windows.struck[i])) for i in chosen]
