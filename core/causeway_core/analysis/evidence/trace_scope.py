"""Which actors worked for a distributed trace."""

from __future__ import annotations

from causeway_core.storage.recording import Recording


def actors_of_trace(recording: Recording, trace_id: str) -> frozenset[int]:
    """Actors with a span of the trace, and everything they started meanwhile. Empty for an unknown trace."""
    trace = trace_id.lower().removeprefix("0x")
    spans = [span for span in recording.spans() if span.trace_id.lower() == trace]
    chosen = {span.actor for span in spans}
    children: dict[str, list[int]] = {}
    for actor in recording.actors():
        if "/" in actor.path:
            children.setdefault(actor.path.rpartition("/")[0], []).append(actor.id)
    waiting = [recording.actor(actor).path for actor in chosen]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in chosen:
                chosen.add(child)
                waiting.append(recording.actor(child).path)
    return frozenset(chosen)
