"""A trace for ui.perfetto.dev and chrome://tracing (Trace Event Format): a track an actor, a slice a step or span, flows along causes."""

from __future__ import annotations

import json
from typing import Any

from causeway_core.export.selection import Selection


def export(chosen: Selection) -> str:
    """The trace. Times are in microseconds since the earliest step, on one clock for all processes."""
    recording = chosen.recording
    offsets = {process.id: process.clock_offset_ns for process in recording.processes()}
    actors = chosen.actors
    start = min((step.started_ns + offsets[actors[step.actor].process] for step in chosen.steps), default=0)

    def at(actor: int, ns: int) -> float:
        return (ns + offsets[actors[actor].process] - start) / 1000

    events: list[dict[str, Any]] = []
    for process in recording.processes():
        events.append({"ph": "M", "name": "process_name", "pid": process.id, "tid": 0, "args": {"name": f"{process.service} ({process.pid})"}})
    for actor in actors.values():
        events.append({"ph": "M", "name": "thread_name", "pid": actor.process, "tid": actor.id, "args": {"name": actor.title}})
    for step in chosen.steps:
        actor = actors[step.actor]
        begun = at(step.actor, step.started_ns)
        ended = at(step.actor, step.ended_ns) if step.ended_ns is not None else begun
        events.append({
            "ph": "X", "cat": "step", "name": actor.function or actor.name, "pid": actor.process, "tid": actor.id, "ts": begun,
            "dur": max(ended - begun, 0.001), "args": {"step": step.number, "ending": step.ending or "running", "path": actor.path},
        })  # fmt: skip
    for number, (edge, source, target) in enumerate(chosen.crossings(), 1):
        flow = {"cat": "cause", "name": edge.kind, "id": number}
        ends = source.ended_ns if source.ended_ns is not None else source.started_ns
        leaves = at(source.actor, min(ends, max(target.started_ns, source.started_ns)) if _same(actors, source.actor, target.actor) else ends)
        events.append({"ph": "s", **flow, "pid": actors[source.actor].process, "tid": source.actor, "ts": leaves})
        events.append({
            "ph": "f", "bp": "e", **flow, "pid": actors[target.actor].process, "tid": target.actor,
            "ts": max(at(target.actor, target.started_ns), leaves),
        })  # fmt: skip
    for span in recording.spans():
        if span.actor in actors and chosen.trace_id in (None, span.trace_id):
            actor = actors[span.actor]
            common = {"cat": "span", "name": span.name, "id": f"0x{span.span_id}", "pid": actor.process, "tid": actor.id}
            events.append({"ph": "b", **common, "ts": (span.started_ns - start) / 1000, "args": {"trace": span.trace_id, **span.attributes}})
            events.append({"ph": "e", **common, "ts": ((span.ended_ns or span.started_ns) - start) / 1000})
    return json.dumps({"displayTimeUnit": "ns", "traceEvents": events}) + "\n"


def _same(actors: dict[int, Any], one: int, other: int) -> bool:
    """Whether two actors have one monotonic clock."""
    return bool(actors[one].process == actors[other].process)
