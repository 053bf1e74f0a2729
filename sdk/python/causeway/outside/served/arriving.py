"""One request that comes in, and its body as the program reads it."""

from __future__ import annotations

from causeway.boundary.plain import exact, quote
from causeway.outside.exchange import stored_body, unchunked
from causeway.outside.recorder import LARGEST_BODY, TOO_LARGE, Json
from causeway.redaction import REDACTED, is_secret, scrub, scrub_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from causeway.outside.recorder import AnswerRecorder

REQUEST = "request"
"""The kind of these answers."""


class Arriving:
    """Records the head at once, so that requests stay in their order of arrival, and the body when it is whole. Used by one thread at a time.

    A body that the program does not read to its end is not recorded; the host reports that.
    """

    __slots__ = ("_decoded", "_headers", "_number", "_parts", "_recorder", "_size", "length")

    def __init__(self, recorder: AnswerRecorder, method: str, target: str, headers: Sequence[tuple[str, str]], *, decoded: bool = False) -> None:
        """`target`: path and query as they came · `decoded`: the server undoes a body's content encoding."""
        named = {name.lower(): text for name, text in headers}
        length = named.get("content-length", "").strip()
        self.length: int | None = int(length) if length.isdigit() else None if "transfer-encoding" in named else 0
        """Of the body in bytes; None where it is not known before its end."""
        self._headers = headers
        self._decoded = decoded
        self._recorder = recorder
        self._parts: list[bytes] = []
        self._size = 0
        shown = ",".join(f"[{quote(name)},{quote(REDACTED if is_secret(name) else scrub(text))}]" for name, text in headers)
        what = f"{exact(method).upper()} {scrub_url(exact(target))}"
        self._number = recorder.note(REQUEST, Json(f'{{"headers":[{shown}]}}'), what, body=self.length != 0)

    def add(self, data: bytes) -> None:
        """More of the body, without transfer encoding; the last of it where its length is known."""
        if not self._number or self.length == 0:
            return
        self._parts.append(bytes(data))
        self._size += len(data)
        if self._size > LARGEST_BODY:
            self.lose(TOO_LARGE)
        elif self.length is not None and self._size >= self.length:
            self.end()

    def add_raw(self, data: bytes) -> None:
        """More of it as it came over the wire."""
        self.add(data)
        if self.length is None and self._number and data.endswith(b"\n"):
            plain, whole = unchunked(b"".join(self._parts))
            if whole:
                self.all(plain)

    def all(self, data: bytes) -> None:
        """The whole body."""
        self._parts = [data]
        self.end()

    def end(self) -> None:
        """The body is whole."""
        if self.length != 0:
            self._recorder.body(self._number, *stored_body(b"".join(self._parts), self._headers, maybe_decoded=self._decoded))
        self._close()

    def lose(self, why: str) -> None:
        """The body cannot be kept."""
        if self.length != 0:
            self._recorder.body(self._number, b"", why)
        self._close()

    def _close(self) -> None:
        self._number, self._parts = 0, []
