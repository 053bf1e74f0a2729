"""The reference decoder: records of a body, one by one, in plain Python. `_stream` does the same at speed."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from causeway_core.errors import WireError
from causeway_core.wire.kinds import Kind
from causeway_core.wire.value import payload_words

_LITTLE = sys.byteorder == "little"
_NO_OPERAND = {Kind.RETURN, Kind.UNWIND, Kind.LOCAL}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `position` is its word offset in what was decoded, `words` its whole length.

    Plain records: `site`, `operand` (frame, owner or cell), `key` and `value` as (value kind, payload words).
    Extended ones: `xkind` and `payload`.
    """

    position: int
    words: int
    kind: int
    site: int = 0
    operand: int | None = None
    key: tuple[int, Sequence[int]] | None = None
    value: tuple[int, Sequence[int]] | None = None
    xkind: int = 0
    payload: Sequence[int] = ()


def words_of(data: bytes) -> Sequence[int]:
    """The words of some bytes. Raises WireError unless they are whole words."""
    if len(data) % 4:
        raise WireError(f"{len(data)} bytes are not whole words")
    return memoryview(data).cast("I")


def records(words: Sequence[int], start: int = 0) -> Iterator[Record]:
    """The records from word `start` up to a zero word or the end. Raises WireError at the first that is not one, after all before it."""
    at = start
    while at < len(words) and words[at]:
        record = _decode(words, at)
        yield record
        at += record.words


def _decode(words: Sequence[int], at: int) -> Record:
    first = words[at]
    kind, vk, site = first & 15, first >> 4 & 15, first >> 8
    if kind == Kind.EXTENDED:
        length = first >> 12
        if length < 1 or at + length > len(words):
            raise WireError(f"record at word {at}: length {length} does not fit")
        return Record(at, length, kind, xkind=first >> 4 & 255, payload=words[at + 1 : at + length])
    if kind == Kind.LINE:
        return Record(at, 1, kind, site)
    if not Kind.CALL <= kind <= Kind.GETVAR:
        raise WireError(f"record at word {at}: kind {kind} does not exist")
    end = at + 1
    operand, key, value = None, None, None
    if kind not in _NO_OPERAND:
        if end >= len(words):
            raise WireError(f"record at word {at}: it is cut")
        operand = words[end]
        end += 1
    if kind in (Kind.SETITEM, Kind.GETITEM):
        assert operand is not None
        length = payload_words(operand & 15, words, end)
        key = (operand & 15, tuple(words[end : end + length]))
        operand >>= 4
        end += length
    if kind != Kind.CALL:
        length = payload_words(vk, words, end)
        value = (vk, tuple(words[end : end + length]))
        end += length
    return Record(at, end - at, kind, site, operand, key, value)


class Fields:
    """Reads the fields of an extended record's payload in turn. Every method raises WireError at the payload's end."""

    def __init__(self, payload: Sequence[int]) -> None:
        self._words = payload
        self._at = 0

    def word(self) -> int:
        """The next word."""
        if self._at >= len(self._words):
            raise WireError("an extended record is too short")
        self._at += 1
        return self._words[self._at - 1]

    def long(self) -> int:
        """The next two words as an unsigned number."""
        low = self.word()
        return low | self.word() << 32

    def text(self) -> str:
        """The next text; bytes that are not UTF-8 are replaced."""
        length = self.word()
        count = (length + 3) // 4
        if self._at + count > len(self._words):
            raise WireError("a text is longer than its record")
        words = self._words[self._at : self._at + count]
        data = words.tobytes() if _LITTLE and isinstance(words, memoryview) else struct.pack(f"<{count}I", *words)
        self._at += count
        return data[:length].decode("utf-8", "replace")

    def rest(self) -> Sequence[int]:
        """What follows."""
        return self._words[self._at :]
