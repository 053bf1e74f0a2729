"""Sources of events at which continue may stop, searched in either direction in the order of the recording."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, make_at
from causeway_core.session.accesses import AccessLog
from causeway_core.session.past import Past
from causeway_core.session.rule import Rule
from causeway_core.session.sitetable import bits
from causeway_core.storage.rows import Chunk

_FIRST = attrgetter("first")


class Hits(Protocol):
    """Events of one process."""

    process: int

    def walk(self, cuts: dict[int, int], direction: int) -> Iterator[At]:
        """The events at or after the cuts (a position for each stream) in total order, or those before them, last first."""

    def all(self) -> NDArray[np.int64]:
        """All events in total order."""


class SiteHits:
    """The records of some kinds at some sites of a process; chunks in which none of the sites occurs are skipped."""

    def __init__(self, past: Past, process: int, wires: Iterable[int], kinds: int, rule: Rule | None = None) -> None:
        """With a rule, records that it excludes are left out."""
        self.process = process
        self._rule = rule
        self._past = past
        self._kinds = kinds
        wanted = sorted(set(wires))
        self._bits = bits(wanted)
        self._streams = past.sites(process).streams_with(wanted)

    def walk(self, cuts: dict[int, int], direction: int) -> Iterator[At]:
        """See `Hits`."""
        ways = [self._walk_stream(stream, cut, direction) for stream, cut in cuts.items() if stream in self._streams]
        if len(ways) == 1:
            return ways[0]
        key = self._past.timeline(self.process).key
        return merge(*ways, key=key, reverse=direction < 0)

    def _offsets(self, chunk: Chunk) -> NDArray[np.uint32]:
        if self._rule is not None:
            return self._rule.possible(chunk, self._kinds, self._bits)
        return self._past.chunks.all_in(chunk, self._kinds, sites=self._bits)

    def _walk_stream(self, stream: int, cut: int, direction: int) -> Iterator[At]:
        chunks = self._streams[stream]
        index = bisect_right(chunks, cut if direction > 0 else cut - 1, key=_FIRST) - 1
        for chunk in chunks[max(index, 0) :] if direction > 0 else reversed(chunks[: index + 1]):
            offsets = self._offsets(chunk)
            limit = max(cut - chunk.first, 0)
            row = int(np.searchsorted(offsets, limit))
            base = make_at(stream, chunk.first)
            for offset in offsets[row:].tolist() if direction > 0 else offsets[:row][::-1].tolist():
                yield At(base + offset)

    def all(self) -> NDArray[np.int64]:
        """See `Hits`."""
        past, found = self._past, [np.empty(0, np.int64)]
        for chunks in self._streams.values():
            for chunk in chunks:
                found.append(self._offsets(chunk).astype(np.int64) + make_at(chunk.stream, chunk.first))
        at = np.concatenate(found)
        return at[np.lexsort((at, past.timeline(self.process).segments_of(at)))]


class ListedHits:
    """Events that are known beforehand."""

    def __init__(self, past: Past, process: int, events: Sequence[At] | AccessLog) -> None:
        self.process = process
        if isinstance(events, AccessLog):
            self._at = events.at
            return
        at = np.array(sorted(set(events)), np.int64)
        self._at = at[np.lexsort((at, past.timeline(process).segments_of(at)))]

    def walk(self, cuts: dict[int, int], direction: int) -> Iterator[At]:
        """See `Hits`."""
        table = np.zeros(max(cuts, default=0) + 2, np.int64)
        for stream, cut in cuts.items():
            table[stream] = cut
        after = (self._at & ((1 << 40) - 1)) >= table[np.minimum(self._at >> 40, len(table) - 1)]
        rows = np.flatnonzero(after) if direction > 0 else np.flatnonzero(~after)[::-1]
        for row in rows:
            yield At(int(self._at[row]))

    def all(self) -> NDArray[np.int64]:
        """See `Hits`."""
        return self._at


def cuts_at(past: Past, process: int, at: At, *, after: bool) -> dict[int, int]:
    """The position in each stream of a process where what is at or after an event begins (`after`: after it); by the clock in another process."""
    if past.process_of(at) == process:
        cuts = past.timeline(process).cuts(at)
        if after:
            cuts[at >> 40] += 1
        return cuts
    wall = past.clock.wall_ns(at)
    return {stream.id: past.clock.position_at(stream.id, wall) for stream in past.timeline(process).streams}
