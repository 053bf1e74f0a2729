"""Messages: a send and a receive with the same key."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from causeway_core.model import make_at


@dataclass
class _Pair:
    send_at: int | None = None
    receive_at: int | None = None
    carrier: str = "http"
    trace_id: str | None = None
    origin: tuple[str, int, int] | None = None


class MessagePairs:
    """The halves of the messages of a recording, joined by key."""

    def __init__(self) -> None:
        self._pairs: dict[str, _Pair] = {}

    def add(self, at: int, direction: int, key: str, carrier: Any, trace_id: Any, origin: Any) -> None:
        """Takes one half: `direction` is 1 for a send. `origin` is the receiver's `from`: where the message was sent."""
        pair = self._pairs.setdefault(key, _Pair())
        pair.carrier = str(carrier or pair.carrier)
        pair.trace_id = str(trace_id) if trace_id else pair.trace_id
        if direction == 1:
            pair.send_at = at if pair.send_at is None else pair.send_at
            return
        pair.receive_at = at if pair.receive_at is None else pair.receive_at
        if isinstance(origin, str):
            parts = origin.split(".")
            with suppress(ValueError, IndexError):
                pair.origin = (parts[0], int(parts[1], 16), int(parts[2], 16))
        elif isinstance(origin, list) and len(origin) == 3:
            uid = origin[0] if isinstance(origin[0], str) else f"{int(origin[0]):016x}"
            pair.origin = (uid, int(origin[1]), int(origin[2]))

    def rows(self, streams: Mapping[tuple[str, int], int]) -> list[tuple[Any, ...]]:
        """Rows of `message`. A send side that was not recorded as such is taken from the receiver's `from`.

        `streams` are the recording's, by the process's uid in hex and the number that the stream has there.
        """
        rows = []
        for key, pair in self._pairs.items():
            send_at = pair.send_at
            if send_at is None and pair.origin is not None and pair.origin[:2] in streams and 0 <= pair.origin[2] < 1 << 40:
                send_at = make_at(streams[pair.origin[:2]], pair.origin[2])
            rows.append((key, pair.trace_id, send_at, pair.receive_at, pair.carrier))
        return rows
