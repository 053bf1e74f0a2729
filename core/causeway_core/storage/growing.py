"""What one reading of a growing recording hands on to the next: its chunks never change, so that only new ones are looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

from causeway_core.storage.rows import Chunk

_MOST_BYTES = 64 << 20


@dataclass(slots=True)
class Growing:
    """`index` lists the chunks of each stream that were read so far; `words` are those that were written of late and need not be decompressed.

    Of one writer's recording; one reader at a time may use it. `seen` may be called by the writer's thread meanwhile.
    """

    index: dict[int, list[Chunk]] = field(default_factory=dict)
    words: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _bytes: int = 0

    def seen(self, stream: int, first: int, words: bytes) -> None:
        """A chunk is being written. What is more than 64 MB since `forget` is read from the file."""
        if self._bytes + len(words) <= _MOST_BYTES:
            self._bytes += len(words)
            self.words[stream, first] = words

    def forget(self) -> None:
        """What was written so far has been looked at."""
        self.words = {}
        self._bytes = 0
