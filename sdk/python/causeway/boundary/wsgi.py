"""WSGI: Flask under any server or test client, and the servers of `wsgiref`.

Under a server that is an `http.server` (werkzeug's and wsgiref's own) the exchange is recorded for that server. Otherwise a request begins when the
application is called and ends when the iterable that it returned is closed.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway import _tap, spans
from causeway.boundary.http import Exchange, server_answer, server_begin, server_end, serving
from causeway.boundary.patch import around

_streaming: dict[int, tuple[Any, Exchange]] = {}
"""Exchanges by the id of the iterable that an application returned, which is kept until it is closed."""
_MOST = 1000


def _status(line: object) -> int | None:
    code = line[:3] if type(line) is str else ""
    return int(code) if code.isascii() and code.isdigit() else None


def _current() -> Exchange | None:
    """The exchange of an `http.server` that this thread is in."""
    context = spans.current.get()
    return serving.get(context._span_id) if context is not None else None


def patch_flask(module: ModuleType) -> None:
    """Hook `flask.app`."""

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
        if len(args) != 3 or type(args[1]) is not dict:
            return None, args, kwargs
        environ = args[1]
        parent = environ.get("HTTP_TRACEPARENT")
        known = _current()
        if known is not None and (parent is None or known.remote is None or parent[36:52] == known.remote):
            return None, args, kwargs
        query = environ.get("QUERY_STRING")
        target = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        exchange = server_begin(
            environ.get("REQUEST_METHOD", "GET"),
            f"{target}?{query}" if query else target,
            parent,
            environ.get("HTTP_TRACESTATE"),
            environ.get("HTTP_X_CAUSEWAY_TRACE"),
        )

        def starts(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            exchange.status = _status(args[0] if args else kwargs.get("status"))
            server_answer(exchange)

        return exchange, (*args[:2], _tap.Around(args[2], starts, hook="flask.start_response")), kwargs

    def end(exchange: Exchange | None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        if exchange is None:
            return
        if error is None and type(result).__name__ == "ClosingIterator" and len(_streaming) < _MOST:
            _streaming[id(result)] = result, exchange
        else:
            server_end(exchange, exchange.status, error)

    around(module.Flask, "__call__", begin, end, rewrite=True)


def patch_werkzeug(module: ModuleType) -> None:
    """Hook `werkzeug.wsgi`: the iterable of a response is exhausted or closed when the last of it has been sent."""

    def closes(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        known = _streaming.pop(id(args[0]), None)
        if known is not None:
            server_end(known[1], known[1].status, None)

    def advanced(state: None, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, error: BaseException | None) -> None:
        known = _streaming.pop(id(args[0]), None) if error is not None else None
        if known is not None:
            server_end(known[1], known[1].status, None if type(error) is StopIteration else error)

    around(module.ClosingIterator, "__next__", None, advanced)
    around(module.ClosingIterator, "close", closes)


def patch_wsgiref(module: ModuleType) -> None:
    """Hook `wsgiref.handlers`, which write the head of an answer themselves, without their `http.server`."""

    def sends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        exchange = _current()
        if exchange is not None:
            exchange.status = _status(args[0].status)
            server_answer(exchange)

    around(module.BaseHandler, "send_headers", sends)
