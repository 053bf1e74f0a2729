"""Addresses of events."""

from __future__ import annotations

from typing import NewType

At = NewType("At", int)
"""Address of one event: `stream.id << 40 | position` (position: word offset in the stream). Unique in a recording.

Comparable only within one stream, where smaller means earlier in program order of the operating system thread."""

_POSITION_BITS = 40
_POSITION_MASK = (1 << _POSITION_BITS) - 1


def make_at(stream: int, position: int) -> At:
    """The address of the event at word `position` of stream `stream`."""
    assert stream > 0 and 0 <= position <= _POSITION_MASK, (stream, position)
    return At(stream << _POSITION_BITS | position)


def stream_of(at: At) -> int:
    """The stream.id that `at` lies in."""
    return at >> _POSITION_BITS


def position_of(at: At) -> int:
    """The word offset of `at` in its stream."""
    return at & _POSITION_MASK


def format_at(at: At) -> str:
    """The event's name for people and JSON, `s3@1234`."""
    return f"s{stream_of(at)}@{position_of(at)}"


def parse_at(text: str) -> At:
    """The inverse of `format_at`. Raises ValueError on anything else."""
    stream, separator, position = text.removeprefix("s").partition("@")
    if not text.startswith("s") or not separator or not stream.isdecimal() or not position.isdecimal() or int(stream) < 1:
        raise ValueError(f"not an event: {text!r} (an event looks like s3@1234)")
    return make_at(int(stream), int(position))
