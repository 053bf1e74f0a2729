"""The sources of a stream's records: the segments of a spool, or a recording that is read again."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from causeway_core.errors import WireError
from causeway_core.wire.segment import Segment


class Feed(Protocol):
    """The records of one stream, in parts. Positions are word offsets in the stream.

    `buffer` is the current part, `offset` the word in it to read next.
    """

    offset: int
    wall_ns: int
    monotonic_ns: int

    @property
    def buffer(self) -> bytes:
        """The part at hand."""

    def refresh(self) -> bool:
        """Looks for more after `offset`; whether there is any."""

    def hole(self) -> int:
        """How many words of the stream are missing before the current part; called once after each refresh."""

    def skip_rest(self) -> int:
        """Gives up the rest of the current part, which is not a record; returns the number of its words."""

    def stored(self, position: int) -> None:
        """The recording's chunks contain the stream up to `position`, not committed yet."""

    def committed(self) -> None:
        """What was `stored` is durable."""

    def progress(self) -> tuple[int, int]:
        """How many whole segments the chunks contain, and the position where the next one begins."""

    def problems(self, final: bool = False) -> list[str]:
        """Torn parts found since the last call, one sentence each; `final`: nothing will be added to the feed."""

    @property
    def is_exhausted(self) -> bool:
        """Whether all that was written so far is read and nothing more is expected (a thread that ended)."""


class SegmentFeed:
    """A stream's segment files in turn; each is deleted once the recording contains it.

    `uid` is that of the process, `number` that of the stream in it. `keep` leaves the files in place.
    """

    def __init__(self, spool: Path, uid: int, number: int, first_index: int = 0, position: int = 0, keep: bool = False) -> None:
        self._spool, self.uid, self.number, self._keep = spool, uid, number, keep
        self._index = first_index
        self._segment: Segment | None = None
        self._start = position
        self._ends: list[tuple[int, Path]] = []
        self._whole_segments = (first_index, position)
        self._deletable: list[Path] = []
        self._problems: list[str] = []
        self._hole = 0
        self.buffer = b""
        self.offset = 0
        self.wall_ns = self.monotonic_ns = 0

    @property
    def _path(self) -> Path:
        return self._spool / f"{self.uid:016x}-{self.number}-{self._index}.seg"

    @property
    def is_exhausted(self) -> bool:
        """Whether the last segment was sealed and read."""
        return self._segment is None

    def refresh(self) -> bool:
        """Checks the open segment again, or opens the next one."""
        while True:
            segment = self._segment or self._open()
            if segment is None:
                return False
            read = segment.base + self.offset
            was_sealed = segment.sealed
            segment.refresh(read)
            if segment.torn and not was_sealed:
                self._problems.append(f"segment {self._path.name}: {segment.torn}")
            self.buffer, self.offset = segment.data, read - segment.base
            if self.offset < len(self.buffer) // 4:
                return True
            if not segment.sealed and not self._followed():
                return False
            if not segment.sealed:
                # The guest seals a segment before it creates the next one, so this one was cut off. What was written between the two checks counts.
                segment.refresh(read)
                self.buffer, self.offset = segment.data, read - segment.base
                if self.buffer and self.offset < len(self.buffer) // 4:
                    return True
            self._leave()

    def _open(self) -> Segment | None:
        try:
            self._segment = Segment.open(self._path)
        except FileNotFoundError:
            return None
        except (WireError, OSError) as error:
            self._problems.append(f"segment {self._path.name}: {error}")
            self._ends.append((self._start, self._path))
            self._index += 1
            return self._open()
        if self._segment is not None and not self.wall_ns:
            self.wall_ns, self.monotonic_ns = self._segment.header.wall_ns, self._segment.header.monotonic_ns
        self.buffer, self.offset = b"", 0
        return self._segment

    def _followed(self) -> bool:
        return self._path.with_name(f"{self.uid:016x}-{self.number}-{self._index + 1}.seg").exists()

    def _leave(self) -> None:
        assert self._segment is not None
        read = self._segment.base + self.offset
        whole = max(read, self._segment.header.words if self._segment.sealed else 0)
        self._hole += whole - read
        self._start += whole
        self._ends.append((self._start, self._path))
        self._segment = None
        self._index += 1
        self.buffer, self.offset = b"", 0

    def hole(self) -> int:
        """Words of segments that could not be opened or were shorter than their header says."""
        hole, self._hole = self._hole, 0
        return hole

    def skip_rest(self) -> int:
        """Up to the end of the segment."""
        assert self._segment is not None
        left = len(self.buffer) // 4 - self.offset
        if self._segment.sealed:
            left = max(left, self._segment.header.words - self._segment.base - self.offset)
        self._problems.append(f"segment {self._path.name}: word {self._segment.base + self.offset} begins no record")
        self.offset += left
        return left

    def stored(self, position: int) -> None:
        """Segments that end at or before `position` may go."""
        while self._ends and self._ends[0][0] <= position:
            end, path = self._ends.pop(0)
            self._whole_segments = (self._whole_segments[0] + 1, end)
            self._deletable.append(path)

    def committed(self) -> None:
        """Deletes what the recording holds."""
        for path in self._deletable if not self._keep else ():
            path.unlink(missing_ok=True)
        self._deletable.clear()

    def progress(self) -> tuple[int, int]:
        """Counted from the stream's first segment."""
        return self._whole_segments

    def problems(self, final: bool = False) -> list[str]:
        """What was found to be torn."""
        if final and self._segment is not None and self._segment.broken:
            self._problems.append(f"segment {self._path.name}: word {self._segment.base + self.offset} begins no record")
        found, self._problems = self._problems, []
        return found
