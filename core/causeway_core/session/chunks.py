"""The chunks of a recording, decompressed and searched."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, make_at
from causeway_core.model.at import position_of, stream_of
from causeway_core.session.decoding import decode
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Chunk
from causeway_core.wire import _query
from causeway_core.wire.record import Record, words_of

_KEPT_BYTES = 64 << 20
_FIRST = attrgetter("first")
ALL_KINDS = 0x3FFE
ALL_XKINDS = (1 << 64) - 1


class Chunks:
    """Words by event, with the last 64 MB of chunks kept decompressed. Searches never leave their range and validate every word."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._data: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._size = 0

    def of(self, stream: int) -> list[Chunk]:
        """The chunks of a stream."""
        return self._recording.chunks(stream)

    def start(self, stream: int) -> int:
        """The position of the stream's first word that was kept."""
        chunks = self.of(stream)
        return chunks[0].first if chunks else 0

    def end(self, stream: int) -> int:
        """The position after the stream's last word."""
        chunks = self.of(stream)
        return chunks[-1].end if chunks else 0

    def between(self, stream: int, start: int, end: int) -> list[Chunk]:
        """The chunks that meet [start, end) of a stream."""
        chunks = self.of(stream)
        low = max(bisect_right(chunks, start, key=_FIRST) - 1, 0)
        high = bisect_right(chunks, end - 1, key=_FIRST)
        return [chunk for chunk in chunks[low:high] if chunk.end > start]

    def words(self, chunk: Chunk) -> bytes:
        """The records of a chunk."""
        key = (chunk.stream, chunk.first)
        found = self._data.get(key)
        if found is not None:
            self._data.move_to_end(key)
            return found
        data = self._recording.chunk_data(*key)
        self._data[key] = data
        self._size += len(data)
        while self._size > _KEPT_BYTES and len(self._data) > 1:
            self._size -= len(self._data.popitem(last=False)[1])
        return data

    def record(self, at: At) -> Record:
        """The record at an event, its position relative to the chunk. Raises KeyError where none begins."""
        chunk = self._recording.chunk_of(at)
        try:
            return decode(words_of(self.words(chunk)), position_of(at) - chunk.first)
        except IndexError:
            raise KeyError(at) from None

    def align(self, at: At) -> At:
        """The event that the word at `at` belongs to. Raises KeyError where there is none."""
        chunk = self._recording.chunk_of(at)
        found = self._find(chunk, 0, position_of(at) - chunk.first + 1, ALL_KINDS, ALL_XKINDS, None, -1, 1, True)
        if not len(found):
            raise KeyError(at)
        return make_at(chunk.stream, chunk.first + int(found[0]))

    def first(
        self, start: At, end: At, kinds: int, *, beyond: bool = False, sites: bytes | None = None, owner: int = -1, xkinds: int = 0
    ) -> At | None:
        """The first event of these kinds in [start, end); with `beyond`, other than `start` itself. `start` must be an event."""
        for chunk, low, high in self._pieces(start, end):
            for offset in self._find(chunk, low, high, kinds, xkinds, sites, owner, 2 if beyond else 1, False).tolist():
                if not beyond or chunk.first + offset > position_of(start):
                    return make_at(chunk.stream, chunk.first + offset)
        return None

    def last(self, start: At, end: At, kinds: int, *, sites: bytes | None = None, owner: int = -1, xkinds: int = 0) -> At | None:
        """The last event of these kinds in [start, end)."""
        for chunk, low, high in reversed(list(self._pieces(start, end))):
            found = self._find(chunk, low, high, kinds, xkinds, sites, owner, 1, True)
            if len(found):
                return make_at(chunk.stream, chunk.first + int(found[0]))
        return None

    def all_in(
        self, chunk: Chunk, kinds: int, *, sites: bytes | None = None, owner: int = -1, xkinds: int = 0, before: int | None = None
    ) -> NDArray[np.uint32]:
        """The offsets in a chunk of all events of these kinds (before a position of the stream)."""
        end = chunk.words if before is None else max(min(before - chunk.first, chunk.words), 0)
        return self._find(chunk, 0, end, kinds, xkinds, sites, owner, chunk.words, False)

    def _pieces(self, start: At, end: At) -> Iterator[tuple[Chunk, int, int]]:
        """The chunks of a range with the offsets to search."""
        stream, first, stop = stream_of(start), position_of(start), position_of(end)
        if stop <= first or stream_of(end) != stream:
            return
        for chunk in self.between(stream, first, stop):
            yield chunk, max(first - chunk.first, 0), min(stop - chunk.first, chunk.words)

    def _find(
        self, chunk: Chunk, low: int, high: int, kinds: int, xkinds: int, sites: bytes | None, owner: int, limit: int, newest: bool
    ) -> NDArray[np.uint32]:
        return np.frombuffer(_query.find(self.words(chunk), low, high, kinds, xkinds, sites, owner, max(limit, 1), newest), np.uint32)
