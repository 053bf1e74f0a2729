"""One process in its total order: which activation runs at an event, and what comes before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, make_at
from causeway_core.model.at import position_of, stream_of
from causeway_core.session.chunks import Chunks
from causeway_core.session.sitetable import SiteTable
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Chunk
from causeway_core.wire import _query

STOP = 1
"""As kinds of a native search: where lines begin; its sites are then those that speak for their line."""
ROOT, CUT, AWAITING, MOVED = 1, 2, 4, 8
RETURNED, UNWOUND = 1, 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a stream, [at, end), in which one activation is on top of one actor's stack; segments are numbered in the process's total order.

    `below`, `prev`, `next` are segments: of the activation below when it was last on top, and of the same activation; -1: none. `actor` is a wire
    number.
    """

    index: int
    at: At
    end: At
    activation: int
    below: int
    prev: int
    next: int
    has_stop: bool
    actor: int


@dataclass(frozen=True, slots=True)
class Activation:
    """One run of a function, from its CALL to its RETURN or UNWIND (`end_at`, 0 while it lives). `call_at` names it for ever; `function` is 0 for
    what an
    actor does outside of woven code. `site` is the wire site of its CALL, `actor` a wire number."""

    index: int
    call_at: At
    end_at: At
    site: int
    function: int
    frame: int
    actor: int
    first: int
    last: int
    ending: int
    flags: int

    @property
    def is_root(self) -> bool:
        """Whether this is not an activation but what lies below all those of an actor."""
        return bool(self.flags & ROOT)


class Timeline:
    """The process's records in total order, as linked segments; built by one scan of all its chunks (about 30 ns a record), then questions are walks.

    `extend` continues where an earlier scan of a growing recording ended.

    Events are compared by `key`. Memory: 24 bytes a segment (about two a call) and 56 an activation.
    """

    def __init__(self, recording: Recording, process: int, chunks: Chunks, sites: SiteTable) -> None:
        self.process = process
        self._native = _query.Timeline()
        self._runs_fed = 0
        self._done: dict[int, int] = {}
        self.extend(recording, chunks, sites)

    def extend(self, recording: Recording, chunks: Chunks, sites: SiteTable) -> None:
        """Reads what the process has recorded since. From then on, chunks and sites are those of this reading of the recording."""
        self._recording = recording
        self._chunks = chunks
        self._native.sites(sites.functions.tobytes(), sites.flags.tobytes())
        self.streams = [stream for stream in recording.streams() if stream.process == self.process]
        self._stops = sites.stops
        self._name_threads()
        for first, last in self._runs():
            self._feed(first, last)

    def _name_threads(self) -> None:
        named: dict[int, tuple[At, int]] = {}
        for first_at, number in self._recording.threads(self.process):
            stream, known = stream_of(first_at), (first_at, number)
            named[stream] = min(named.get(stream, known), known)
        for stream, (_, number) in named.items():
            self._native.thread(stream, 0, number)

    def _runs(self) -> Iterator[tuple[At, At]]:
        """What is new of the process's runs, as (first event, end) in order; what precedes a stream's first run comes with it.

        The last run may have gone on since; the others were whole.
        """
        ends = {stream.id: self._chunks.end(stream.id) for stream in self.streams}
        done = self._done
        for stream in self.streams:
            done.setdefault(stream.id, self._chunks.start(stream.id))
        since = max(self._runs_fed - 1, 0)
        starts = self._recording.run_columns(self.process, since)["at"].tolist()
        self._runs_fed = since + len(starts)
        following: dict[int, int] = {}
        until = [0] * len(starts)
        for i in range(len(starts) - 1, -1, -1):
            stream_id = stream_of(At(starts[i]))
            until[i] = following.get(stream_id, make_at(stream_id, ends.get(stream_id, 0)))
            following[stream_id] = starts[i]
        for start, end in zip(starts, until, strict=True):
            stream_id = stream_of(At(start))
            if stream_id not in done:
                continue
            first = make_at(stream_id, done[stream_id])
            if end > first:
                yield first, At(end)
            done[stream_id] = max(done[stream_id], position_of(At(end)))
        for stream_id, position in list(done.items()):
            if position < ends[stream_id]:
                yield make_at(stream_id, position), make_at(stream_id, ends[stream_id])
                done[stream_id] = ends[stream_id]

    def _feed(self, first: At, end: At) -> None:
        stream = stream_of(first)
        for chunk in self._chunks.between(stream, position_of(first), position_of(end)):
            start = max(position_of(first) - chunk.first, 0)
            stop = min(position_of(end) - chunk.first, chunk.words)
            self._native.feed(stream, chunk.first, self._chunks.words(chunk), start, stop)

    # Segments and activations.

    def locate(self, at: At) -> Segment:
        """The segment that an event lies in. Raises KeyError where the process has no such event."""
        index = self._native.locate(at)
        if index < 0:
            raise KeyError(at)
        return self.segment(index)

    def segment(self, index: int) -> Segment:
        """A segment by number."""
        at, end, activation, below, prev, next_, has_stop, actor = self._native.segment(index)
        return Segment(index, At(at), At(end), activation, below, prev, next_, has_stop, actor)

    def activation(self, index: int) -> Activation:
        """An activation by number."""
        call_at, end_at, site, function, frame, actor, first, last, ending, flags = self._native.activation(index)
        return Activation(index, At(call_at), At(end_at), site, max(function - 1, 0), frame, actor, first, last, ending, flags)

    def activation_called(self, call_at: At) -> Activation:
        """The activation that a CALL (or the first record of one whose CALL is missing) began. Raises KeyError."""
        activation = self.activation(self.locate(call_at).activation)
        if activation.call_at != call_at:
            raise KeyError(call_at)
        return activation

    def stack(self, segment: Segment) -> list[Segment]:
        """The segments of the activations on the stack, innermost first; each as of when it was last on top."""
        return [self.segment(index) for index in self._native.stack(segment.index)]

    def neighbour(self, segment: Segment, direction: int, *, of_actor: bool = False, any: bool = False) -> Segment | None:
        """The next (direction 1) or previous (-1) segment of the same activation, or of the same actor, that has a stop (`any`: or not)."""
        index = self._native.neighbour(segment.index, direction, of_actor, any)
        return None if index < 0 else self.segment(index)

    def actor_bounds(self, number: int) -> tuple[Segment, Segment] | None:
        """The first and last segment of an actor (wire number), None if it never ran."""
        found = self._native.actor(number)
        return None if found is None else (self.segment(found[0]), self.segment(found[1]))

    def key(self, at: At) -> tuple[int, int]:
        """Sorts events of this process in its total order; (-1, at) for an event of no stream."""
        return self._native.locate(at), at

    def cuts(self, at: At) -> dict[int, int]:
        """For each stream, the position before which everything precedes `at` in the total order."""
        index = max(self._native.locate(at), 0)
        own = stream_of(at)
        return {s.id: position_of(at) if s.id == own else self._native.cut(index, s.id) for s in self.streams}

    def stretches(self) -> NDArray[np.uint32]:
        """First segment, last segment and actor number of each maximal stretch of an actor, in total order; shape (n, 3)."""
        return np.frombuffer(self._native.stretches(), np.uint32).reshape(-1, 3)

    def statistics(self) -> dict[str, int]:
        """Sizes of the tables."""
        return dict(zip(("segments", "activations", "stretches", "actors"), self._native.statistics(), strict=True))

    # Stops: where lines begin.

    def first_stop(self, segment: Segment, after: At | None = None) -> At | None:
        """The first stop of a segment, or the first after an event in it."""
        if after is None or after < segment.at:
            return self._chunks.first(segment.at, segment.end, STOP, sites=self._stops)
        return self._chunks.first(after, segment.end, STOP, sites=self._stops, beyond=True)

    def last_stop(self, segment: Segment, before: At | None = None) -> At | None:
        """The last stop of a segment, or the last before an event in it."""
        end = segment.end if before is None else min(before, segment.end)
        return self._chunks.last(segment.at, end, STOP, sites=self._stops)

    def stop_before(self, segment: Segment, before: At, *, of_actor: bool = False) -> At | None:
        """The last stop before an event in `segment`, in its activation (or in its actor, whatever activation)."""
        found = self.last_stop(segment, before)
        if found is None:
            earlier = self.neighbour(segment, -1, of_actor=of_actor)
            found = None if earlier is None else self.last_stop(earlier)
        return found

    def stop_after(self, segment: Segment, after: At, *, of_actor: bool = False) -> At | None:
        """The first stop after an event in `segment`, in its activation (or actor)."""
        found = self.first_stop(segment, after)
        if found is None:
            later = self.neighbour(segment, 1, of_actor=of_actor)
            found = None if later is None else self.first_stop(later)
        return found

    def stops_in(self, chunk: Chunk) -> NDArray[np.uint32]:
        """The offsets in a chunk of this process at which lines begin."""
        return self._chunks.all_in(chunk, STOP, sites=self._stops)

    # Searches in one activation.

    def in_activation(self, activation: Activation, kinds: int, sites: bytes | None, start: At, end: At, xkinds: int = 0) -> list[At]:
        """The events of these kinds and sites in [start, end) of one stream, where the activation is on top."""
        found: list[At] = []
        stream = stream_of(start)
        for chunk in self._chunks.between(stream, position_of(start), position_of(end)):
            first, stop = max(position_of(start) - chunk.first, 0), min(position_of(end) - chunk.first, chunk.words)
            words = self._chunks.words(chunk)
            offsets = self._native.find_in(activation.index, stream, chunk.first, words, first, stop, kinds, xkinds, sites, chunk.words, False)
            found += [make_at(stream, chunk.first + int(offset)) for offset in np.frombuffer(offsets, np.uint32)]
        return found

    def possible(
        self, chunk: Chunk, words: bytes, kinds: int, sites: bytes, bindings: bytes, op: int, number: float, known: bytes
    ) -> bytes:
        """See `session.rule`."""
        return self._native.possible(chunk.stream, chunk.first, words, kinds, sites, bindings, op, number, known)

    def segments_of(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The segment of each of many events; -1 where there is none."""
        return np.frombuffer(self._native.locate_all(np.ascontiguousarray(at).data), np.int64)
