"""Happens-before and must-happens-before over segments (docs/adr/0004-reachability-index.md)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from causeway_core.graph._reach import Index, topological
from causeway_core.graph.input import GraphInput
from causeway_core.graph.segments import Int32s, Segments
from causeway_core.ingest.edges.order import TotalOrder

_MOST_HUBS = 8
_HUB_SHARE = 0.04


class Reachability:
    """The two orders of a recording: `full` has every edge, `must` only the hard ones, and no program order into what is detached.

    An edge that contradicts the total order of its process, or that closes a cycle between processes, is left out: `contradicting`
    counts them (a recording of a sound guest has none). `edge_kept` says which edges of the input are in.
    """

    def __init__(self, source: GraphInput, segments: Segments) -> None:
        self.segments = segments
        src, dst = segments.segment_of(source.edge_src), segments.segment_of(source.edge_dst)
        kept = _forward(source, segments, src, dst)
        own = np.flatnonzero(segments.actor[1:] == segments.actor[:-1]).astype(np.int32)
        self.edge_kept = _without_cycles(source.order, segments, own, source, src, dst, kept)
        self.contradicting = int(np.count_nonzero(~self.edge_kept))
        loose = segments.segment_of(source.detached)
        hubs = _hub_chains(segments, frozenset(segments.actor[loose].tolist()))
        self.full = _index(segments, own, src[self.edge_kept], dst[self.edge_kept], hubs)
        hard = self.edge_kept & source.edge_hard
        same = bool(hard.sum() == self.edge_kept.sum()) and not len(loose)
        self.must = self.full if same else _index(segments, np.setdiff1d(own, loose - 1), src[hard], dst[hard], hubs)


def _forward(source: GraphInput, segments: Segments, src: Int32s, dst: Int32s) -> NDArray[np.bool_]:
    """Which edges go forward: in program order within an actor, in the total order within a process."""
    kept = np.where(segments.actor[src] == segments.actor[dst], src < dst, True) if len(src) else np.empty(0, np.bool_)
    order = source.order
    same_process = order.processes_of(source.edge_src) == order.processes_of(source.edge_dst)
    before, after = order.numbers(source.edge_src), order.numbers(source.edge_dst)
    unknown = (before < 0) | (after < 0)
    forward = (before < after) | ((before == after) & (source.edge_src < source.edge_dst)) | unknown
    return np.asarray(kept & (~same_process | forward), np.bool_)


def _without_cycles(
    order: TotalOrder, segments: Segments, own: Int32s, source: GraphInput, src: Int32s, dst: Int32s, kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """`kept` less the edges between processes that lie on or behind a cycle; then, should one remain, less every edge there."""
    kept = kept.copy()
    between = order.processes_of(source.edge_src) != order.processes_of(source.edge_dst)
    for droppable in (between, np.ones(len(src), np.bool_)):
        offsets, targets = _adjacency(len(segments), own, src[kept], dst[kept])
        placed = np.frombuffer(topological(offsets, targets), np.int32)
        if len(placed) == len(segments):
            break
        stuck = np.ones(len(segments), np.bool_)
        stuck[placed] = False
        kept &= ~(droppable & stuck[src] & stuck[dst])
    return kept


def _adjacency(count: int, own: Int32s, src: Int32s, dst: Int32s) -> tuple[Int32s, Int32s]:
    """Successor lists (CSR) of program order, for each segment of `own` to the next, and of the given edges."""
    packed = np.unique(np.concatenate((own, src)).astype(np.int64) << 32 | np.concatenate((own + 1, dst)).astype(np.int64))
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(packed >> 32, minlength=count), out=offsets[1:])
    return offsets, (packed & 0xFFFFFFFF).astype(np.int32)


def _hub_chains(segments: Segments, without: frozenset[int]) -> tuple[Int32s, Int32s, int]:
    """Each segment's hub chain (-1: none) and position on it, and how many chains there are.

    The longest actor is always a hub; others are if they hold a fair share of all segments, so that a program of few threads is answered
    without any search. Not those `without` a program order throughout.
    """
    hub_of = np.full(len(segments), -1, np.int32)
    position = np.zeros(len(segments), np.int32)
    whole = (segments.chain(actor) for actor in segments.chain_start if actor not in without)
    chains = sorted(whole, key=len, reverse=True)[:_MOST_HUBS]
    hubs = 0
    for chain in chains:
        if hubs and len(chain) < _HUB_SHARE * len(segments):
            break
        hub_of[chain.start:chain.stop] = hubs
        position[chain.start:chain.stop] = np.arange(len(chain), dtype=np.int32)
        hubs += 1
    return hub_of, position, hubs


def _index(segments: Segments, own: Int32s, src: Int32s, dst: Int32s, hubs: tuple[Int32s, Int32s, int]) -> Index:
    offsets, targets = _adjacency(len(segments), own, src, dst)
    hub_of, position, count = hubs
    return Index(offsets, targets, hub_of, position, count)
