"""Segments: the nodes of the causal graph."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from causeway_core.graph.input import GraphInput, Ints
from causeway_core.model import At

Int32s = NDArray[np.int32]

_STREAM_SHIFT = 40


class Segments:
    """Stretches of an actor in which no edge leaves before the last event or arrives after the first, and that begin where something detached does.

    So an event of one segment happens before an event of another exactly if the one segment reaches the other. Segments of an actor
    have consecutive numbers in program order. A *region* is the part of a segment in one step; events are located by binary search
    over regions (about 1 us). Memory: 16 bytes a region, 28 a segment.

    Columns by segment: `actor`, `first` (its first event), `end` (exclusive bound of its last region) and `last` (last event of
    the step that region lies in). `chain_start[actor]` is the
    number of an actor's first segment, `chain_end[actor]` one past its last.
    """

    def __init__(self, source: GraphInput) -> None:
        pieces = _Pieces(source)
        cut, inner = _cuts(pieces, source)
        starts = np.concatenate((pieces.start, inner))
        is_cut = np.concatenate((cut, np.ones(len(inner), np.bool_)))
        by_start = np.argsort(starts, kind="stable")
        starts, is_cut = starts[by_start], is_cut[by_start]
        piece = pieces.index(starts)
        program = np.lexsort((starts, pieces.rank[piece]))
        actors = pieces.actor[piece][program]
        begins = is_cut[program].copy()
        if len(begins):
            begins[0] = True
            begins[1:] |= actors[1:] != actors[:-1]
        segment = np.cumsum(begins) - 1
        count = int(segment[-1]) + 1 if len(segment) else 0

        self.starts: Ints = starts
        self.region_segment: Int32s = np.empty(len(starts), np.int32)
        self.region_segment[program] = segment
        self.region_rank: Int32s = np.empty(len(starts), np.int32)
        self.region_rank[program] = np.arange(len(starts), dtype=np.int32)
        first_region = program[np.flatnonzero(begins)] if count else np.empty(0, np.intp)
        last_region = program[np.append(np.flatnonzero(begins)[1:], len(program)) - 1] if count else np.empty(0, np.intp)
        ends = np.minimum(np.append(starts[1:], np.int64(2**62)), pieces.end[piece] if len(piece) else np.empty(0, np.int64)) if count else starts
        self.actor: Int32s = actors[begins].astype(np.int32)
        self.first: Ints = np.where(starts == pieces.start[piece], pieces.first[piece], starts)[first_region] if count else starts
        self.end: Ints = ends[last_region]
        self.last: Ints = pieces.last[piece][last_region] if count else starts
        self.chain_start = {int(actor): int(at) for at, actor in zip(*_first_of_each(self.actor), strict=True)}
        self.chain_end = dict(zip(self.chain_start, [*list(self.chain_start.values())[1:], count], strict=bool(count)))
        self._search = self.starts.data

    def __len__(self) -> int:
        return len(self.actor)

    def locate(self, at: At) -> tuple[int, int]:
        """The segment of an event, and its region's rank: program order within an actor is (rank, at). Raises KeyError when nothing ran there."""
        region = bisect_right(self._search, at) - 1
        if region < 0:
            raise KeyError(at)
        return int(self.region_segment[region]), int(self.region_rank[region])

    def segment_of(self, at: Ints) -> Int32s:
        """The segments of many events."""
        return self.region_segment[np.searchsorted(self.starts, at, side="right") - 1]

    def ranks_of(self, at: Ints) -> Int32s:
        """The region ranks of many events."""
        return self.region_rank[np.searchsorted(self.starts, at, side="right") - 1]

    def chain(self, actor: int) -> range:
        """The segments of an actor in program order."""
        return range(self.chain_start.get(actor, 0), self.chain_end.get(actor, 0))


class _Pieces:
    """The steps in order of `at`, widened so that they leave no gap in a stream."""

    def __init__(self, source: GraphInput) -> None:
        by_first = np.argsort(source.step_first, kind="stable")
        self.first = source.step_first[by_first]
        self.actor = source.step_actor[by_first]
        following = np.append(self.first[1:], np.int64(2**62))
        # An event that no step covers (the tail of a stream that was still being written) counts to the step before it.
        self.last = np.minimum(source.step_last[by_first], following - 1)
        self.start = self.first.copy()
        if len(self.start):
            new_stream = np.append(True, self.first[1:] >> _STREAM_SHIFT != self.first[:-1] >> _STREAM_SHIFT)
            self.start[new_stream] = self.first[new_stream] >> _STREAM_SHIFT << _STREAM_SHIFT
        self.end = np.append(self.start[1:], np.int64(2**62))
        program = np.lexsort((self.first, source.step_number[by_first], self.actor))
        self.rank = np.empty(len(program), np.int64)
        self.rank[program] = np.arange(len(program))
        self.next_of_actor = np.full(len(program), -1, np.int64)
        same = self.actor[program[1:]] == self.actor[program[:-1]]
        self.next_of_actor[program[:-1][same]] = program[1:][same]

    def index(self, at: Ints) -> NDArray[np.intp]:
        """The pieces that events lie in (the first piece for what precedes everything)."""
        return np.maximum(np.searchsorted(self.start, at, side="right") - 1, 0)


def _cuts(pieces: _Pieces, source: GraphInput) -> tuple[NDArray[np.bool_], Ints]:
    """Which pieces begin a segment, and where else one begins."""
    cut = np.zeros(len(pieces.start), np.bool_)
    if not len(cut):
        return cut, np.empty(0, np.int64)
    leaving = pieces.index(source.edge_src)
    at_end = source.edge_src >= pieces.last[leaving]
    following = pieces.next_of_actor[leaving[at_end]]
    cut[following[following >= 0]] = True
    begins = np.concatenate((source.edge_dst, source.detached))
    arriving = pieces.index(begins)
    at_start = begins <= pieces.first[arriving]
    cut[arriving[at_start]] = True
    inner = np.unique(np.concatenate((source.edge_src[~at_end] + 1, begins[~at_start])))
    return cut, np.setdiff1d(inner, pieces.start, assume_unique=False)


def _first_of_each(values: Int32s) -> tuple[NDArray[np.intp], Int32s]:
    """Where each run of equal values begins, and the value."""
    begins = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.empty(0, np.intp)
    return begins, values[begins]
