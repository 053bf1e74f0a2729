"""Decodes one record from words that were scanned before; faster than the reference decoder, which is used to check it."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.wire.record import Record

_FIXED = (0, 0, 0, 0, 1, 2, 2, 1, 1, -1, 0, 1)
"""Payload words by value kind; -1: a tuple, which has its own length."""


def payload_size(kind: int, words: Sequence[int], at: int) -> int:
    """How many payload words the value at `words[at]` has. Raises IndexError if it does not exist or fit."""
    size = _FIXED[kind]
    if size < 0:
        size = 1 + (words[at] & 0xFFFF)
    if at + size > len(words):
        raise IndexError(at)
    return size


def decode(words: Sequence[int], at: int) -> Record:
    """The record at word `at`. Raises IndexError if none fits."""
    first = words[at]
    kind, vk, site = first & 15, first >> 4 & 15, first >> 8
    if kind == 14:
        length = first >> 12
        if length < 1 or at + length > len(words):
            raise IndexError(at)
        return Record(at, length, kind, xkind=first >> 4 & 255, payload=words[at + 1 : at + length])
    if kind == 1:
        return Record(at, 1, kind, site)
    if not 2 <= kind <= 13:
        raise IndexError(at)
    end, operand, key = at + 1, None, None
    if kind not in (3, 4, 7):
        operand = words[end]
        end += 1
        if kind in (9, 11):
            size = payload_size(operand & 15, words, end)
            key = (operand & 15, words[end : end + size])
            operand >>= 4
            end += size
        if kind == 2:
            return Record(at, end - at, kind, site, operand)
    size = payload_size(vk, words, end)
    return Record(at, end + size - at, kind, site, operand, key, (vk, words[end : end + size]))
