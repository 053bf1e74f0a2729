"""Framing of Debug Adapter Protocol messages: `Content-Length` headers and JSON bodies over a byte stream.

Protocol: https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol
"""

from __future__ import annotations

import json
import threading
from typing import Any, Protocol

from causeway_core.errors import ProtocolError

MAX_HEADER = 8 * 1024
MAX_BODY = 64 * 1024 * 1024
"""Larger messages end the conversation: no client sends them, and memory is finite."""


class ByteSink(Protocol):
    """Where encoded messages are written; `write` must accept all of the data."""

    def write(self, data: bytes, /) -> object:
        """Write all of `data`."""

    def flush(self) -> object:
        """Pass on what was written."""


class ByteSource(Protocol):
    """Where bytes come from, as a binary file gives them."""

    def readline(self, limit: int, /) -> bytes:
        """A line with its end, or at most `limit` bytes; empty at the end."""
        ...

    def read(self, size: int, /) -> bytes:
        """`size` bytes, fewer only at the end."""
        ...


def encode(message: dict[str, Any]) -> bytes:
    """One message as it goes over the wire."""
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Connection:
    """One client's conversation.

    `receive` is called by one thread. `send` may be called by any: it numbers and writes each message under a lock, so that `seq` grows by one
    and frames never interleave.
    """

    def __init__(self, source: ByteSource, sink: ByteSink) -> None:
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()
        self._seq = 0
        self.closed = False

    def receive(self) -> dict[str, Any] | None:
        """The next message, or None at the end of the stream.

        Raises ProtocolError for a body that is not a JSON object (the stream stays in step and can go on), and EOFError-like None when the
        framing itself is lost, since nothing after that could be trusted.
        """
        length = self._receive_length()
        if length is None:
            return None
        body = self._source.read(length)
        if len(body) < length:
            return None
        try:
            message = json.loads(body)
            if b"\\ud" in body.lower():
                # Half a surrogate pair is good JSON, but no file name and no text of a database: it becomes a question mark.
                message = json.loads(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"message is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise ProtocolError("message is not a JSON object")
        return message

    def _receive_length(self) -> int | None:
        """Read headers up to the blank line; None at the end of the stream or when they make no sense."""
        length: int | None = None
        while True:
            line = self._source.readline(MAX_HEADER)
            if not line.endswith(b"\n"):
                return None
            text = line.strip()
            if not text:
                if length is not None:
                    return length
                continue
            name, separator, value = text.partition(b":")
            if not separator:
                return None
            if name.strip().lower() == b"content-length":
                digits = value.strip()
                if not digits.isdigit() or len(digits) > 9 or int(digits) > MAX_BODY:
                    return None
                length = int(digits)

    def send(self, message: dict[str, Any]) -> int:
        """Number `message` and write it; its number. A client that went away closes the connection quietly."""
        with self._lock:
            if self.closed:
                return self._seq
            self._seq += 1
            try:
                self._sink.write(encode({"seq": self._seq, **message}))
                self._sink.flush()
            except (OSError, ValueError):
                self.closed = True
            return self._seq

    def is_stuck(self, seconds: float) -> bool:
        """Whether messages have been waiting for so long to be read on the other side. Any thread may ask."""
        free = self._lock.acquire(timeout=seconds)
        if free:
            self._lock.release()
        return not free
