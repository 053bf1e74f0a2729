"""Everything that was recorded about one object, in the total order of its process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At
from causeway_core.session.past import Past
from causeway_core.wire.kinds import Kind, XKind

_KINDS = 1 << Kind.SETATTR | 1 << Kind.SETITEM | 1 << Kind.GETATTR | 1 << Kind.GETITEM
_XKINDS = 1 << XKind.MUTATE
MUTATE = 16
_KEPT = 256


@dataclass(frozen=True)
class ObjectLog:
    """Reads, writes and mutations of an object as columns in total order: event, kind (`wire.kinds.Kind`, or MUTATE),
    whether its value is ABSENT, and wire site."""

    at: NDArray[np.int64]
    kind: NDArray[np.uint8]
    absent: NDArray[np.bool_]
    site: NDArray[np.uint32]
    segment: NDArray[np.int64]

    @cached_property
    def rows_of_site(self) -> dict[int, NDArray[np.intp]]:
        """The rows of each wire site, ascending."""
        order = np.argsort(self.site, kind="stable")
        sites, starts = np.unique(self.site[order], return_index=True)
        return dict(zip(sites.tolist(), np.split(order, starts[1:]), strict=True)) if len(order) else {}

    def before(self, key: tuple[int, int]) -> int:
        """How many rows precede an event, given its key in the timeline."""
        segment, at = key
        low, high = (int(i) for i in np.searchsorted(self.segment, [segment, segment + 1]))
        return low + int(np.searchsorted(self.at[low:high], at))


class ObjectLogs:
    """Logs by object.id; one costs a scan of the chunks that mention the object. The last few hundred are kept."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._kept: OrderedDict[int, ObjectLog] = OrderedDict()

    def of(self, object: int) -> ObjectLog:
        """The log of an object."""
        found = self._kept.get(object)
        if found is None:
            found = self._kept[object] = self._read(object)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(object)
        return found

    def _read(self, object: int) -> ObjectLog:
        past, process, wire = self._past, object >> 32, object & 0xFFFFFFFF
        ats, kinds, absents, sites = [], [], [], []
        for chunk in past.sites(process).chunks_mentioning(wire):
            offsets = past.chunks.all_in(chunk, _KINDS, owner=wire, xkinds=_XKINDS)
            words = np.frombuffer(past.chunks.words(chunk), np.uint32)
            first = words[offsets]
            mutates = (first & 15) == Kind.EXTENDED
            ats.append(offsets.astype(np.int64) + (chunk.stream << 40 | chunk.first))
            kinds.append(np.where(mutates, MUTATE, first & 15).astype(np.uint8))
            absents.append(~mutates & ((first >> 4 & 15) == 0))
            following = words[np.minimum(offsets + 1, len(words) - 1)]
            sites.append(np.where(mutates, following, first >> 8).astype(np.uint32))
        if not ats:
            return ObjectLog(np.empty(0, np.int64), np.empty(0, np.uint8), np.empty(0, np.bool_), np.empty(0, np.uint32), np.empty(0, np.int64))
        at, kind, absent, site = np.concatenate(ats), np.concatenate(kinds), np.concatenate(absents), np.concatenate(sites)
        segment = past.timeline(process).segments_of(at)
        order = np.lexsort((at, segment))
        return ObjectLog(at[order], kind[order], absent[order], site[order], segment[order])

    def name_ids(self, object: int, names: set[str] | None = None) -> dict[int, str]:
        """For each wire site in an object's log, its name."""
        table = self._past.sites(object >> 32)
        found = {}
        for wire in self.of(object).rows_of_site:
            site = table.site(wire)
            if site is not None and site.name is not None and (names is None or site.name in names):
                found[wire] = site.name
        return found

    def last_before(self, object: int, before: At) -> int:
        """How many rows of an object's log precede an event of its process."""
        return self.of(object).before(self._past.timeline(object >> 32).key(before))
