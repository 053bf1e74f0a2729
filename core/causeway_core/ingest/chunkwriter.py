"""Chunks on their way into the recording: compressed on a separate thread while the next records are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import zstandard

from causeway_core.storage.writer import RecordingWriter

_ZSTD_LEVEL = 3
_TOGETHER = 16
"""Chunks that are passed between threads together: on a busy machine, a pass costs as much as compressing some chunks."""
_MOST_WAITING = 16
"""Such batches; some 64 MB of words."""

_Row = tuple[Any, ...]


class ChunkWriter:
    """Belongs to the thread of its pipeline. What was added is in the recording after `flush`.

    `seen` is called for each chunk: stream, position of its first word, words. Compression (zstd) is half of the cost of reading, and needs no GIL.
    """

    def __init__(self, writer: RecordingWriter, seen: Callable[[int, int, bytes], None] | None = None) -> None:
        self._writer = writer
        self._seen = seen
        # A compressor may be used by one thread only.
        self._here, self._there = zstandard.ZstdCompressor(level=_ZSTD_LEVEL), zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        self._thread: ThreadPoolExecutor | None = None
        self._rows: list[_Row] = []
        self._batches: list[tuple[list[_Row], Future[list[_Row]]]] = []

    def add(self, stream: int, facts: tuple[int, ...], blobs: tuple[bytes, ...]) -> None:
        """A chunk: the columns of its row up to the codec, then its blobs, the words last."""
        self._rows.append((stream, *facts, *blobs))
        if self._seen is not None:
            self._seen(stream, facts[0], blobs[-1])
        if len(self._rows) >= _TOGETHER:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "compress")
            self._batches.append((self._rows, self._thread.submit(_compressed, self._there, self._rows)))
            self._rows = []
        if len(self._batches) >= _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Enters all rows; a transaction must be open."""
        batches, self._batches = self._batches, []
        rows, self._rows = self._rows, []
        here = [rows]
        while batches and batches[-1][1].cancel():
            here.append(batches.pop()[0])
        compressed = [_compressed(self._here, batch) for batch in reversed(here)]
        for batch in [*(future.result() for _, future in batches), *compressed]:
            self._writer.insert("chunk", batch)

    def close(self) -> None:
        """Nothing more is added."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None


def _compressed(compressor: zstandard.ZstdCompressor, rows: Sequence[_Row]) -> list[_Row]:
    """The rows as they are stored: with the codec, and blobs of that codec."""
    return [(*row[:6], 1, *map(compressor.compress, row[6:])) for row in rows]
