"""http.client, and so urllib, urllib3 and requests: responses of other services, below the parser."""

from __future__ import annotations

import builtins
import io
import socket
import sys
from types import ModuleType

from causeway import _tap
from causeway.outside.answers import UNREAD
from causeway.outside.exchange import HTTP, Response, Sending, error_json, head_json, question, stored_body, unchunked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer

_MOST_PENDING = 10_000


class _Tee:
    """A response's file that keeps what is read from it."""

    def __init__(self, file: Any, whole: Any) -> None:
        self._file, self._whole = file, whole
        self._parts: list[bytes] = []
        self._ended = False

    def _saw(self, data: bytes) -> bytes:
        if data:
            self._parts.append(bytes(data))
        else:
            self._ended = True
        return data

    def read(self, *args: Any) -> bytes:
        data = self._file.read(*args)
        if not args or args[0] is None or args[0] < 0:
            self._ended = True
        return self._saw(data) if not args or args[0] != 0 else data

    def read1(self, *args: Any) -> bytes:
        return self._saw(self._file.read1(*args))

    def readline(self, *args: Any) -> bytes:
        return self._saw(self._file.readline(*args))

    def readinto(self, buffer: Any) -> int:
        count: int = self._file.readinto(buffer)
        self._saw(bytes(memoryview(buffer)[:count]))
        return count

    def close(self) -> None:
        whole, self._whole = self._whole, None
        if whole is not None:
            whole(b"".join(self._parts), self._ended)
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def url_of(connection: Any, target: str, module: Any) -> tuple[str, str, int]:
    """The URL that a connection's request asks for, and the host and port that it is for."""
    secure = hasattr(module, "HTTPSConnection") and isinstance(connection, module.HTTPSConnection)
    tunnel = getattr(connection, "_tunnel_host", None)
    host, port = (tunnel, connection._tunnel_port or 443) if tunnel else (connection.host, connection.port)
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    standard = 443 if secure else 80
    if target.startswith(("http://", "https://")):
        return target, host, port
    return f"http{'s' if secure else ''}://{shown}{'' if port == standard else f':{port}'}{target}", host, port


def record(recorder: AnswerRecorder, module: ModuleType) -> None:
    """Note each response of `http.client`, and its body as the program reads it."""
    targets: dict[int, tuple[str, str]] = {}

    def putrequest(args: Any, kwargs: Any) -> None:
        given = dict(zip(("self", "method", "url"), args, strict=False)) | kwargs
        if len(targets) > _MOST_PENDING:
            targets.clear()
        targets[id(args[0])] = (str(given["method"]), str(given["url"] or "/"))

    def failed(state: None, args: Any, kwargs: Any, result: Any, error: Any) -> None:
        if error is not None:
            answered(state, args, kwargs, result, error)

    def answered(state: None, args: Any, kwargs: Any, response: Any, error: Any) -> None:
        method, target = targets.pop(id(args[0]), ("", ""))
        if not method:
            return
        asked = question(method, url_of(args[0], target, module)[0])
        if error is not None:
            recorder.note(HTTP, error_json(error), asked)
            return
        headers = list(response.headers.items())
        version = "1.0" if response.version == 10 else "1.1"
        number = recorder.note(HTTP, head_json(response.status, response.reason or "", version, headers), asked, body=True)
        if not number:
            return
        if response.fp is None or response.length == 0:
            recorder.body(number, b"")
            return
        length = response.length

        def whole(raw: bytes, ended: bool) -> None:
            data, complete = unchunked(raw) if response.chunked else (raw, ended if length is None else len(raw) >= length)
            if complete:
                recorder.body(number, *stored_body(data, headers))
            else:
                recorder.body(number, b"", UNREAD)

        response.fp = _Tee(response.fp, whole)

    base = module.HTTPConnection
    for name, enter, leave in (("putrequest", putrequest, None), ("endheaders", None, failed), ("getresponse", None, answered)):
        setattr(base, name, _tap.Around(vars(base)[name], enter, leave, f"outside.http.client.{name}"))


class _Head(io.RawIOBase):
    """The head of a response whose body nobody has read; who reads on gets an error."""

    def __init__(self, head: bytes, refused: Any) -> None:
        super().__init__()
        self._head, self._refused = head, refused

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Of the head; raises what `refused()` gives when that is over."""
        part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        if not part:
            raise self._refused()
        buffer[: len(part)] = part
        return len(part)


class _StandIn:
    """A socket to nobody. `answer(method, target)` gives the file that is read. On its file descriptor nothing ever happens; it is for
    code that checks whether the connection is still open."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._sending = Sending()
        self._pair = socket.socketpair()
        self._coming: list[Any] = []

    def sendall(self, data: Any, *flags: int) -> None:
        """Bytes of a request; raises what the request failed with."""
        self._coming += [self._answer(*asked) for asked in self._sending.add(data)]

    def send(self, data: Any, *flags: int) -> int:
        """Bytes of a request."""
        self.sendall(data)
        return len(data)

    def makefile(self, *args: Any, **kwargs: Any) -> Any:
        """The response to the oldest request."""
        return self._coming.pop(0) if self._coming else io.BytesIO()

    def close(self) -> None:
        """The connection is over."""
        for end in self._pair:
            end.close()

    def fileno(self) -> int:
        """Of a socket on which nothing arrives."""
        return self._pair[0].fileno()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pair[0], name)


def replay(replayer: AnswerReplayer, module: ModuleType) -> None:
    """Responses come from the record: connections to services outside are to nobody."""
    for name in ("HTTPConnection", "HTTPSConnection"):
        if hasattr(module, name):
            _replay(replayer, module, getattr(module, name))

    def urllib3(library: ModuleType) -> None:
        for name in ("HTTPConnection", "HTTPSConnection"):
            kind = getattr(library, name, None)
            if kind is not None and "connect" in vars(kind):
                _replay(replayer, module, kind)

    replayer.on_import("urllib3.connection", urllib3)


def _error(connection: Any, found: Response) -> Exception | None:
    """What a request that failed raised; None for what cannot be made here."""
    name = found.error or ""
    urllib3: Any = sys.modules.get("urllib3.exceptions")
    if urllib3 is not None and name in ("NewConnectionError", "ConnectTimeoutError"):
        made: Exception = getattr(urllib3, name)(connection, found.text)
        return made
    kind = getattr(builtins, name, None) or getattr(socket, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return None
    return kind(found.errno, found.text) if issubclass(kind, OSError) and found.errno else kind(found.text)


def _replay(replayer: AnswerReplayer, module: ModuleType, kind: Any) -> None:
    original = vars(kind)["connect"]

    def connect(self: Any) -> Any:
        if not replayer.outside(*url_of(self, "/", module)[1:]):
            return original(self)

        def answer(method: str, target: str) -> Any:
            asked = question(method, url_of(self, target, module)[0])
            recorded = replayer.answers.ask(HTTP, asked, unread=True)
            found = Response(recorded)
            if found.error is None and recorded.missing is not None:
                return io.BufferedReader(_Head(found.head(), lambda: replayer.answers.refused(f"http {asked}: {recorded.missing}")))
            if found.error is None:
                return io.BytesIO(found.wire())
            raise _error(self, found) or replayer.answers.refused(f"http {asked}: it failed with {found.error}, which cannot be raised here")

        self.sock = _StandIn(answer)
        if hasattr(type(self), "is_verified"):  # urllib3 warns of connections that are not
            self.is_verified = True
        return None

    replayer.patches.put(kind, "connect", connect)
