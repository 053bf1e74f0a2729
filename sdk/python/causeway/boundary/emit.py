"""Writing boundary records. Every function may be called from a hook (with recording paused) or from plain code."""

from __future__ import annotations

import os

from causeway import _tap
from causeway.boundary.plain import quote_name
from causeway.context import TraceContext

SPAN = 13
CUSTOM = 14
IO = 15
SQL = 16
LOG = 17
MESSAGE = 19
GAP = 20

_record = _tap.record
_name_event = _tap.name_event

_ids: list[str] = []
os.register_at_fork(after_in_child=_ids.clear)


def new_span_id() -> str:
    """A random span id: as random as `os.urandom`, at a tenth of the cost."""
    try:
        return _ids.pop()
    except IndexError:
        digits = os.urandom(8 * 256).hex()
        _ids.extend(digits[i : i + 16] for i in range(16, len(digits), 16))
        return digits[:16]


def child_of(parent: TraceContext | None) -> TraceContext:
    """The context of a new span under `parent`, or of a new trace's first span."""
    if parent is None:
        return TraceContext(new_span_id() + new_span_id(), new_span_id())
    return TraceContext(parent._trace_id, new_span_id(), parent._sampled, parent._tracestate)


def span_begin(context: TraceContext, name: str, parent: str | None, attributes: str) -> None:
    """SPAN begin; `name` and `attributes` are JSON, `parent` a span id."""
    above = f'"{parent}"' if parent else "null"
    _record(
        SPAN,
        f'{{"name":{name},"trace_id":"{context._trace_id}","parent":{above},"attributes":{attributes}}}',
        1,
        int(context._span_id, 16),
    )


def span_end(context: TraceContext, status: str, attributes: str = "") -> None:
    """SPAN end; `status` is ok or error, `attributes` JSON (what became known since the beginning) or nothing."""
    text = f'{{"status":"{status}","attributes":{attributes}}}' if attributes else f'{{"status":"{status}"}}'
    _record(SPAN, text, 2, int(context._span_id, 16))


def message_send(context: TraceContext, carrier: str, peer: str, suffix: str = "") -> str | None:
    """MESSAGE send; returns the event as a `cw` value, or None if nothing was recorded. `peer` is JSON."""
    text = f'{{"id":"{context._span_id}{suffix}","peer":{peer},"carrier":"{carrier}","trace_id":"{context._trace_id}","from":null}}'
    position = _record(MESSAGE, text, 1)
    return _name_event(position) if position >= 0 else None


def message_receive(context: TraceContext, carrier: str, peer: str, suffix: str = "") -> None:
    """MESSAGE receive; `from` is the context's origin. `peer` is JSON."""
    origin = context._origin
    sender = f'["{origin[0]}",{origin[1]},{origin[2]}]' if origin and not suffix else "null"
    _record(MESSAGE, f'{{"id":"{context._span_id}{suffix}","peer":{peer},"carrier":"{carrier}","trace_id":"{context._trace_id}","from":{sender}}}', 2)


def statement(
    known: str, number: int, parameters: str, rowcount: int, rows: str, transaction: str, error: BaseException | None, started: int
) -> None:
    """SQL: an executed statement. `known` is the beginning of its JSON object, `transaction` the members about that; `parameters`, `rows`: JSON."""
    failed = "null" if error is None else quote_name(type(error).__name__)
    _record(
        SQL,
        f'{known},"id":{number},"parameters":{parameters},"rowcount":{rowcount},"rows":{rows},'
        f'"transaction":{transaction},"error":{failed},"started":{started}}}',
    )


def gap(hook: str, reason: str) -> None:
    """GAP: from here on, what `hook` would have seen is missing."""
    _record(GAP, f'{{"hook":{quote_name(hook)},"reason":{quote_name(reason)}}}')
