"""Spans while recording: the implementation behind `causeway.api`, imported only by a recorded process.

The current span is a context variable, so that tasks inherit it and threads begin without one. What fails in here fails silently, once, with a GAP
record: the program must not notice.
"""

from __future__ import annotations

from contextvars import ContextVar, Token

from causeway import _tap, settings
from causeway.boundary import emit
from causeway.boundary.plain import attributes_json, exact, quote, type_label
from causeway.context import TraceContext, is_sampled
from causeway.redaction import scrub

TYPE_CHECKING = False  # typing is not imported: this module is loaded with every recording
if TYPE_CHECKING:
    from typing import Any

current: ContextVar[TraceContext | None] = ContextVar("causeway.span", default=None)
"""The innermost open span of the running task or thread."""

_failed = False


class Open:
    """A span that a `trace` object has begun; `below` is the one the same object began before it."""

    __slots__ = ("below", "context", "token")

    def __init__(self, context: TraceContext, token: Token[TraceContext | None] | None, below: Open | None) -> None:
        self.context = context
        self.token = token
        self.below = below


def _give_up(reason: str) -> None:
    global _failed
    if not _failed:
        _failed = True
        emit.gap("causeway.api", reason)


def new_context(parent: TraceContext | None) -> TraceContext:
    """The context of a span about to begin: a child of `parent`, or the first of a trace, which is recorded or not by
    `configure(sampling_rate=…)`."""
    context = emit.child_of(parent)
    if parent is None and settings.current.sampling_rate < 1.0:
        context._sampled = is_sampled(context._trace_id)
    return context


def name_json(name: Any) -> str:
    """JSON of a span's or event's name."""
    return quote(scrub(exact(name)[:256])) if issubclass(type(name), str) else quote(type_label(name))


def begin(name: str, attributes: str, parent: TraceContext | None) -> TraceContext:
    """Write the beginning of a span; `name` and `attributes` are JSON."""
    context = new_context(parent)
    if context._sampled:
        emit.span_begin(context, name, parent._span_id if parent is not None else None, attributes)
    return context


def end(context: TraceContext, status: str, attributes: str = "") -> None:
    """Write the end of a span."""
    if context._sampled:
        emit.span_end(context, status, attributes)


def reset(token: Token[TraceContext | None]) -> None:
    """Make the span before the current one again, where the block ends in the context in which it began."""
    try:
        current.reset(token)
    except (ValueError, RuntimeError):
        pass  # left in another context (a generator finalised elsewhere): that context's span stays


def enter(name: str, attributes: dict[str, Any], below: Open | None) -> Open | None:
    """`trace.__enter__`."""
    return open_span(name, attributes, below) if _tap.active() else below


def open_span(name: str, attributes: dict[str, Any], below: Open | None) -> Open | None:
    """The same from within a hook, where recording is paused."""
    try:
        if _failed:
            return below
        context = begin(name_json(name), attributes_json(attributes), current.get())
        return Open(context, current.set(context), below)
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
        return below


def leave(span: Open, kind: type[BaseException] | None) -> Open | None:
    """`trace.__exit__`."""
    try:
        if span.token is not None:
            reset(span.token)
        end(span.context, "ok" if kind is None else "error")
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
    return span.below


def event(name: str, attributes: dict[str, Any]) -> None:
    """`causeway.event`."""
    try:
        if _failed or not _tap.active():
            return
        context = current.get()
        if context is None or context._sampled:
            _tap.record(emit.CUSTOM, f'{{"name":{name_json(name)},"attributes":{attributes_json(attributes)}}}')
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")


def create() -> TraceContext:
    """`causeway.create_trace`: a span without extent, so that what continues the trace has a recorded parent."""
    try:
        parent = current.get()
        context = begin('"causeway.create_trace"', "{}", parent) if not _failed and _tap.active() else new_context(parent)
        end(context, "ok")
        return context
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
        return emit.child_of(None)


def send(context: TraceContext) -> str | None:
    """`TraceContext.serialize`: the sending event."""
    try:
        return emit.message_send(context, "context", "null") if not _failed and _tap.active() else None
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
        return None


def attach(context: TraceContext) -> Token[TraceContext | None] | None:
    """`continue_trace(…)`: the receiving event; the context is current from here on."""
    try:
        if _failed or not _tap.active():
            return None
        emit.message_receive(context, "context", "null")
        return current.set(context)
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
        return None


def detach(token: Token[TraceContext | None]) -> None:
    """The end of a `continue_trace` block."""
    try:
        reset(token)
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")


def decorate(function: Any, name: str, attributes: dict[str, Any]) -> Any:
    """`@trace(…)`: plain and coroutine functions are wrapped without a frame of ours;
    generators get one, which keeps their span current only while they run.
    """
    import inspect

    from causeway import generators

    try:
        if type(function) in (staticmethod, classmethod):
            return type(function)(decorate(function.__func__, name, attributes))
        if inspect.isasyncgenfunction(function):
            return generators.traced_async(function, name, attributes)
        if inspect.isgeneratorfunction(function):
            return generators.traced(function, name, attributes)
        if not callable(function) or issubclass(type(function), type):
            return function
        return _tap.Around(
            function,
            enter=lambda args, kwargs: open_span(name, attributes, None),
            leave=lambda state, args, kwargs, result, error: leave(state, None if error is None else type(error)) if state is not None else None,
            hook="causeway.trace",
            awaited=True,
            late=True,
        )
    except Exception as error:
        _give_up(f"raised {type(error).__name__}")
        return function
