"""aiohttp, client and server.

Client: each `ClientRequest.send` is a request of its own, so redirects and retries get their own ids; it ends when the head of the response has been
read. Server: a request begins in the task that handles it, before middlewares, and ends when its response, streamed or a websocket too, is complete.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway.boundary.http import Exchange, client_begin, client_end, server_answer, server_begin, server_end
from causeway.boundary.patch import around

# Exchanges by the id of the response (client) or request (server), which stays alive as long as its exchange is in here.
_sent: dict[int, Exchange] = {}
_handled: dict[int, Exchange] = {}


def patch_client(module: ModuleType) -> None:
    """Hook `aiohttp.client_reqrep`."""
    from multidict import istr

    traceparent, tracestate, authorization = istr("traceparent"), istr("tracestate"), istr("Authorization")

    def send(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Exchange:
        request = args[0]
        headers = request.headers
        known = headers.getall(tracestate, None)
        exchange, parent, state = client_begin(
            request.method, str(request.url), headers.get(traceparent), ",".join(known) if known else None, headers.get(authorization)
        )
        if parent is not None:
            headers[traceparent] = parent
        if state is not None:
            headers[tracestate] = state
        return exchange

    def sent(exchange: Exchange, args: tuple[Any, ...], kwargs: dict[str, Any], response: Any, error: BaseException | None) -> None:
        if error is None:
            _sent[id(response)] = exchange
        else:
            client_end(exchange, None, error)

    def started(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], response: Any, error: BaseException | None) -> None:
        exchange = _sent.pop(id(args[0]), None)
        if exchange is not None:
            client_end(exchange, response.status if error is None else None, error)

    around(module.ClientRequest, "send", send, sent, awaited=True)
    around(module.ClientResponse, "start", None, started, awaited=True)


def patch_server(module: ModuleType) -> None:
    """Hook `aiohttp.web_protocol`."""
    from multidict import istr

    traceparent, tracestate, causeway = istr("traceparent"), istr("tracestate"), istr("X-Causeway-Trace")

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Exchange | None:
        request = args[1]
        headers = request.headers
        if type(headers) is dict:
            return None  # the bytes that arrived are not a valid request; the answer is an error
        parents = headers.getall(traceparent, ())
        states = headers.getall(tracestate, ()) if parents else ()
        exchange = server_begin(
            request.method,
            request._message.path,
            parents[0] if len(parents) == 1 else None,
            (states[0] if len(states) == 1 else ",".join(states)) if states else None,
            headers.get(causeway),
        )
        _handled[id(request)] = exchange
        return exchange

    def end(exchange: Exchange | None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        if exchange is None:
            return
        _handled.pop(id(args[1]), None)
        server_end(exchange, result[0].status if error is None else None, error)

    around(module.RequestHandler, "_handle_request", begin, end, awaited=True, late=True)


def patch_response(module: ModuleType) -> None:
    """Hook `aiohttp.web_response`."""

    def start(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        exchange = _handled.get(id(args[1] if len(args) > 1 else kwargs.get("request")))
        if exchange is not None:
            server_answer(exchange)

    around(module.StreamResponse, "_start", start)
