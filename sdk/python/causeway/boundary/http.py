"""What every HTTP library's hooks share: the records of an exchange and the headers that carry its context."""

from __future__ import annotations

from contextvars import Token
from itertools import count

from causeway import _tap, spans
from causeway.boundary.emit import IO, SPAN, message_receive, message_send
from causeway.boundary.plain import exact, quote, quote_name
from causeway.context import TraceContext, parse_headers, parse_traceparent, with_cw
from causeway.redaction import scrub, scrub_url

_record = _tap.record
_next_id = count(1).__next__
_urls: dict[str, Described] = {}


class Described:
    """JSON of a URL or request target without its secrets.

    full: of the whole · path: of the path, without quotes, for a span's name · peer: of host and port · target: the members `url.path` and `url.query`.
    """

    __slots__ = ("full", "path", "peer", "target")

    def __init__(self, url: str) -> None:
        clean = scrub_url(url)
        scheme = clean.find("://")
        slash = clean.find("/", scheme + 3) if scheme >= 0 else 0
        host = clean[scheme + 3 : slash if slash >= 0 else None] if scheme >= 0 else ""
        path, _, query = (clean[slash:] if slash >= 0 else "/").partition("#")[0].partition("?")
        self.full = quote(clean)
        self.path = quote(scrub(path))[1:-1]
        self.peer = quote(host.rpartition("@")[2]) if host else "null"
        self.target = f'"url.path":"{self.path}"' + (f',"url.query":{quote(query)}' if query else "")


class Exchange:
    """One request and its response, seen from one side.

    context: of the span (its id is the message's id on the client's side) · remote: the context that came with the request, on the server's side · io: pairs the IO records ·
    token: resets the current span · answered: the response's MESSAGE is written.
    """

    __slots__ = ("answered", "context", "io", "op", "remote", "token")

    def __init__(self, op: str, context: TraceContext, remote: TraceContext | None = None) -> None:
        self.op = op
        self.context = context
        self.remote = remote
        self.io = _next_id()
        self.token: Token[TraceContext | None] | None = None
        self.answered = False


def _described(url: str) -> Described:
    known = _urls.get(url)
    if known is None:
        if len(_urls) > 500:
            _urls.clear()
        known = Described(url)
        if len(url) <= 500:
            _urls[url] = known
    return known


def client_begin(
    method: str, url: str, traceparent: str | None = None, tracestate: str | None = None, authorization: str | None = None
) -> tuple[Exchange, str | None, str | None]:
    """A request is about to go out: writes SPAN, IO and MESSAGE; gives the `traceparent` and `tracestate` to set, None where the program's own must stay.

    Requests whose headers are signed (AWS Signature 4) get no headers: an added one is harmless, a replaced one is not, and signers reject both.
    """
    parent = spans.current.get()
    context = spans.new_context(parent)
    if traceparent is not None:
        own = parse_traceparent(traceparent)
        if own is not None:
            parent = parent if parent is not None and parent._trace_id == own._trace_id else None
            context = own
    exchange = Exchange("http.client", context)
    place = _described(exact(url))
    verb = quote_name(exact(method)) if len(method) < 20 else quote(exact(method)[:40])
    if context._sampled:
        attributes = f'"http.request.method":{verb},"url.full":{place.full}'
        above = f'"{parent._span_id}"' if parent is not None else "null"
        _record(
            SPAN,
            f'{{"name":"{verb[1:-1]} {place.path}","trace_id":"{context._trace_id}","parent":{above},"attributes":{{"span.kind":"client",{attributes}}}}}',
            1,
            int(context._span_id, 16),
        )
        _record(IO, f'{{"op":"http.client","phase":"begin","id":{exchange.io},"span_id":"{context._span_id}",{attributes}}}')
    event = message_send(context, "http", place.peer)
    if event is None or (authorization is not None and authorization.startswith("AWS4-")):
        return exchange, None, None
    state = with_cw(tracestate if tracestate is not None else context._tracestate, event)
    return exchange, None if traceparent is not None else context.traceparent, state


def client_end(exchange: Exchange, status: int | None, error: BaseException | None) -> None:
    """The response's head has arrived, or the request failed."""
    context = exchange.context
    if status is not None:
        message_receive(context, "http", "null", ":r")
    _finish(exchange, status, error, failed=error is not None or (status is not None and status >= 400))


def server_begin(
    method: str, target: str, traceparent: str | None, tracestate: str | None, causeway: str | None, peer: str | None = None
) -> Exchange:
    """A request has arrived: writes MESSAGE, SPAN and IO, and makes the span current; `server_end` undoes that."""
    remote = parse_headers(traceparent, tracestate, causeway) if traceparent or causeway else None
    context = spans.new_context(remote)
    exchange = Exchange("http.server", context, remote)
    if remote is not None:
        message_receive(remote, "http", quote(exact(peer)) if peer else "null")
    place = _described(exact(target))
    verb = quote_name(exact(method)) if len(method) < 20 else quote(exact(method)[:40])
    if context._sampled:
        attributes = f'"http.request.method":{verb},{place.target}'
        above = f'"{remote._span_id}"' if remote is not None else "null"
        _record(
            SPAN,
            f'{{"name":"{verb[1:-1]} {place.path}","trace_id":"{context._trace_id}","parent":{above},"attributes":{{"span.kind":"server",{attributes}}}}}',
            1,
            int(context._span_id, 16),
        )
        _record(IO, f'{{"op":"http.server","phase":"begin","id":{exchange.io},"span_id":"{context._span_id}",{attributes}}}')
    exchange.token = spans.current.set(context)
    return exchange


def server_answer(exchange: Exchange) -> None:
    """The response's head is about to go out."""
    if exchange.remote is not None and not exchange.answered:
        exchange.answered = True
        message_send(exchange.remote, "http", "null", ":r")


def server_end(exchange: Exchange, status: int | None, error: BaseException | None) -> None:
    """The response is complete, or the handler failed."""
    if exchange.token is not None:
        spans.reset(exchange.token)
        exchange.token = None
    _finish(exchange, status, error, failed=error is not None or (status is not None and status >= 500))


def _finish(exchange: Exchange, status: int | None, error: BaseException | None, *, failed: bool) -> None:
    context = exchange.context
    if not context._sampled:
        return
    code = f'"http.response.status_code":{int(status)}' if status is not None else ""
    if error is not None:
        code += f'{"," if code else ""}"error.type":{quote_name(type(error).__name__)}'
    _record(IO, f'{{"op":"{exchange.op}","phase":"end","id":{exchange.io}{"," if code else ""}{code}}}')
    _record(SPAN, f'{{"status":"{"error" if failed else "ok"}","attributes":{{{code}}}}}', 2, int(context._span_id, 16))
