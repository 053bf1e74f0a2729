"""Segment files (sdk/SPEC.md section 1): headers, and reading a body while its guest still writes it."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from causeway_core.errors import WireError
from causeway_core.wire import _stream
from causeway_core.wire.kinds import HEADER_SIZE, MAGIC

_HEADER = struct.Struct("<8sIIQIIIIQQQ")
_NAME = re.compile(r"([0-9a-f]{16})-(\d{1,9})-(\d{1,9})\.seg")
_LARGEST_BODY = 1 << 24
_WINDOW = 1 << 18
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """A segment's header; `words` is 0 while the segment is open."""

    uid: int
    stream: int
    index: int
    capacity: int
    words: int
    checksum: int
    wall_ns: int
    monotonic_ns: int


def parse_name(name: str) -> tuple[int, int, int] | None:
    """(process uid, stream, index) of a segment file's name, None for any other name."""
    match = _NAME.fullmatch(name)
    return (int(match[1], 16), int(match[2]), int(match[3])) if match else None


def parse_header(data: bytes) -> SegmentHeader:
    """Reads a header. Raises WireError when it is none, or of another version."""
    if len(data) < HEADER_SIZE or not data.startswith(MAGIC):
        raise WireError("not a segment: its first bytes are wrong")
    _, version, size, uid, stream, index, capacity, words, checksum, wall_ns, monotonic_ns = _HEADER.unpack_from(data)
    if version != 1 or size != HEADER_SIZE:
        raise WireError(f"a segment of version {version}, this Causeway reads version 1", )
    if not words <= capacity <= _LARGEST_BODY or wall_ns >> 63 or monotonic_ns >> 63:
        raise WireError("a segment header that contradicts itself")
    return SegmentHeader(uid, stream, index, capacity, words, checksum, wall_ns, monotonic_ns)


class Segment:
    """One segment file, read in parts. Holds no file descriptor between calls.

    `data` holds body words from `base` on; `sealed` once the guest has finished it (the whole rest is then in `data`). `torn` says what
    contradicts its header; `broken`: what follows `data` is no record.
    """

    def __init__(self, path: Path, header: SegmentHeader) -> None:
        self.path, self.header = path, header
        self.data = b""
        self.base = 0
        self.sealed = False
        self.torn: str | None = None
        self.broken = False

    @classmethod
    def open(cls, path: Path) -> Segment | None:
        """The segment at `path`; None while it has no header of its own yet. Raises WireError, FileNotFoundError."""
        with path.open("rb") as file:
            data = file.read(HEADER_SIZE)
        if len(data) < HEADER_SIZE or not data[: len(MAGIC)].strip(b"\0"):
            return None
        header = parse_header(data)
        name = parse_name(path.name)
        return None if name is not None and header.index < name[2] else cls(path, header)

    def refresh(self, offset: int) -> None:
        """Loads the body from word `offset` on as far as it is written: at most some 100 KiB of an open segment, all of a sealed one."""
        # Once the guest has put the sealed copy here it stays, so a second look is at the same file; the bound is for a hostile spool.
        for _ in range(_LOOKS):
            if self.sealed or self._look(offset):
                return

    def _look(self, offset: int) -> bool:
        """One `refresh`; False when the file was replaced meanwhile, so that nothing can be said of what was read."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self.sealed, self.data, self.base = True, b"", offset
            self.torn = "the file is missing"
            return True
        try:
            header = parse_header(os.pread(descriptor, HEADER_SIZE, 0))
            if header.words:
                self._load_sealed(descriptor, header)
            else:
                self._load_open(descriptor, offset)
            if not self._same(descriptor):
                # The guest put a sealed copy here and began the next segment in this file while it was read: what was read may be of either.
                self._forget(offset)
                return False
        except WireError as error:
            self._forget(offset)
            if not self._same(descriptor):
                return False
            self.sealed, self.torn = True, str(error)
        finally:
            os.close(descriptor)
        return True

    def _forget(self, offset: int) -> None:
        self.data, self.base, self.broken, self.sealed, self.torn = b"", offset, False, False, None

    def _same(self, descriptor: int) -> bool:
        """Whether the open file is still the one at the path."""
        opened = os.fstat(descriptor)
        try:
            here = self.path.stat()
        except FileNotFoundError:
            return False
        return (opened.st_dev, opened.st_ino) == (here.st_dev, here.st_ino)

    def _load_sealed(self, descriptor: int, header: SegmentHeader) -> None:
        self.header = header
        self.data = _whole(os.pread(descriptor, header.words * 4, HEADER_SIZE))
        self.base = 0
        self.sealed = True
        if len(self.data) != header.words * 4:
            self.torn = f"it holds {len(self.data) // 4} of {header.words} words"
        elif _stream.checksum(self.data) != header.checksum:
            self.torn = "its checksum does not fit"

    def _load_open(self, descriptor: int, offset: int) -> None:
        # The first look finds how far whole records go; the second reads them after all their words were surely stored, because a record's
        # first word is stored last but a copy of memory promises no order.
        place = HEADER_SIZE + offset * 4
        seen = _whole(os.pread(descriptor, _WINDOW, place))
        end, whole = _stream.extent(seen, 0)
        if not whole and end == 0 and len(seen) == _WINDOW:
            seen = _whole(os.pread(descriptor, _LARGEST_BODY * 4, place))
            end, whole = _stream.extent(seen, 0)
        self.broken = not whole and len(seen) < _WINDOW
        self.data = _whole(os.pread(descriptor, end * 4, place))
        self.base = offset


def _whole(data: bytes) -> bytes:
    return data[: len(data) & ~3]
