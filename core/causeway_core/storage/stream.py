"""The bulk stream of a recording: chunks, found by position and decompressed on demand."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import OrderedDict

import numpy as np
import zstandard
from numpy.typing import NDArray

from causeway_core.errors import DamagedRecording
from causeway_core.model import At
from causeway_core.model.at import position_of, stream_of
from causeway_core.storage.columns import integers
from causeway_core.storage.growing import Growing
from causeway_core.storage.rows import Chunk, Stream

_KEPT_BYTES = 64 << 20
_LARGEST_CHUNK = 1 << 26


class ChunkStore:
    """Chunks of all streams. The index is read once a stream (some bytes a chunk); what was decompressed last is kept, up to 64 MiB.

    `growing`: what earlier readings of the same file know.
    """

    def __init__(self, database: sqlite3.Connection, growing: Growing | None = None) -> None:
        self._database = database
        self._growing = growing or Growing()
        self._streams: dict[int, Stream] | None = None
        self._index: dict[int, list[Chunk]] = {}
        self._data: OrderedDict[tuple[int, int, str], bytes] = OrderedDict()
        self._kept = 0
        self._decompressor = zstandard.ZstdDecompressor()

    def streams(self) -> list[Stream]:
        """All streams, in order of id."""
        if self._streams is None:
            rows = integers(self._database.execute("SELECT id, process, number, words FROM stream ORDER BY id"), 4)
            self._streams = {row[0]: Stream(*row) for row in rows.tolist()}
        return list(self._streams.values())

    def process_of(self, stream: int) -> int:
        """The process.id of a stream; KeyError where there is none."""
        self.streams()
        assert self._streams is not None
        return self._streams[stream].process

    def chunks(self, stream: int | None = None) -> list[Chunk]:
        """The chunks of one stream, or of all in order of stream and position."""
        if stream is None:
            return [chunk for s in self.streams() for chunk in self.chunks(s.id)]
        if stream not in self._index:
            columns = "stream, first, words, events, order_first, order_last"
            known = self._growing.index.setdefault(stream, [])
            waiting = self._growing.waiting(stream)  # first: a chunk that is stored meanwhile is then found twice rather than missed
            sql = f"SELECT {columns} FROM chunk WHERE stream = ? AND first >= ? ORDER BY first"
            rows = integers(self._database.execute(sql, (stream, known[-1].end if known else 0)), 6)
            known += [Chunk(*row) for row in rows.tolist()]
            end = known[-1].end if known else 0
            known += [chunk for chunk in waiting if chunk.first >= end]
            self._index[stream] = known
        return self._index[stream]

    def chunk_of(self, at: At) -> Chunk:
        """The chunk that holds an event; KeyError where there is none."""
        chunks, position = self.chunks(stream_of(at)), position_of(at)
        index = bisect_right(chunks, position, key=lambda chunk: chunk.first) - 1
        if index < 0 or position >= chunks[index].end:
            raise KeyError(at)
        return chunks[index]

    def data(self, stream: int, first: int) -> bytes:
        """The words of a chunk."""
        fresh = self._growing.words.get((stream, first))
        return fresh if fresh is not None else self._blob(stream, first, "data")

    def sites(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Sorted wire sites of a chunk."""
        return np.frombuffer(self._blob(chunk.stream, chunk.first, "sites"), np.uint32)

    def objects(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Sorted owner ids of a chunk."""
        return np.frombuffer(self._blob(chunk.stream, chunk.first, "objects"), np.uint32)

    def texts(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Pairs (id, offset) of the TEXT and TYPE records of a chunk, sorted by id; shape (n, 2)."""
        return np.frombuffer(self._blob(chunk.stream, chunk.first, "texts"), np.uint32).reshape(-1, 2)

    def snapshots(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Pairs (object id, offset) of the OBJECT records of a chunk, sorted; shape (n, 2)."""
        return np.frombuffer(self._blob(chunk.stream, chunk.first, "snapshots"), np.uint32).reshape(-1, 2)

    def keyframe(self, chunk: Chunk) -> bytes:
        """The keyframe of a chunk, undecoded."""
        return self._blob(chunk.stream, chunk.first, "frames")

    def _blob(self, stream: int, first: int, column: str) -> bytes:
        waiting = self._growing.blob(stream, first, column)
        if waiting is not None:
            return waiting
        key = (stream, first, column)
        found = self._data.get(key)
        if found is not None:
            self._data.move_to_end(key)
            return found
        row = self._database.execute(f"SELECT {column}, codec FROM chunk WHERE stream = ? AND first = ?", (stream, first)).fetchone()
        if row is None:
            raise KeyError((stream, first))
        content = self._decompress(row[0], row[1], f"chunk {first} of stream {stream}")
        self._data[key] = content
        self._kept += len(content)
        while self._kept > _KEPT_BYTES:
            self._kept -= len(self._data.popitem(last=False)[1])
        return content

    def _decompress(self, blob: bytes, codec: int, what: str) -> bytes:
        try:
            # What a frame says of its size is not to be trusted with memory.
            if codec and not 0 <= zstandard.frame_content_size(blob) <= _LARGEST_CHUNK:
                raise zstandard.ZstdError("it claims to be too large")
            content = self._decompressor.decompress(blob) if codec else blob
        except (zstandard.ZstdError, TypeError) as error:
            raise DamagedRecording(f"{what} cannot be decompressed: {error}", "the recording's file was changed or torn") from error
        if len(content) % 4:
            raise DamagedRecording(f"{what} is not whole words", "the recording's file was changed or torn")
        return content
