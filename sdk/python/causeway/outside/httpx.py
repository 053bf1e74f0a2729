"""httpx: responses of other services, at the transports that open connections."""

from __future__ import annotations

import sys
from types import ModuleType

from causeway import _tap
from causeway.outside.exchange import HTTP, Response, error_json, head_json, question, stored_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each response of `httpx._transports.default`, and its body as the program reads it."""
    tees = _tees(recorder)

    def leave(state: None, args: Any, kwargs: Any, response: Any, error: Any) -> None:
        request = args[1] if len(args) > 1 else kwargs["request"]
        asked = question(request.method, str(request.url))
        if error is not None:
            recorder.note(HTTP, error_json(error), asked)
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
        version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace").rpartition("/")[2]
        number = recorder.note(HTTP, head_json(response.status_code, response.reason_phrase, version, headers), asked, body=True)
        if number:
            response.stream = tees[hasattr(type(response.stream), "__aiter__")](response.stream, number, headers)

    for owner, name, awaited in ((module.HTTPTransport, "handle_request", False), (module.AsyncHTTPTransport, "handle_async_request", True)):
        setattr(owner, name, _tap.Around(vars(owner)[name], None, leave, f"outside.httpx.{name}", awaited=awaited))


def _tees(recorder: AnswerRecorder) -> tuple[type, type]:
    """Streams, sync and async, that keep what goes through them."""
    types = sys.modules["httpx._types"]

    class Recorded:
        def __init__(self, stream: Any, number: int, headers: list[tuple[str, str]]) -> None:
            self._stream, self._number, self._headers, self._parts = stream, number, headers, list[bytes]()

        def whole(self) -> None:
            recorder.body(self._number, *stored_body(b"".join(self._parts), self._headers))

    class Tee(Recorded, types.SyncByteStream):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Any:
            for part in self._stream:
                self._parts.append(part)
                yield part
            self.whole()

        def close(self) -> None:
            self._stream.close()

    class AsyncTee(Recorded, types.AsyncByteStream):  # type: ignore[misc, name-defined]
        async def __aiter__(self) -> Any:
            async for part in self._stream:
                self._parts.append(part)
                yield part
            self.whole()

        async def aclose(self) -> None:
            await self._stream.aclose()

    return Tee, AsyncTee


def replay(replayer: AnswerReplayer, module: ModuleType) -> None:
    """Responses come from the record."""
    send, send_async = module.HTTPTransport.handle_request, module.AsyncHTTPTransport.handle_async_request

    def handle_request(self: Any, request: Any) -> Any:
        if not replayer.outside(request.url.host, request.url.port or _port(request)):
            return send(self, request)
        for _ in request.stream:
            pass
        return _response(replayer, module, request)

    async def handle_async_request(self: Any, request: Any) -> Any:
        if not replayer.outside(request.url.host, request.url.port or _port(request)):
            return await send_async(self, request)
        async for _ in request.stream:
            pass
        # A request to the network has to wait for it, and other actors run meanwhile.
        await replayer.suspended()
        return _response(replayer, module, request)

    replayer.patches.put(module.HTTPTransport, "handle_request", handle_request)
    replayer.patches.put(module.AsyncHTTPTransport, "handle_async_request", handle_async_request)


def _port(request: Any) -> int:
    return 443 if request.url.scheme == "https" else 80


def _response(replayer: AnswerReplayer, module: ModuleType, request: Any) -> Any:
    httpx: Any = sys.modules["httpx"]
    asked = question(request.method, str(request.url))
    found = Response(replayer.answers.ask(HTTP, asked))
    if found.error is not None:
        kind = getattr(httpx, found.error, None)
        if kind is None:
            raise replayer.answers.refused(f"http {asked}: it failed with {found.error}, which cannot be raised here")
        raise kind(found.text, request=request)
    return httpx.Response(
        found.status,
        headers=[(name.encode("latin-1"), text.encode("latin-1", "replace")) for name, text in found.headers],
        stream=httpx.ByteStream(found.body),
        extensions={"http_version": f"HTTP/{found.version}".encode(), "reason_phrase": found.reason.encode("latin-1", "replace")},
    )
