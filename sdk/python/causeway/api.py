"""The functions a program may call: spans, events, and contexts for work that goes on elsewhere."""

from __future__ import annotations

from causeway.context import TraceContext, deserialize, is_sampled, new_span_id, new_trace_id

TYPE_CHECKING = False  # typing is not imported: this module is loaded by `import causeway`
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self, TypeVar

    F = TypeVar("F")

# The module causeway.spans while the process is recorded, else None: one look decides whether a call does anything.
_spans: Any = None


class Span:
    """What `trace` gives: a span that begins and ends with a `with` or `async with` block, or with each call of a decorated function.

    May be entered several times, also nested; each exit ends the innermost span.
    """

    __slots__ = ("_attributes", "_name", "_open")

    def __init__(self, name: str, attributes: dict[str, object]) -> None:
        self._name = name
        self._attributes = attributes
        self._open: Any = None

    def __enter__(self) -> Self:
        if _spans is not None:
            self._open = _spans.enter(self._name, self._attributes, self._open)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._open is not None:
            self._open = _spans.leave(self._open, kind)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: F, /) -> F:
        """The function with a span around each call; the very function when nothing records."""
        if _spans is None:
            return function
        return _spans.decorate(function, self._name, self._attributes)  # type: ignore[no-any-return]


class _Quiet(Span):
    """The span of a process that is not recorded: one for all."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        pass


_quiet = _Quiet("", {})


def trace(name: str, /, **attributes: object) -> Span:
    """A span: `with trace("transfer", account=7):`, `async with`, or `@trace("transfer")` on a function, coroutine function, generator function or
    async generator function.

    Spans opened inside, also in tasks and requests that start there, are its children. Attributes are recorded as they are if they are of type str,
    int, float, bool, None or a list or tuple of these; of anything else only the type's name; secrets by name are redacted. When nothing records, the
    decorator gives back the very function, and a block costs three calls that do nothing.
    """
    return _quiet if _spans is None else Span(name, attributes)


def event(name: str, /, **attributes: object) -> None:
    """Record that something worth knowing happened here and now; attributes as for `trace`."""
    if _spans is not None:
        _spans.event(name, attributes)


def create_trace() -> TraceContext:
    """A context for work that goes on in another process, thread or service: `create_trace().serialize()`.

    Inside a span it belongs to that span's trace, else it begins a new trace. Works the same, only unrecorded, when nothing records.
    """
    if _spans is not None:
        return _spans.create()  # type: ignore[no-any-return]
    trace_id = new_trace_id()
    return TraceContext(trace_id, new_span_id(), is_sampled(trace_id))


def deserialize_trace(text: str) -> TraceContext:
    """The context that `serialize` wrote, in this or another language. Raises TraceContextError, a ValueError, for anything else."""
    return deserialize(text)


class continue_trace:
    """Go on with a trace that began elsewhere: from the call on, spans of this task or thread are children of `context`.

    Used as `with continue_trace(context):` (or `async with`), the end of the block ends that. While recording, the call is the receiving event: it
    comes after the sender's `serialize()`. Raises TypeError when `context` is no TraceContext.
    """

    __slots__ = ("_token",)

    def __init__(self, context: TraceContext) -> None:
        if not isinstance(context, TraceContext):
            raise TypeError(f"continue_trace takes a TraceContext, not {type(context).__name__}; make one with deserialize_trace")
        self._token = _spans.attach(context) if _spans is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._token is not None:
            self._token = _spans.detach(self._token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.__exit__(kind, error, traceback)


def record_send(context: TraceContext) -> str | None:
    """Record that `context` is being written down for somebody else; gives the event as text, None when nothing records."""
    return _spans.send(context) if _spans is not None else None


def activate(recording: bool) -> None:
    """Connect these functions to the recorder, or disconnect them. Called by `causeway.boundary`."""
    global _spans
    if recording:
        from causeway import spans as module

        _spans = module
    else:
        _spans = None
