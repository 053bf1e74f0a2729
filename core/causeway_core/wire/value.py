"""Decoding value payloads that need no definition."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from causeway_core.errors import WireError
from causeway_core.model.value import ValueKind

_FIXED_WORDS = {
    ValueKind.ABSENT: 0, ValueKind.NONE: 0, ValueKind.FALSE: 0, ValueKind.TRUE: 0, ValueKind.INT32: 1, ValueKind.INT64: 2, ValueKind.FLOAT: 2,
    ValueKind.TEXT: 1, ValueKind.OBJECT: 1, ValueKind.REDACTED: 0, ValueKind.UNCAPTURED: 1,
}


def payload_words(kind: int, words: Sequence[int], at: int) -> int:
    """How many payload words a value of `kind` has that begins at `words[at]`. Raises WireError where they do not fit or the kind is unknown."""
    if kind == ValueKind.TUPLE:
        length = 1 + (words[at] & 0xFFFF) if at < len(words) else 1
    elif kind in _FIXED_WORDS:
        length = _FIXED_WORDS[ValueKind(kind)]
    else:
        raise WireError(f"value kind {kind} does not exist")
    if at + length > len(words):
        raise WireError("a value is longer than what holds it")
    return length


def split_values(words: Sequence[int], count: int, at: int = 0) -> list[tuple[int, Sequence[int]]]:
    """`count` values, each one a kind word and its payload, from `words[at]` on, as (kind, payload). Raises WireError."""
    values = []
    for _ in range(count):
        if at >= len(words):
            raise WireError("a value is longer than what holds it")
        kind = words[at]
        length = payload_words(kind, words, at + 1)
        values.append((kind, words[at + 1 : at + 1 + length]))
        at += 1 + length
    return values


def int32(word: int) -> int:
    """A word as a signed number."""
    return word - (1 << 32) if word & 0x80000000 else word


def int64(low: int, high: int) -> int:
    """Two words as a signed number."""
    number = low | high << 32
    return number - (1 << 64) if high & 0x80000000 else number


def double(low: int, high: int) -> float:
    """Two words as an IEEE double."""
    return float(struct.unpack("<d", struct.pack("<II", low, high))[0])
