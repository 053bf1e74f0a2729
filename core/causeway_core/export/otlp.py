"""Spans as an OTLP/JSON request (opentelemetry-proto, ExportTraceServiceRequest), as collectors take it at /v1/traces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from causeway_core.errors import ExportImpossible
from causeway_core.export.selection import Selection
from causeway_core.storage.rows import Span

_KINDS = {"server": 2, "client": 3, "producer": 4, "consumer": 5}
_INTERNAL = 1
_OK, _ERROR = 1, 2


def export(chosen: Selection) -> str:
    """The request: a resource a process. Raises ExportImpossible where nothing has a span."""
    recording, actors = chosen.recording, chosen.actors
    by_process: dict[int, list[dict[str, Any]]] = {}
    for span in recording.spans():
        if span.actor in actors and chosen.trace_id in (None, span.trace_id):
            by_process.setdefault(actors[span.actor].process, []).append(_span(span, actors[span.actor].title))
    if not by_process:
        raise ExportImpossible(f"{recording.path} has no spans", "spans come from `with causeway.trace(…)` and from requests at boundaries")
    resources = []
    for process in recording.processes():
        if process.id in by_process:
            about = {
                "service.name": process.service, "process.pid": process.pid, "telemetry.sdk.name": "causeway", "telemetry.sdk.language": "python",
            }  # fmt: skip
            spans = {"scope": {"name": "causeway", "version": recording.meta.causeway_version}, "spans": by_process[process.id]}
            resources.append({"resource": {"attributes": _attributes(about)}, "scopeSpans": [spans]})
    return json.dumps({"resourceSpans": resources}) + "\n"


def _span(span: Span, actor: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _KINDS.get(str(span.attributes.get("span.kind")), _INTERNAL),
        "startTimeUnixNano": str(span.started_ns),
        "endTimeUnixNano": str(span.ended_ns or span.started_ns),
        "attributes": _attributes({**span.attributes, "causeway.actor": actor}),
    }
    if span.parent_id:
        made["parentSpanId"] = span.parent_id
    if span.status in ("ok", "error"):
        made["status"] = {"code": _OK if span.status == "ok" else _ERROR}
    return made


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [_value(each) for each in value if each is not None]}}
    return {"stringValue": str(value)}
