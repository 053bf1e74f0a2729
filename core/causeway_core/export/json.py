"""The facts of a recording as one JSON document (schema causeway.export/1)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from causeway_core.analysis.document import to_document
from causeway_core.export.selection import Selection
from causeway_core.model import At, format_at

SCHEMA = "causeway.export/1"


def export(chosen: Selection) -> str:
    """Meta, processes, actors, steps, edges between actors, spans, messages and findings. Events are texts as everywhere (`s3@1234`);
    times are in ns, monotonic within a process (`clock_offset_ns` makes wall clock of them).
    """
    recording = chosen.recording
    actors = chosen.actors
    spans = [span for span in recording.spans() if span.actor in actors and chosen.trace_id in (None, span.trace_id)]
    findings = chosen.findings if chosen.finding is None else (chosen.finding,)
    document = {
        "schema": SCHEMA,
        "recording": recording.path.name,
        "complete": recording.complete,
        "command": list(recording.meta.command),
        "exit_code": recording.meta.exit_code,
        "processes": [_row(process) for process in recording.processes()],
        "actors": [_row(actor) for actor in actors.values()],
        "steps": [_row(step) for step in chosen.steps],
        "edges": [_row(edge) for edge, _, _ in chosen.crossings()],
        "spans": [_row(span) for span in spans],
        "messages": [_row(message) for message in recording.messages()],
        "findings": [to_document(finding) for finding in findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _row(row: Any) -> dict[str, Any]:
    return {name: format_at(At(value)) if _is_event(name, value) else value for name, value in asdict(row).items()}


def _is_event(name: str, value: Any) -> bool:
    return isinstance(value, int) and (name.endswith("_at") or name in ("src", "dst"))
