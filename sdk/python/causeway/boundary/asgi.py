"""ASGI servers: Starlette and FastAPI under any server or test client, and every application under uvicorn.

A request begins in the task that handles it, before middlewares, and ends when the application has returned. Its answer departs with the message
`http.response.start`. uvicorn and Starlette may both see one request; the first one records it. They share its scope.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway import _tap
from causeway.boundary.http import Exchange, server_answer, server_begin, server_end
from causeway.boundary.patch import around

_open: dict[int, tuple[Any, Exchange]] = {}
"""Requests that are being handled, by the id of their scope, which is kept alive."""

_CODES = {"http.response.start": 200, "websocket.http.response.start": 403, "websocket.accept": 101, "websocket.close": 403}
"""Messages that begin an answer, and the status if the message has none."""


def _text(value: object) -> str:
    return value.decode("latin-1") if type(value) is bytes else value if type(value) is str else ""


def _header(headers: Any, name: bytes) -> list[str]:
    return [_text(pair[1]) for pair in headers if pair[0] == name]


def _begin(scope: Any) -> Exchange | None:
    """Begins the exchange of a scope; None if the scope has none, or if its exchange has begun already."""
    if type(scope) is not dict or scope.get("type") not in ("http", "websocket"):
        return None
    headers = scope.get("headers")
    if type(headers) not in (list, tuple) or id(scope) in _open:
        return None
    target = _text(scope.get("raw_path")) or _text(scope.get("path")) or "/"
    query = _text(scope.get("query_string"))
    parents, states = _header(headers, b"traceparent"), _header(headers, b"tracestate")
    exchange = server_begin(
        _text(scope.get("method")) or "GET",
        f"{target}?{query}" if query and "?" not in target else target,
        parents[0] if len(parents) == 1 else None,
        ",".join(states) if states else None,
        next(iter(_header(headers, b"x-causeway-trace")), None),
    )
    _open[id(scope)] = scope, exchange
    return exchange


def _on_sent(exchange: Exchange, message: Any) -> None:
    if exchange.status is None and type(message) is dict:
        code = _CODES.get(message.get("type", ""))
        if code is not None:
            status = message.get("status", code)
            exchange.status = status if type(status) is int else int(status)
            server_answer(exchange)


def _end(state: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
    """The application has returned; `state` is the scope and the exchange."""
    if state is not None:
        scope, exchange = state
        _open.pop(id(scope), None)
        server_end(exchange, exchange.status, error)


def patch_starlette(module: ModuleType) -> None:
    """Hook `starlette.applications`; FastAPI's application is one of Starlette's."""

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
        exchange = _begin(args[1]) if len(args) == 4 else None
        if exchange is None:
            return None, args, kwargs

        def sends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            _on_sent(exchange, args[0] if args else kwargs.get("message"))

        return (args[1], exchange), (*args[:3], _tap.Around(args[3], sends, hook="starlette.send")), kwargs

    around(module.Starlette, "__call__", begin, _end, awaited=True, rewrite=True)


def patch_uvicorn(module: ModuleType) -> None:
    """Hook `uvicorn.protocols.http.h11_impl` and `httptools_impl`: one cycle is one request."""

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        exchange = _begin(args[0].scope)
        return None if exchange is None else (args[0].scope, exchange)

    def sends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        known = _open.get(id(args[0].scope))
        if known is not None:
            _on_sent(known[1], args[1] if len(args) > 1 else kwargs.get("message"))

    around(module.RequestResponseCycle, "run_asgi", begin, _end, awaited=True, late=True)
    around(module.RequestResponseCycle, "send", sends)
