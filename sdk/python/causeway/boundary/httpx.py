"""httpx, sync and async clients: each request that goes out to the network is one exchange, also redirects and authentication rounds.

Only the transports that open connections are hooked: a mocked transport, or one that calls an application in this process, sends nothing. The
transport sees a copy of the headers with the context in it; `Request.headers` is the program's own again when it gets its response.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, client_begin, client_end
from causeway.boundary.patch import around

_OWN = "_causeway_own"


def _begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Exchange, Any, Any]:
    request = args[1] if len(args) > 1 else kwargs["request"]
    # One request object may be sent twice at the same time: the headers that the first one set are not the program's.
    own = getattr(request.headers, _OWN, request.headers)
    exchange, parent, state = client_begin(
        request.method, str(request.url), own.get("traceparent"), own.get("tracestate"), own.get("authorization")
    )
    # A program that traces httpcore's messages would see, and may print, headers that it did not send.
    if (parent is None and state is None) or "trace" in request.extensions:
        return exchange, None, None
    headers = own.copy()
    if parent is not None:
        headers["traceparent"] = parent
    if state is not None:
        headers["tracestate"] = state
    setattr(headers, _OWN, own)
    request.headers = headers
    return exchange, request, own


def _end(
    begun: tuple[Exchange, Any, Any] | None, args: tuple[Any, ...], kwargs: dict[str, Any], response: Any, error: BaseException | None
) -> None:
    if begun is None:
        return
    exchange, request, own = begun
    if request is not None:
        request.headers = own
    client_end(exchange, response.status_code if error is None else None, error)


def patch(module: ModuleType) -> None:
    """Hook `httpx._transports.default`."""
    around(module.HTTPTransport, "handle_request", _begin, _end)
    around(module.AsyncHTTPTransport, "handle_async_request", _begin, _end, awaited=True)
