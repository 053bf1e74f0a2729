"""http.client, and so every library that is built on it: urllib.request, urllib3, requests, xmlrpc, botocore.

The hook is where the bytes are put together. So each request on the wire is one exchange, redirects and retries included, and the program's own
header objects do not change.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, client_begin, client_end
from causeway.boundary.patch import around
from causeway.context import MAX_MEMBERS, MAX_TRACESTATE


class Pending:
    """A request whose head is being put together."""

    __slots__ = ("authorization", "exchange", "method", "target", "traceparent", "tracestate")

    def __init__(self, method: str, target: str) -> None:
        self.method = method
        self.target = target
        self.traceparent: str | None = None
        self.tracestate: str | None = None
        self.authorization: str | None = None
        self.exchange: Exchange | None = None


# By the id of the connection, which lives longer than its request.
_pending: dict[int, Pending] = {}
_NAMES = {name: name for name in ("traceparent", "tracestate", "authorization")}


def _text(value: object) -> str | None:
    if type(value) is str:
        return value
    return value.decode("latin-1") if type(value) is bytes else None


def _url(connection: Any, target: str, secure: tuple[type, ...]) -> str:
    if target.startswith(("http://", "https://")):
        return target
    is_secure = isinstance(connection, secure)
    host, port = connection.host, connection.port
    if type(host) is not str:
        return target
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    shown = "" if port == (443 if is_secure else 80) or type(port) is not int else f":{port}"
    return f"http{'s' if is_secure else ''}://{host}{shown}{target}"


def patch(module: ModuleType) -> None:
    """Hook `http.client`."""
    base = module.HTTPConnection
    secure = (module.HTTPSConnection,) if hasattr(module, "HTTPSConnection") else ()
    original_header = base.putheader

    def putrequest(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = dict(zip(("self", "method", "url"), args, strict=False)) | kwargs
        method, target = _text(given.get("method")), _text(given.get("url"))
        _pending.pop(id(args[0]), None)
        if len(_pending) > 10_000:
            _pending.clear()  # requests that were abandoned before their answer
        if method is not None and target is not None:
            _pending[id(args[0])] = Pending(method, target or "/")

    def putheader(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        name = _text(args[1]) if len(args) > 2 else None
        key = _NAMES.get(name.lower()) if name is not None else None
        if key is not None:
            pending = _pending.get(id(args[0]))
            value = _text(args[2])
            if pending is not None and value is not None:
                setattr(pending, key, value)

    def endheaders(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        connection = args[0]
        pending = _pending.get(id(connection))
        if pending is None:
            return
        exchange, parent, state = client_begin(
            pending.method, _url(connection, pending.target, secure), pending.traceparent, None, pending.authorization
        )
        pending.exchange = exchange
        if parent is not None:
            original_header(connection, "traceparent", parent)
        own = pending.tracestate
        if state is not None and (own is None or (own.count(",") + 2 <= MAX_MEMBERS and len(own) + len(state) < MAX_TRACESTATE)):
            original_header(connection, "tracestate", state)

    def ended(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        pending = _pending.get(id(args[0]))
        if error is not None and pending is not None and pending.exchange is not None:
            del _pending[id(args[0])]
            client_end(pending.exchange, None, error)

    def getresponse(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], response: Any, error: BaseException | None) -> None:
        pending = _pending.pop(id(args[0]), None)
        if pending is not None and pending.exchange is not None:
            client_end(pending.exchange, response.status if error is None else None, error)

    around(base, "putrequest", putrequest)
    around(base, "putheader", putheader)
    around(base, "endheaders", endheaders, ended)
    around(base, "getresponse", None, getresponse)
