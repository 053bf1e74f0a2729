"""Windows of one actor over one location: a read and the write that depends on it. Near-linear: for each pair of sites whose write depends on the
read (static, so few), one pass over the accesses at those sites. What column comparisons can decide (same step and no other thread, same critical
section) is decided for all windows of a pair at once. Only a bounded sample of the rest is examined one by one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import Flags, Ints
from causeway_core.analysis.flow.graph import Dependence

SAMPLE = 160
"""Windows of one pair of sites that are examined one by one."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


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
                if found is not None and (found := self._of_one_call(found)) is not None:
                    yield found

    def _of_one_call(self, found: WindowClass) -> WindowClass | None:
        """The windows without those whose read and write were made in two calls of their function; None if none is left.

        `move(a, b)` reads a and writes b. Where the next call is `move(c, a)`, the value that it writes to a comes from c: the actor has executed the
        read again, elsewhere, and has not written since. (A read that finds what it found before need not be recorded again.) In a loop, one call
        reads many places and may write what it has gathered.
        """
        evidence, table = self._evidence, self._evidence.table
        if evidence.function_of(found.first_site) != evidence.function_of(found.last_site) or self._in_loop(found.first_site):
            return found
        latest = self._latest(evidence.rows_at(found.first_site), found.last)
        ends = evidence.rows_at(found.last_site)
        written = self._latest(ends[table.writes[ends]], found.last)
        elsewhere = table.location[latest] != table.location[found.first]
        consumed = (written >= 0) & (table.order[written] > table.order[latest])
        kept = ~elsewhere | (table.order[latest] < table.order[found.first]) | consumed
        if kept.all():
            return found
        return replace(found, first=found.first[kept], last=found.last[kept], struck=found.struck[kept]) if kept.any() else None

    def _in_loop(self, site: int) -> bool:
        """Whether the site is in a loop or comprehension of its function."""
        evidence = self._evidence
        place = evidence.facts.sites.get(abs(site))
        path = None if place is None else evidence.facts.functions[place.function].path
        around = [] if place is None or path is None else evidence.texts.around(path, place.line)
        return any(isinstance(node, _LOOPS) for node in around)

    def _latest(self, rows: Ints, before: Ints) -> Ints:
        """For each row of `before`, the last of `rows` of the same actor that is earlier; -1 if there is none."""
        table = self._evidence.table
        actors, order = table.actor, table.order
        known, number = np.unique(np.concatenate((actors[rows], actors[before])), return_inverse=True)
        rank = int(max(order[rows].max(initial=0), order[before].max(initial=0))) + 1
        assert len(known) * rank < 2**62
        keys, wanted = number[: len(rows)] * rank + order[rows], number[len(rows) :] * rank + order[before]
        sequence = np.argsort(keys)
        place = np.searchsorted(keys[sequence], wanted) - 1
        found = rows[sequence[np.maximum(place, 0)]]
        return np.where((place >= 0) & (actors[found] == actors[before]), found, -1)

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
