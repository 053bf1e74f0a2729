"""http.server, and what is built on it: werkzeug's and Django's own servers, wsgiref. A request's body is what is read from its connection."""

from __future__ import annotations

from io import BufferedReader
from types import ModuleType

from causeway import _tap
from causeway.outside.served.arriving import Arriving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder


class _RecordingReader(BufferedReader):
    """The reader of a connection, which records what is read of a request's body."""

    arriving: Arriving | None = None

    def _pass_on(self, data: Any) -> Any:
        if self.arriving is not None and data:
            try:
                self.arriving.add_raw(data)
            except Exception:
                self.arriving = None
        return data

    def read(self, size: int | None = -1, /) -> bytes:
        return self._pass_on(super().read(size))  # type: ignore[no-any-return]

    def read1(self, size: int = -1, /) -> bytes:
        return self._pass_on(super().read1(size))  # type: ignore[no-any-return]

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._pass_on(super().readline(size))  # type: ignore[no-any-return]

    def readinto(self, buffer: Any, /) -> int:
        count = super().readinto(buffer)
        self._pass_on(bytes(memoryview(buffer).cast("B")[:count]))
        return count

    def readinto1(self, buffer: Any, /) -> int:
        count = super().readinto1(buffer)
        self._pass_on(bytes(memoryview(buffer).cast("B")[:count]))
        return count


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each request of `http.server`."""
    base: Any = module.BaseHTTPRequestHandler
    connection: Any = module.socketserver.StreamRequestHandler

    def opened(state: None, args: Any, kwargs: Any, result: Any, error: Any) -> None:
        handler = args[0]
        if error is None and type(handler.rfile) is BufferedReader:
            # Before anything was read: what a reader has in its buffer is lost when it is detached.
            handler.rfile = _RecordingReader(handler.rfile.detach())

    def begins(args: Any, kwargs: Any) -> None:
        reader = args[0].rfile
        if type(reader) is _RecordingReader:
            reader.arriving = None

    def parsed(state: None, args: Any, kwargs: Any, good: Any, error: Any) -> None:
        handler = args[0]
        if good is not True:
            return
        arriving = Arriving(recorder, handler.command, handler.path, list(handler.headers.items()))
        if type(handler.rfile) is _RecordingReader:
            handler.rfile.arriving = arriving

    connection.setup = _tap.Around(vars(connection)["setup"], None, opened, "outside.httpserver.setup")
    base.parse_request = _tap.Around(vars(base)["parse_request"], begins, parsed, "outside.httpserver.parse_request")
