"""http.server: a request begins when its head has been parsed and ends when the handler's method has returned."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, server_answer, server_begin, server_end, serving
from causeway.boundary.patch import around

# By the id of the handler, which serves one connection.
_open: dict[int, Exchange] = {}


def _end(handler: Any, error: BaseException | None) -> None:
    exchange = _open.pop(id(handler), None)
    if exchange is not None:
        serving.pop(exchange.span_id, None)
        server_end(exchange, exchange.status, error)


def patch(module: ModuleType) -> None:
    """Hook `http.server`."""
    base = module.BaseHTTPRequestHandler

    def parsed(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], good: Any, error: BaseException | None) -> None:
        handler = args[0]
        _end(handler, None)
        if good is not True:
            return
        headers = handler.headers
        parents = headers.get_all("traceparent") or []
        states = headers.get_all("tracestate") or []
        exchange = _open[id(handler)] = server_begin(
            handler.command,
            handler.path,
            parents[0] if len(parents) == 1 else None,
            ",".join(states) or None,
            headers.get("X-Causeway-Trace"),
        )
        serving[exchange.span_id] = exchange

    def status(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        code = args[1] if len(args) > 1 else kwargs.get("code")
        exchange = _open.get(id(args[0]))
        if exchange is not None and isinstance(code, int):
            exchange.status = int(code)

    def flush(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        exchange = _open.get(id(args[0]))
        if exchange is not None and (exchange.status is None or exchange.status >= 200):
            server_answer(exchange)

    def handled(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        _end(args[0], error)

    def finish(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _end(args[0], None)

    around(base, "parse_request", None, parsed)
    around(base, "send_response_only", status)
    around(base, "flush_headers", flush)
    around(base, "handle_one_request", None, handled)
    # For handlers that do not use handle_one_request (wsgiref's), the request ends with the connection.
    around(module.socketserver.StreamRequestHandler, "finish", finish)
