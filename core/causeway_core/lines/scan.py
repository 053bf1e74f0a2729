"""One pass over the records of a recording: how often each site was recorded, by how many actors, and its newest writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, make_at
from causeway_core.session.past import Past
from causeway_core.storage.rows import Chunk
from causeway_core.wire.kinds import Kind

KEPT = 12
"""How many of the newest writes of a site are kept."""

_COUNTED = 1 << Kind.LINE | 1 << Kind.CALL
_WRITES = 1 << Kind.RETURN | 1 << Kind.LOCAL | 1 << Kind.SETATTR | 1 << Kind.SETITEM | 1 << Kind.SETVAR
_WRITING: NDArray[np.bool_] = np.array([bool(_WRITES >> kind & 1) for kind in range(16)])

Report = Callable[[float], None]
"""Told how much is done, 0 to 1; may raise to give up."""


class SiteScan:
    """Facts by site.id over all processes. Built by one scan (some 100 ns a record); memory: a few hundred bytes a site, and 8 bytes for each
    function of each task.
    """

    def __init__(self, past: Past, report: Report | None = None) -> None:
        self._past = past
        size = max((site.id for site in past.recording.sites()), default=0) + 1
        self.runs: NDArray[np.int64] = np.zeros(size, np.int64)
        self.writes: NDArray[np.int64] = np.zeros(size, np.int64)
        self._newest: defaultdict[int, list[At]] = defaultdict(list)
        self._actors: defaultdict[int, list[int]] = defaultdict(list)
        chunks = past.recording.chunks()
        done = 0
        for process in past.processes:
            site_ids = np.append(past.sites(process).site_ids, 0)
            for stream in past.timeline(process).streams:
                filled = np.zeros(size, np.int64)
                for chunk in reversed(past.chunks.of(stream.id)):
                    self._read(process, chunk, site_ids, filled)
                    done += 1
                    if report is not None:
                        report(done / max(len(chunks), 1))

    def _read(self, process: int, chunk: Chunk, site_ids: NDArray[np.int64], filled: NDArray[np.int64]) -> None:
        """Takes in one chunk; those of a stream come last first, and `filled` says how many of its newest writes a site has of this stream.

        `site_ids` is the process's table with a 0 after its end, for sites that it does not have."""
        past = self._past
        offsets = past.chunks.all_in(chunk, _COUNTED | _WRITES)
        first = np.frombuffer(past.chunks.words(chunk), np.uint32)[offsets]
        kinds, sites = first & 15, site_ids.take(first >> 8, mode="clip")
        writing = _WRITING[kinds]
        counted = np.bincount(sites * 2 + writing, minlength=2 * len(self.runs))
        self.runs += counted[::2]
        self.writes += counted[1::2]
        # Most chunks write only where enough is kept already.
        if (filled[counted[1::2] > 0] < KEPT).any():
            self._keep(chunk, sites[writing], offsets[writing], filled)
        calls = kinds == Kind.CALL
        if calls.any():
            self._keep(chunk, sites[calls], offsets[calls], filled)
            self._note_actors(process, sites[calls], offsets[calls].astype(np.int64) + make_at(chunk.stream, chunk.first))

    def _keep(self, chunk: Chunk, sites: NDArray[np.int64], offsets: NDArray[np.uint32], filled: NDArray[np.int64]) -> None:
        wanted = filled[sites] < KEPT
        sites, offsets = sites[wanted], offsets[wanted]
        if not len(sites):
            return
        order = np.argsort(sites, kind="stable")
        sites, offsets = sites[order], offsets[order]
        own, starts = np.unique(sites, return_index=True)
        base = make_at(chunk.stream, chunk.first)
        for site, start, end in zip(own.tolist(), starts.tolist(), [*starts[1:].tolist(), len(sites)], strict=True):
            taken = offsets[max(start, end - (KEPT - int(filled[site]))) : end].tolist()
            self._newest[site] += [At(base + offset) for offset in taken]
            filled[site] += len(taken)

    def _note_actors(self, process: int, sites: NDArray[np.int64], at: NDArray[np.int64]) -> None:
        timeline = self._past.timeline(process)
        stretches = timeline.stretches()
        rows = np.searchsorted(stretches[:, 0], timeline.segments_of(at), side="right") - 1
        numbers = stretches[np.maximum(rows, 0), 2].astype(np.int64)
        for pair in np.unique(sites << 32 | numbers).tolist():
            actor = self._past.recording.actor_of_wire(process, pair & 0xFFFFFFFF)
            if actor is not None:
                self._actors[pair >> 32].append(actor)

    def newest(self, sites: Iterable[int], limit: int = KEPT) -> list[At]:
        """The newest kept events of some sites, oldest first in the recording's order."""
        found = [at for site in sites for at in self._newest.get(site, ())]
        return sorted(found, key=self._past.sort_key)[-limit:]

    def actors(self, sites: Iterable[int]) -> list[int]:
        """The actor.ids that called at some sites, ascending."""
        return sorted({actor for site in sites for actor in self._actors.get(site, ())})
