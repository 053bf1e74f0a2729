"""What the hooks of all HTTP libraries share: the records of an exchange and the headers that carry its context.

An exchange must not cost the program more than a few microseconds. So each phase is a single SPAN record (sdk/SPEC.md section 6), which is the IO and
the MESSAGE too. Only the departure of the answer, between the begin and end of a server span, is a MESSAGE of its own.
"""

from __future__ import annotations

from contextvars import Token

from causeway import _tap, settings, spans
from causeway.boundary.emit import MESSAGE, SPAN, new_span_id
from causeway.boundary.plain import exact, quote, quote_name
from causeway.context import TraceContext, parse_headers, parse_traceparent, with_cw
from causeway.redaction import scrub, scrub_url

_record = _tap.record
_name_event = _tap.name_event
_client_span = _tap.client_span
_server_span = _tap.server_span
_current = spans.current
_places: dict[str, Place] = {}
_ends: dict[tuple[str, int], str] = {}
_PLACES = 4000

serving: dict[str, Exchange] = {}
"""Requests that an `http.server` is answering, by span id."""


settings.listeners.append(lambda changed: _places.clear())


class Place:
    """JSON of a URL or request target without its secrets.

    path: the path, without quotes, for the name of a span · client: members of a client span's attributes · server: those of a server span.
    """

    __slots__ = ("client", "path", "server")

    def __init__(self, url: str) -> None:
        clean = url
        query = ""
        if "?" in url or "@" in url or "#" in url or "=" in url or "eyJ" in url:
            clean = scrub_url(url)
        scheme = clean.find("://", 0, 10)
        slash = clean.find("/", scheme + 3) if scheme >= 0 else 0
        path = clean[slash:] if slash >= 0 else "/"
        if clean is not url or len(url) > 4096:
            path, _, query = path.partition("#")[0].partition("?")
            path = scrub(path)
        self.path = quote(path)[1:-1]
        self.client = f'"url.full":{quote(clean)}'
        self.server = f'"url.path":"{self.path}","url.query":{quote(query)}' if query else f'"url.path":"{self.path}"'


def _place(url: str) -> Place:
    url = exact(url)
    known = _places.get(url)
    if known is None:
        known = Place(url)
        if len(url) <= 500:
            if len(_places) >= _PLACES:
                _places.clear()
            _places[url] = known
    return known


class Exchange:
    """One request and its response, on one side.

    span_id: of the span, and on the client's side also of the message · context: made current on the server's side, and for a trace that is not
    sampled · remote: on the server's side, the id of the request's message · status: of the answer, once known · token: resets the current span.
    """

    __slots__ = ("context", "op", "remote", "span_id", "status", "token")

    def __init__(self, op: str, span_id: str, context: TraceContext | None = None, remote: str | None = None) -> None:
        self.op = op
        self.span_id = span_id
        self.context = context
        self.remote = remote
        self.status: int | None = None
        self.token: Token[TraceContext | None] | None = None


def _verb(method: str) -> str:
    return quote_name(exact(method)[:40])[1:-1] if len(method) < 20 else "_OTHER"


def _usual_client(parent: TraceContext | None, method: str, url: str) -> tuple[str, str, str] | None:
    """Begins a span of a sampled trace without other vendors' state; the tap writes it. None for other traces."""
    if parent is None:
        if settings.current.sampling_rate < 1.0:
            return None
        trace = above = None
    elif parent._sampled and not parent._tracestate:
        trace, above = parent._trace_id, parent._span_id
    else:
        return None
    written = _client_span(trace, above, method, url, None, None)
    if written is None:
        place = _places.get(url) or _place(url)
        written = _client_span(trace, above, method, url, place.path, place.client)
    return written


def client_begin(
    method: str, url: str, traceparent: str | None = None, tracestate: str | None = None, authorization: str | None = None
) -> tuple[Exchange, str | None, str | None]:
    """A request is about to go out. Returns the `traceparent` and `tracestate` to set, or None if the program's own must stay.

    Requests whose headers are signed (AWS Signature 4) get none: signers reject what they did not sign.
    """
    parent = _current.get()
    if traceparent is None and tracestate is None and authorization is None:
        written = _usual_client(parent, method, url)
        if written is not None:
            return Exchange("http.client", written[0]), written[1], written[2]
    place = _places.get(url) or _place(url)
    context = spans.new_context(parent)
    if traceparent is not None:
        own = parse_traceparent(traceparent)
        if own is not None:
            parent = parent if parent is not None and parent._trace_id == own._trace_id else None
            context = own
    span_id = context._span_id
    above = f'"{parent._span_id}"' if parent is not None else "null"
    if context._sampled:
        verb = _verb(method)
        position = _record(
            SPAN,
            f'{{"name":"{verb} {place.path}","trace_id":"{context._trace_id}","parent":{above},"op":"http.client","send":"{span_id}",'
            f'"attributes":{{"span.kind":"client","http.request.method":"{verb}",{place.client}}}}}',
            1,
            span_id,
        )
    else:
        position = _record(MESSAGE, f'{{"id":"{span_id}","peer":null,"carrier":"http","trace_id":"{context._trace_id}","from":null}}', 1)
    exchange = Exchange("http.client", span_id, context)
    if position < 0 or (authorization is not None and authorization.startswith("AWS4-")):
        return exchange, None, None
    state = f"cw={_name_event(position)}"
    if tracestate is not None or context._tracestate:
        state = with_cw(tracestate if tracestate is not None else context._tracestate, state[3:])
    if traceparent is not None:
        return exchange, None, state
    return exchange, f"00-{context._trace_id}-{span_id}-{'01' if context._sampled else '00'}", state


def client_end(exchange: Exchange, status: int | None, error: BaseException | None) -> None:
    """The response's head has arrived, or the request failed."""
    context = exchange.context
    if context is not None and not context._sampled:
        if status is not None:
            _record(MESSAGE, f'{{"id":"{context._span_id}:r","peer":null,"carrier":"http","trace_id":"{context._trace_id}","from":null}}', 2)
        return
    if error is None and status is not None:
        end = _ends.get(("http.client", status)) or _end_text("http.client", status, failed=status >= 400)
        _record(SPAN, f'{{"receive":"{exchange.span_id}:r",{end}', 2, exchange.span_id)
    else:
        _failed(exchange, status, error)


def server_begin(
    method: str, target: str, traceparent: str | None, tracestate: str | None, causeway: str | None
) -> Exchange:
    """A request has arrived; makes its span current until `server_end`."""
    if traceparent is not None and tracestate is not None and causeway is None:
        written = _server_span(traceparent, tracestate, method, target, None, None)
        if written is None:
            place = _places.get(target) or _place(target)
            written = _server_span(traceparent, tracestate, method, target, place.path, place.server)
        if written is not None:
            context = TraceContext(written[0], written[1])
            exchange = Exchange("http.server", written[1], context, written[2])
            exchange.token = _current.set(context)
            return exchange
    place = _places.get(target) or _place(target)
    remote: TraceContext | None = None
    sender = "null"
    if traceparent is not None or causeway is not None:
        remote = parse_headers(traceparent, tracestate, causeway)
        if remote is not None and remote._origin is not None:
            sender = f'"{remote._origin[0]}.{remote._origin[1]:x}.{remote._origin[2]:x}"'
    if remote is None:
        context = spans.new_context(None)
        linked = '"parent":null'
    else:
        context = TraceContext(remote._trace_id, new_span_id(), remote._sampled, remote._tracestate)
        linked = f'"parent":"{remote._span_id}","receive":"{remote._span_id}","from":{sender}'
    if context._sampled:
        verb = _verb(method)
        _record(
            SPAN,
            f'{{"name":"{verb} {place.path}","trace_id":"{context._trace_id}",{linked},"op":"http.server",'
            f'"attributes":{{"span.kind":"server","http.request.method":"{verb}",{place.server}}}}}',
            1,
            context._span_id,
        )
    elif remote is not None:
        _record(MESSAGE, f'{{"id":"{remote._span_id}","peer":null,"carrier":"http","trace_id":"{context._trace_id}","from":{sender}}}', 2)
    exchange = Exchange("http.server", context._span_id, context, remote._span_id if remote is not None else None)
    exchange.token = _current.set(context)
    return exchange


def server_answer(exchange: Exchange) -> None:
    """The response's head is about to go out."""
    if exchange.remote is not None:
        _record(MESSAGE, f'{{"id":"{exchange.remote}:r","carrier":"http"}}', 1)
        exchange.remote = None


def server_end(exchange: Exchange, status: int | None, error: BaseException | None) -> None:
    """The response is complete, or the handler failed."""
    if exchange.token is not None:
        spans.reset(exchange.token)
        exchange.token = None
    if exchange.context is not None and not exchange.context._sampled:
        return
    if error is None and status is not None:
        end = _ends.get(("http.server", status)) or _end_text("http.server", status, failed=status >= 500)
        _record(SPAN, f"{{{end}", 2, exchange.span_id)
    else:
        _failed(exchange, status, error)


def _end_text(op: str, status: int, *, failed: bool) -> str:
    """The constant part of a span's end: everything that does not differ from one exchange to the next."""
    text = f'"status":"{"error" if failed else "ok"}","op":"{op}","attributes":{{"http.response.status_code":{int(status)}}}}}'
    if len(_ends) < 500:
        _ends[op, int(status)] = text
    return text


def _failed(exchange: Exchange, status: int | None, error: BaseException | None) -> None:
    members = [f'"http.response.status_code":{int(status)}'] if status is not None else []
    if error is not None:
        members.append(f'"error.type":{quote_name(type(error).__name__)}')
    state = "error" if error is not None else "ok"
    _record(SPAN, f'{{"status":"{state}","op":"{exchange.op}","attributes":{{{",".join(members)}}}}}', 2, exchange.span_id)

