"""httpx, sync and async clients over any transport: each request that a client sends, redirects and authentication rounds too, is one exchange."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, client_begin, client_end
from causeway.boundary.patch import around


def _begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Exchange, bool, str | None] | None:
    request = args[1]
    url = str(request.url)
    if not url.startswith(("http://", "https://")):
        return None
    headers = request.headers
    own = headers.get("tracestate")
    exchange, parent, state = client_begin(request.method, url, headers.get("traceparent"), own, headers.get("authorization"))
    if parent is not None:
        headers["traceparent"] = parent
    if state is not None:
        headers["tracestate"] = state
    return exchange, parent is not None, own


def _end(
    state: tuple[Exchange, bool, str | None] | None, args: tuple[Any, ...], kwargs: dict[str, Any], response: Any, error: BaseException | None
) -> None:
    if state is None:
        return
    exchange, added, own = state
    # A redirect is built from this request's headers: what was added goes, so that it gets its own.
    headers = args[1].headers
    if added:
        headers.pop("traceparent", None)
    if own is None:
        headers.pop("tracestate", None)
    else:
        headers["tracestate"] = own
    client_end(exchange, response.status_code if error is None else None, error)


def patch(module: ModuleType) -> None:
    """Hook `httpx._client`."""
    around(module.Client, "_send_single_request", _begin, _end)
    around(module.AsyncClient, "_send_single_request", _begin, _end, awaited=True)
