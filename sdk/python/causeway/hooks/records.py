"""Writing records from Python hooks, which run while recording is paused for their thread."""

from __future__ import annotations

import struct

from causeway import _tap
from causeway.hooks import ops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROCESS, MESSAGE, GAP, END, WAITING, SHARED = 1, 19, 20, 21, 22, 26
SEND, RECEIVE = 1, 2


def _quoted(text: str) -> str:
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif " " <= char <= "~":
            out.append(char)
        else:
            units = char.encode("utf-16-be", "surrogatepass")
            out.extend(f"\\u{int.from_bytes(units[i : i + 2], 'big'):04x}" for i in range(0, len(units), 2))
    return '"' + "".join(out) + '"'


def json_of(value: Any) -> str:
    """JSON of exact built-in types (anything else is shown by its type's name), without importing `json` into the program."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is int:
        return str(value)
    if kind is float:
        return repr(value) if value - value == 0 else "null"
    if kind is list or kind is tuple:
        return "[" + ", ".join([json_of(item) for item in value]) + "]"
    if kind is dict:
        return "{" + ", ".join([f"{_quoted(key)}: {json_of(item)}" for key, item in value.items() if type(key) is str]) + "}"
    return _quoted(f"<{kind.__name__}>")


def text(value: str) -> bytes:
    """A text as in the wire format: length in bytes, UTF-8, padding."""
    data = value.encode("utf-8", "replace")
    return struct.pack("<I", len(data)) + data + b"\0" * (-len(data) % 4)


def emit(kind: int, payload: bytes) -> int:
    """Write an extended record, also while paused; returns its position, or -1 when nothing records."""
    depth = _tap.unpause()
    try:
        return _tap.emit(kind, payload)
    finally:
        _tap.repause(depth)


def sync(op: int, subject: object, extra: int = 0, flags: int = 0) -> None:
    """Write a SYNC record, also while paused."""
    depth = _tap.unpause()
    try:
        _tap.sync(op, subject, extra, flags)
    finally:
        _tap.repause(depth)


def message(direction: int, key: str, carrier: str, peer: str = "", origin: tuple[str, int, int] | None = None) -> None:
    """Write a MESSAGE record (from a hook): `key` pairs the send with the receive."""
    body = {"id": key, "peer": peer, "carrier": carrier, "trace_id": None, "from": list(origin) if origin else None}
    emit(MESSAGE, struct.pack("<I", direction) + text(json_of(body)))


def plain_message(direction: int, key: str, carrier: str) -> None:
    """The same for a key and carrier that need no quoting, at a tenth of the cost."""
    _tap.record(MESSAGE, f'{{"id":"{key}","peer":"","carrier":"{carrier}","trace_id":null,"from":null}}', direction)


def gap(hook: str, reason: str) -> None:
    """Record that a hook misses what it should record. May be called paused or not."""
    emit(GAP, text(json_of({"hook": hook, "reason": reason})))


def unseen(library: str, what: str) -> None:
    """Record that the recorder does not see `what` of a library by design, although nothing failed. May be called paused or not."""
    emit(GAP, text(json_of({"hook": library, "reason": what, "unseen": True})))


__all__ = [
    "END", "GAP", "MESSAGE", "PROCESS", "RECEIVE", "SEND", "SHARED", "WAITING",
    "emit", "gap", "json_of", "message", "ops", "plain_message", "sync", "text", "unseen",
]  # fmt: skip
