"""aiohttp's client: responses of other services, where they come off the wire."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType

from causeway import _tap
from causeway.outside.bodies import Bodies
from causeway.outside.exchange import HTTP, Response, Sending, error_json, head_json, question, stored_body
from causeway.outside.recorder import TOO_LARGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each response of `aiohttp.client_reqrep`, and its body as it arrives."""
    bodies = Bodies.of_streams()

    def started(state: None, args: Any, kwargs: Any, response: Any, error: Any) -> None:
        response = args[0]
        asked = question(response.method, str(response._url if hasattr(response, "_url") else response.url))
        if error is not None:
            recorder.note(HTTP, error_json(error), asked)
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]
        version = f"{response.version.major}.{response.version.minor}"
        number = recorder.note(HTTP, head_json(response.status, response.reason or "", version, headers), asked, body=True)
        if response.status == 101:
            recorder.body(number, b"", "it became another protocol")
        elif number:

            def whole(data: bytes | None) -> None:
                if data is None:
                    recorder.body(number, b"", TOO_LARGE)
                else:
                    recorder.body(number, *stored_body(data, headers, maybe_decoded=True))

            bodies.follow(response.content, whole)

    def connected(state: None, args: Any, kwargs: Any, protocol: Any, error: Any) -> None:
        if error is not None:
            request = args[1] if len(args) > 1 else kwargs["req"]
            recorder.note(HTTP, error_json(error), question(request.method, str(request.url)))

    connector: Any = sys.modules["aiohttp.connector"].TCPConnector if "aiohttp.connector" in sys.modules else None
    if connector is None:
        recorder.on_import("aiohttp.connector", lambda library: _around_connection(library.TCPConnector, connected))
    else:
        _around_connection(connector, connected)
    module.ClientResponse.start = _tap.Around(vars(module.ClientResponse)["start"], None, started, "outside.aiohttp.start", awaited=True)


def _around_connection(connector: Any, connected: Any) -> None:
    name = "_create_connection"
    setattr(connector, name, _tap.Around(vars(connector)[name], None, connected, f"outside.aiohttp.{name}", awaited=True))


def _error(replayer: AnswerReplayer, response: Response, request: Any, asked: str) -> BaseException:
    """What a request that failed raised."""
    import aiohttp

    kind = getattr(aiohttp, response.error or "", None) or getattr(aiohttp.client_exceptions, response.error or "", None)
    if isinstance(kind, type) and issubclass(kind, aiohttp.ClientConnectorError):
        return kind(request.connection_key, OSError(response.errno, response.text))
    if kind in (aiohttp.ServerDisconnectedError, aiohttp.ServerTimeoutError, aiohttp.ConnectionTimeoutError, aiohttp.SocketTimeoutError):
        return kind(response.text)
    return replayer.answers.refused(f"http {asked}: it failed with {response.error}, which cannot be raised here")


class _StandIn(asyncio.Transport):
    """A connection to nobody: once a request is whole, the recorded response arrives."""

    def __init__(self, protocol: Any, loop: Any) -> None:
        super().__init__()
        self._protocol, self._loop = protocol, loop
        self._sending = Sending()
        self._closing = False
        self.coming: list[bytes] = []

    def write(self, data: Any) -> None:
        for _ in self._sending.add(data):
            if self.coming:
                self._loop.call_soon(self._arrives, self.coming.pop(0))

    def _arrives(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)

    def writelines(self, parts: Any) -> None:
        self.write(b"".join(parts))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def get_protocol(self) -> Any:
        return self._protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: Any = None, low: Any = None) -> None:
        """Nothing is held back."""

    def is_reading(self) -> bool:
        return True

    def pause_reading(self) -> None:
        """What has arrived has arrived."""

    def resume_reading(self) -> None:
        """As before."""

    def can_write_eof(self) -> bool:
        return False


def replay(replayer: AnswerReplayer, module: ModuleType) -> None:
    """Responses come from the record: connections to services outside are to nobody."""
    from aiohttp import connector

    create, send = connector.TCPConnector._create_connection, module.ClientRequest.send

    async def _create_connection(self: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        if not replayer.outside(req.url.raw_host or "", req.url.port or 0):
            return await create(self, req, *args, **kwargs)
        await replayer.suspended()
        asked = question(req.method, str(req.url))
        failed = replayer.answers.failure(HTTP, asked)
        if failed is not None:
            raise _error(replayer, Response(failed), req, asked)
        protocol = self._factory()
        protocol.connection_made(_StandIn(protocol, self._loop))
        return protocol

    async def _send(self: Any, conn: Any) -> Any:
        transport = conn.protocol.transport if conn.protocol is not None else None
        if type(transport) is _StandIn:
            asked = question(self.method, str(self.url))
            response = Response(replayer.answers.ask(HTTP, asked))
            if response.error is not None:
                raise _error(replayer, response, self, asked)
            transport.coming.append(response.wire())
        return await send(self, conn)

    replayer.patches.put(connector.TCPConnector, "_create_connection", _create_connection)
    replayer.patches.put(module.ClientRequest, "send", _send)
