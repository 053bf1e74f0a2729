"""http.server: a request begins when its head has been parsed and ends when the handler's method has returned."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, server_answer, server_begin, server_end
from causeway.boundary.patch import around

# By the id of the handler, which serves one connection.
_open: dict[int, Exchange] = {}
_status: dict[int, int] = {}


def _end(handler: Any, error: BaseException | None) -> None:
    exchange = _open.pop(id(handler), None)
    if exchange is not None:
        server_end(exchange, _status.pop(id(handler), None), error)


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
        _open[id(handler)] = server_begin(
            handler.command,
            handler.path,
            parents[0] if len(parents) == 1 else None,
            ",".join(states) or None,
            headers.get("X-Causeway-Trace"),
        )

    def status(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        code = args[1] if len(args) > 1 else kwargs.get("code")
        if id(args[0]) in _open and isinstance(code, int):
            _status[id(args[0])] = int(code)

    def flush(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        exchange = _open.get(id(args[0]))
        if exchange is not None and _status.get(id(args[0]), 200) >= 200:
            server_answer(exchange)

    def handled(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        _end(args[0], error)

    def finish(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _end(args[0], None)

    around(base, "parse_request", None, parsed)
    around(base, "send_response_only", status)
    around(base, "flush_headers", flush)
    around(base, "handle_one_request", None, handled)
    # Handlers that do not use handle_one_request (wsgiref's) end their request with the connection.
    around(module.socketserver.StreamRequestHandler, "finish", finish)
