"""An HTTP exchange as it is kept: the question, the head of the answer, and its body without transfer and content encoding and without secrets."""

from __future__ import annotations

import zlib

from causeway.boundary.plain import exact, quote
from causeway.outside.recorder import Json
from causeway.redaction import REDACTED, is_secret, scrub, scrub_body, scrub_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from causeway.outside.answers import Answer

HTTP = "http"
"""The kind of these answers."""
_GZIP, _ZLIB = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
_BODILESS = (204, 304)


def question(method: str, url: str) -> str:
    """What is asked, without secrets: `GET http://host:80/path?query`."""
    return f"{exact(method).upper()} {scrub_url(exact(url))}"


def head_json(status: int, reason: str, version: str, headers: Iterable[tuple[str, str]]) -> Json:
    """The head of a response."""
    shown = ",".join(f"[{quote(name)},{quote(REDACTED if is_secret(name) else scrub(value))}]" for name, value in headers)
    return Json(f'{{"status":{int(status)},"reason":{quote(reason)},"version":{quote(version)},"headers":[{shown}]}}')


_ERRORS_OF = ("builtins", "socket", "http", "urllib3", "httpx", "aiohttp")
"""Whose texts are no secrets of the program."""


def error_json(error: BaseException) -> Json:
    """A request that failed: the error's type, its number in the operating system if it has one, and its text."""
    cause = getattr(error, "os_error", None) or error
    number = cause.errno if isinstance(cause, OSError) and type(cause.errno) is int else 0
    known = type(error).__module__.partition(".")[0] in _ERRORS_OF
    text = cause.strerror or str(cause) if isinstance(cause, OSError) and number else str(error)
    return Json(f'{{"error":{quote(type(error).__name__)},"errno":{number},"text":{quote(scrub(str(text))) if known else quote("")}}}')


def stored_body(body: bytes, headers: Iterable[tuple[str, str]], *, maybe_decoded: bool = False) -> tuple[bytes, str | None]:
    """A body as it is kept, and why it cannot be. `maybe_decoded`: the library may have undone its content encoding."""
    named = {name.lower(): value for name, value in headers}
    encoding = named.get("content-encoding", "").strip().lower()
    plain = _decoded(body, encoding)
    if plain is None:
        if not maybe_decoded:
            return b"", f"its body is encoded as {encoding}"
        plain = body
    return scrub_body(plain, named.get("content-type", "")), None


def _decoded(body: bytes, encoding: str) -> bytes | None:
    try:
        if encoding in ("gzip", "x-gzip"):
            return zlib.decompress(body, _GZIP) if body else b""
        if encoding == "deflate":
            try:
                return zlib.decompress(body, _ZLIB)
            except zlib.error:
                return zlib.decompress(body, -_ZLIB)
    except zlib.error:
        return None
    return body if encoding in ("", "identity") else None


def unchunked(raw: bytes) -> tuple[bytes, bool]:
    """The data of a chunked body, and whether it is whole."""
    data: list[bytes] = []
    at = 0
    while True:
        end = raw.find(b"\r\n", at)
        try:
            size = int(raw[at:end].partition(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or (size and end + 2 + size > len(raw)):
            return b"".join(data), False
        if not size:
            return b"".join(data), True
        data.append(raw[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


class Response:
    """A recorded response, ready to be given. `body` is encoded as `headers` say, whose length is that of `body`."""

    def __init__(self, answer: Answer) -> None:
        value: dict[str, Any] = answer.value
        self.error: str | None = value.get("error")
        self.errno: int = value.get("errno") or 0
        self.text: str = value.get("text") or ""
        self.status: int = value.get("status") or 0
        self.reason: str = value.get("reason") or ""
        self.version: str = value.get("version") or "1.1"
        given = [(str(name), str(text)) for name, text in value.get("headers") or ()]
        self.body, known = _encoded(answer.body, given)
        self.headers = []
        for name, text in given:
            if name.lower() == "content-length" and self.body:
                text = str(len(self.body))
            if known or name.lower() != "content-encoding":
                self.headers.append((name, text))

    def head(self) -> bytes:
        """Its head as it comes over the wire."""
        lines = [f"HTTP/{self.version} {self.status} {self.reason}", *(f"{name}: {text}" for name, text in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def wire(self) -> bytes:
        """The response as it comes over the wire."""
        lines = [f"HTTP/{self.version} {self.status} {self.reason}", *(f"{name}: {text}" for name, text in self.headers)]
        body = self.body
        if any(name.lower() == "transfer-encoding" and "chunked" in text.lower() for name, text in self.headers):
            body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        elif not any(name.lower() == "content-length" for name, _ in self.headers) and self.status not in _BODILESS:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


def _encoded(body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, bool]:
    """The body as its headers say, and whether that could be done."""
    encoding = next((text.strip().lower() for name, text in headers if name.lower() == "content-encoding"), "")
    if encoding in ("gzip", "x-gzip", "deflate"):
        packer = zlib.compressobj(wbits=_ZLIB if encoding == "deflate" else _GZIP)
        return packer.compress(body) + packer.flush(), True
    return body, encoding in ("", "identity")


class Sending:
    """Bytes of requests on one connection; tells when one is whole. Written by one thread at a time."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: Any) -> list[tuple[str, str]]:
        """The (method, target) of requests that are whole with these bytes."""
        self._data += data
        found = []
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            lines = bytes(self._data[:end]).decode("latin-1").split("\r\n")
            headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
            size = self._body(end + 4, headers)
            if size is None:
                break
            method, _, rest = lines[0].partition(" ")
            found.append((method, rest.rpartition(" ")[0]))
            del self._data[: end + 4 + size]
        return found

    def _body(self, start: int, headers: dict[str, str]) -> int | None:
        """How long the body is; None while it is not all there."""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            at = self._data.find(b"0\r\n\r\n", start)
            return None if at < 0 or not unchunked(bytes(self._data[start:]))[1] else at + 5 - start
        size = int(headers.get("content-length") or 0)
        return size if len(self._data) >= start + size else None
