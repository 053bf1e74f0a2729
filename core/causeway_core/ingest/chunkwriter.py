"""Chunks on their way into the recording: compressed on a separate thread while the next records are read."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import zstandard

from causeway_core.storage.growing import Growing
from causeway_core.storage.rows import Chunk
from causeway_core.storage.writer import RecordingWriter

_ZSTD_LEVEL = 3
_TOGETHER = 16
"""Chunks that are passed between threads together: on a busy machine, a pass costs as much as compressing some chunks."""
_MOST_WAITING = 32
"""Such batches; some 128 MB of words."""
_NICENESS = 10

_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk, or a hole without a row: with it, the recording has the stream up to `end`."""

    stream: int
    end: int
    row: _Row | None

    @property
    def key(self) -> tuple[int, int]:
        """Stream and first word of the chunk."""
        assert self.row is not None
        return self.stream, self.row[1]


class ChunkWriter:
    """Belongs to the thread of its pipeline. Chunks are entered in the order in which they were added.

    Compression (zstd) is half of the cost of reading, and needs no GIL. Until a chunk is entered, `growing` has it: nobody waits for the compression
    then, and it leaves the processor to what reads and to the program.
    """

    def __init__(self, writer: RecordingWriter, growing: Growing | None = None) -> None:
        self._writer = writer
        self._growing = growing
        # A compressor may be used by one thread only.
        self._here, self._there = zstandard.ZstdCompressor(level=_ZSTD_LEVEL), zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        self._thread: ThreadPoolExecutor | None = None
        self._entries: list[Entry] = []
        self._batches: list[tuple[list[Entry], Future[list[_Row]]]] = []
        self._entered: list[Entry] = []

    def add(self, stream: int, facts: tuple[int, ...], blobs: tuple[bytes, ...]) -> None:
        """A chunk: the columns of its row up to the codec, then its blobs, the words last."""
        chunk = Chunk(stream, *facts)
        if self._growing is not None:
            self._growing.closed(chunk, blobs)
        self._add(Entry(stream, chunk.end, (stream, *facts, *blobs)))

    def skip(self, stream: int, end: int) -> None:
        """A hole: up to `end` there are no records."""
        self._add(Entry(stream, end, None))

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) >= _TOGETHER:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "compress", None if self._growing is None else _lower_priority)
            self._batches.append((self._entries, self._thread.submit(_compressed, self._there, self._entries)))
            self._entries = []
        if len(self._batches) >= _MOST_WAITING:
            self._enter_oldest()

    def flush(self, wait: bool) -> list[Entry]:
        """Enters what is compressed by then, or, with `wait`, everything; a transaction must be open. What was entered since the last call."""
        if wait:
            self._flush()
        while self._batches and self._batches[0][1].done():
            self._enter_oldest()
        if not self._batches:
            self._enter(self._entries, _compressed(self._here, self._entries))
            self._entries = []
        entered, self._entered = self._entered, []
        return entered

    def _flush(self) -> None:
        """Enters all batches. Those that the other thread has not begun are compressed here."""
        here = []
        while self._batches and self._batches[-1][1].cancel():
            here.append(self._batches.pop()[0])
        compressed = [(batch, _compressed(self._here, batch)) for batch in reversed(here)]
        while self._batches:
            self._enter_oldest()
        for batch, rows in compressed:
            self._enter(batch, rows)

    def _enter_oldest(self) -> None:
        batch, compressing = self._batches.pop(0)
        self._enter(batch, compressing.result())

    def _enter(self, entries: Sequence[Entry], rows: list[_Row]) -> None:
        self._writer.insert("chunk", rows)
        self._entered += entries

    def close(self) -> None:
        """Nothing more is added."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None


def _lower_priority() -> None:
    """Gives this thread a low priority, on Linux, where threads have one of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _compressed(compressor: zstandard.ZstdCompressor, entries: Sequence[Entry]) -> list[_Row]:
    """The rows as they are stored: with the codec, and blobs of that codec."""
    return [(*entry.row[:6], 1, *map(compressor.compress, entry.row[6:])) for entry in entries if entry.row is not None]
