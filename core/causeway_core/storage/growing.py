"""What readers of a growing recording share: its chunks never change, so only new ones are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from causeway_core.storage.rows import Chunk

_BLOBS = ("sites", "objects", "texts", "snapshots", "frames", "data")
_MOST_BYTES = 64 << 20


@dataclass(slots=True)
class Growing:
    """`index` lists the chunks of each stream that were read so far; `words` are those that were written of late and need not be decompressed.

    Of one writer's recording; one reader at a time may use it. The writer's thread may call `closed` and `stored` meanwhile: chunks between the two
    are not in the file yet, and only here.
    """

    index: dict[int, list[Chunk]] = field(default_factory=dict)
    words: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _bytes: int = 0
    _waiting: dict[int, dict[int, tuple[Chunk, Mapping[str, bytes]]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def closed(self, chunk: Chunk, blobs: Iterable[bytes]) -> None:
        """A chunk is whole, its blobs in the order of the table's columns. Words of more than 64 MB since `forget` are read from the file."""
        named = dict(zip(_BLOBS, blobs, strict=True))
        with self._lock:
            self._waiting.setdefault(chunk.stream, {})[chunk.first] = chunk, named
            if self._bytes + len(named["data"]) <= _MOST_BYTES:
                self._bytes += len(named["data"])
                self.words[chunk.stream, chunk.first] = named["data"]

    def stored(self, keys: Iterable[tuple[int, int]]) -> None:
        """Chunks, each by stream and first word, can be read from the file from now on."""
        with self._lock:
            for stream, first in keys:
                self._waiting[stream].pop(first)

    def waiting(self, stream: int) -> list[Chunk]:
        """The chunks of a stream that may not be in the file yet, in order."""
        with self._lock:
            return [chunk for chunk, _ in self._waiting.get(stream, {}).values()]

    def blob(self, stream: int, first: int, column: str) -> bytes | None:
        """A column of a chunk that is not in the file yet, None for any other chunk."""
        with self._lock:
            found = self._waiting.get(stream, {}).get(first)
        return found[1][column] if found is not None else None

    def forget(self) -> None:
        """What was written so far has been looked at."""
        with self._lock:
            self.words = {}
            self._bytes = 0
