"""Trace contexts: who a piece of work belongs to, and how that is written down for another process (sdk/SPEC.md section 6)."""

from __future__ import annotations

import os

from causeway import settings

HEADER = "X-Causeway-Trace"
MAX_MEMBERS = 32
MAX_TRACESTATE = 512
MAX_CW = 40

_HEX = frozenset("0123456789abcdef")
_KEY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-*/@")
_ZERO_TRACE = "0" * 32
_ZERO_SPAN = "0" * 16

Origin = tuple[str, int, int]
"""The event that sent: process uid (16 hex digits), stream, position."""


class TraceContextError(ValueError):
    """A text that should describe a trace context does not; `str()` says what is wrong with it, without repeating it."""


class TraceContext:
    """A place in a distributed trace: immutable, cheap, and meaningful in any process.

    trace_id: 32 hex digits · span_id: 16 hex digits, the parent of spans that continue here · sampled: whether spans of this trace are recorded ·
    tracestate: other vendors' members, carried unchanged · origin: the event that wrote it down, None when the sender recorded nothing.
    """

    __slots__ = ("_origin", "_sampled", "_span_id", "_trace_id", "_tracestate")

    def __init__(self, trace_id: str, span_id: str, sampled: bool = True, tracestate: str = "", origin: Origin | None = None) -> None:
        self._trace_id = trace_id
        self._span_id = span_id
        self._sampled = sampled
        self._tracestate = tracestate
        self._origin = origin

    @property
    def trace_id(self) -> str:
        """32 lower-case hex digits."""
        return self._trace_id

    @property
    def span_id(self) -> str:
        """16 lower-case hex digits."""
        return self._span_id

    @property
    def sampled(self) -> bool:
        """Whether spans of this trace are recorded."""
        return self._sampled

    @property
    def tracestate(self) -> str:
        """Other vendors' `tracestate` members, as received."""
        return self._tracestate

    @property
    def origin(self) -> Origin | None:
        """The event that sent this context, where the sender recorded."""
        return self._origin

    @property
    def traceparent(self) -> str:
        """The W3C `traceparent` header's value."""
        return f"00-{self._trace_id}-{self._span_id}-{'01' if self._sampled else '00'}"

    def serialize(self) -> str:
        """The text for another process: the value of an `X-Causeway-Trace` header, ASCII, at most 96 characters.

        While recording, the call is the sending event: what continues the trace from this text happens after it.
        """
        from causeway import api

        event = api.record_send(self) or (format_cw(self._origin) if self._origin else "")
        return f"{self.traceparent};{event}" if event else self.traceparent

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TraceContext):
            return NotImplemented
        return (self._trace_id, self._span_id, self._sampled) == (other._trace_id, other._span_id, other._sampled)

    def __hash__(self) -> int:
        return hash((self._trace_id, self._span_id))

    def __repr__(self) -> str:
        return f"TraceContext({self.traceparent!r})"


def new_trace_id() -> str:
    """A random trace id; does not touch the program's random state."""
    return os.urandom(16).hex()


def new_span_id() -> str:
    """A random span id, safe after fork."""
    return os.urandom(8).hex()


def is_sampled(trace_id: str) -> bool:
    """Whether a new trace is to be recorded, by `configure(sampling_rate=…)`: the same for all who ask."""
    return int(trace_id[:8], 16) < settings.current.sampling_rate * 0x1_0000_0000


def format_cw(origin: Origin) -> str:
    """The `cw` member's value of an event: at most 40 characters."""
    return f"{origin[0]}.{origin[1]:x}.{origin[2]:x}"


def parse_cw(text: str) -> Origin | None:
    """The event that a `cw` value names, None when it is malformed."""
    parts = text.split(".")
    if len(text) > MAX_CW or len(parts) != 3 or len(parts[0]) != 16 or not all(part and _HEX.issuperset(part) for part in parts):
        return None
    return parts[0], int(parts[1], 16), int(parts[2], 16)


def parse_traceparent(text: str) -> TraceContext | None:
    """The context of a `traceparent` value as the W3C recommendation reads it, None when it is malformed (and thus to be ignored).

    Versions above 00 are read as 00 when they begin like it.
    """
    if len(text) < 55 or text[2] != "-" or text[35] != "-" or text[52] != "-":
        return None
    version, trace_id, span_id, flags = text[:2], text[3:35], text[36:52], text[53:55]
    if not _HEX.issuperset(version + trace_id + span_id + flags) or version == "ff":
        return None
    if len(text) > 55 and (version == "00" or text[55] != "-"):
        return None
    if trace_id == _ZERO_TRACE or span_id == _ZERO_SPAN:
        return None
    return TraceContext(trace_id, span_id, sampled=bool(int(flags, 16) & 1))


def _valid_member(key: str, value: str) -> bool:
    if not key or len(key) > 256 or not _KEY.issuperset(key) or not (key[0].islower() or key[0].isdigit()):
        return False
    return 0 < len(value) <= 256 and value[-1] != " " and all(" " <= c <= "~" and c not in ",=" for c in value)


def parse_tracestate(text: str) -> list[tuple[str, str]] | None:
    """The members of a `tracestate` value (several headers joined by commas) in order, None when it is malformed."""
    members: list[tuple[str, str]] = []
    for part in text.split(","):
        part = part.strip(" \t")
        if not part:
            continue
        key, equals, value = part.partition("=")
        if not equals or not _valid_member(key, value) or any(key == known for known, _ in members):
            return None
        members.append((key, value))
    return members if len(members) <= MAX_MEMBERS else None


def with_cw(tracestate: str, event: str) -> str:
    """A `tracestate` value with our member (an event as `format_cw` gives it) first and the others after it, in their order and as they were.

    Members that no longer fit into 32 members or 512 characters go, long ones (over 128 characters) first, then from the right, as the recommendation
    says. A malformed value is given back untouched.
    """
    own = f"cw={event}"
    if not tracestate:
        return own
    members = parse_tracestate(tracestate)
    if members is None:
        return tracestate
    parts = [own, *(f"{key}={value}" for key, value in members if key != "cw")]
    if len(parts) > MAX_MEMBERS:
        del parts[MAX_MEMBERS:]
    while sum(map(len, parts)) + len(parts) - 1 > MAX_TRACESTATE:
        long = [i for i, part in enumerate(parts) if len(part) > 128]
        del parts[long[-1] if long else -1]
    return ",".join(parts)


def parse_headers(traceparent: str | None, tracestate: str | None, causeway: str | None) -> TraceContext | None:
    """The context a request carries: `traceparent` with `tracestate`, else `X-Causeway-Trace`; None when there is none or it is malformed."""
    context = parse_traceparent(traceparent) if traceparent else None
    if context is None:
        return parse_serialized(causeway) if causeway else None
    if not tracestate:
        other = parse_serialized(causeway) if causeway else None
        if other is not None and other.trace_id == context.trace_id:
            context._origin = other.origin
        return context
    if tracestate.startswith("cw=") and "," not in tracestate:
        context._origin = parse_cw(tracestate[3:])
        return context
    members = parse_tracestate(tracestate)
    if members is not None:
        context._tracestate = ",".join(f"{key}={value}" for key, value in members if key != "cw")
        context._origin = next((parse_cw(value) for key, value in members if key == "cw"), None)
    return context


def parse_serialized(text: str) -> TraceContext | None:
    """The context of an `X-Causeway-Trace` value, None when its traceparent is malformed; a malformed origin alone is dropped."""
    parent, _, cw = text.partition(";")
    context = parse_traceparent(parent.strip())
    if context is not None and cw:
        context._origin = parse_cw(cw.strip())
    return context


def deserialize(text: str) -> TraceContext:
    """The context that `TraceContext.serialize` wrote, in this or another language; raises TraceContextError for anything else."""
    if not isinstance(text, str):
        raise TraceContextError(f"a serialized trace context is a str, not {type(text).__name__}")
    parent, separator, cw = text.partition(";")
    context = parse_traceparent(parent)
    if context is None:
        raise TraceContextError("not a trace context: expected 00-<32 hex>-<16 hex>-<2 hex>[;<origin>]")
    if separator:
        context._origin = parse_cw(cw)
        if context._origin is None:
            raise TraceContextError("not a trace context: malformed origin after ';', expected <16 hex>.<hex>.<hex>")
    return context
