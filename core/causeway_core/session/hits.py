"""Sources of events at which continue may stop, searched in either direction in the order of the recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, make_at
from causeway_core.session.accesses import AccessLog
from causeway_core.session.past import Past
from causeway_core.session.sitetable import bits
from causeway_core.session.timeline import Timeline


class Hits(Protocol):
    """Events of one process."""

    process: int

    def next(self, cuts: dict[int, int], direction: int) -> At | None:
        """The first event at or after the cuts (a position for each stream), or the last before them."""

    def all(self) -> NDArray[np.int64]:
        """All events in total order."""


class SiteHits:
    """The records of some kinds at some sites of a process; chunks in which none of the sites occurs are skipped."""

    def __init__(self, past: Past, process: int, wires: Iterable[int], kinds: int) -> None:
        self.process = process
        self._past = past
        self.wires = frozenset(wires)
        self._kinds = kinds
        self._bits = bits(self.wires)
        self._chunks = past.sites(process).chunks_with(self.wires)

    def next(self, cuts: dict[int, int], direction: int) -> At | None:
        """See `Hits`."""
        timeline = self._past.timeline(self.process)
        best: At | None = None
        for stream, cut in cuts.items():
            own = [chunk for chunk in self._chunks if chunk.stream == stream and (chunk.end > cut if direction > 0 else chunk.first < cut)]
            for chunk in own if direction > 0 else reversed(own):
                begin, end = make_at(stream, chunk.first), make_at(stream, chunk.end)
                if direction > 0:
                    found = self._past.chunks.first(begin, end, self._kinds, at_least=make_at(stream, max(cut, chunk.first)), sites=self._bits)
                else:
                    found = self._past.chunks.last(begin, make_at(stream, min(cut, chunk.end)), self._kinds, sites=self._bits)
                if found is not None:
                    best = found if best is None or _nearer(timeline, found, best, direction) else best
                    break
        return best

    def all(self) -> NDArray[np.int64]:
        """See `Hits`."""
        past = self._past
        found = [np.empty(0, np.int64)]
        for chunk in past.sites(self.process).chunks_with(self.wires):
            found.append(past.chunks.all_in(chunk, self._kinds, sites=self._bits).astype(np.int64) + make_at(chunk.stream, chunk.first))
        at = np.concatenate(found)
        return at[np.lexsort((at, past.timeline(self.process).segments_of(at)))]


class ListedHits:
    """Events that are known beforehand."""

    def __init__(self, past: Past, process: int, events: Sequence[At] | AccessLog) -> None:
        self.process = process
        self._past = past
        if isinstance(events, AccessLog):
            self._at, self._segment = events.at, events.segment
            return
        at = np.array(sorted(set(events)), np.int64)
        segment = past.timeline(process).segments_of(at)
        order = np.lexsort((at, segment))
        self._at, self._segment = at[order], segment[order]

    def next(self, cuts: dict[int, int], direction: int) -> At | None:
        """See `Hits`."""
        limits = np.array([cuts.get(stream, 0) for stream in (self._at >> 40).tolist()], np.int64) if len(cuts) > 1 else None
        if limits is None:
            stream, cut = next(iter(cuts.items()))
            limit = make_at(stream, cut)
            low = int(np.searchsorted(self._at, limit)) if len(self._at) else 0
            row = low if direction > 0 else low - 1
            return At(int(self._at[row])) if 0 <= row < len(self._at) else None
        after = (self._at & ((1 << 40) - 1)) >= limits
        rows = np.flatnonzero(after if direction > 0 else ~after)
        return At(int(self._at[rows[0] if direction > 0 else rows[-1]])) if len(rows) else None

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


def _nearer(timeline: Timeline, a: At, b: At, direction: int) -> bool:
    return timeline.key(a) < timeline.key(b) if direction > 0 else timeline.key(a) > timeline.key(b)
