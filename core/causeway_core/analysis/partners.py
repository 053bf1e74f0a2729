"""Accesses of other actors that could fall into a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import Ints

NEIGHBOURS = 6
"""Accesses of one site that are tried inside a window, and on each side of it."""

_SCAN = 96
"""How far to look for them past accesses of the window's own actor."""


class Partners:
    """Finds them: a bounded number per site, nearest in time first, since those are the likeliest to be concurrent."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._sites: dict[int, dict[int, Ints]] = {}

    def _at(self, location: int) -> dict[int, Ints]:
        """Rows of a location by site."""
        known = self._sites.get(location)
        if known is None:
            span = self._evidence.table.span(location)
            sites = self._evidence.table.site[span]
            index = np.argsort(sites, kind="stable")
            names, starts = np.unique(sites[index], return_index=True)
            known = dict(zip(names.tolist(), np.split(index + span.start, starts[1:]), strict=True))
            self._sites[location] = known
        return known

    def near(self, first: int, last: int, *, writes: bool, site: int | None = None) -> Iterator[int]:
        """Accesses of other actors at the window's location: those inside the window first, then the nearest on either side."""
        table = self._evidence.table
        actor = int(table.actor[first])
        by_site = self._at(int(table.location[first]))
        for rows in by_site.values() if site is None else [by_site.get(site, np.empty(0, np.int64))]:
            low, high = int(np.searchsorted(rows, first)), int(np.searchsorted(rows, last))
            yield from self._some(rows[low : min(high, low + _SCAN)], actor, writes)
            yield from self._some(rows[high : high + _SCAN], actor, writes)
            yield from self._some(rows[max(0, low - _SCAN) : low][::-1], actor, writes)

    def _some(self, rows: Ints, actor: int, writes: bool) -> Iterator[int]:
        table = self._evidence.table
        rows = rows[(table.actor[rows] != actor) & (table.writes[rows] == writes)]
        seen: defaultdict[int, int] = defaultdict(int)
        for row in rows[: 4 * NEIGHBOURS].tolist():
            other = int(table.actor[row])
            seen[other] += 1
            if seen[other] <= 2 and len(seen) <= NEIGHBOURS:
                yield row
