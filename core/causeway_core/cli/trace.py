"""`--trace-id`: the trace that a person named."""

from __future__ import annotations

from causeway_core.analysis.evidence.trace_scope import actors_of_trace
from causeway_core.errors import CommandError
from causeway_core.storage import Recording


def check_trace(recording: Recording, trace_id: str) -> None:
    """Raises CommandError where nothing of the recording belongs to the trace; before anything costly."""
    if not actors_of_trace(recording, trace_id):
        raise CommandError(f"nothing in {recording.path} belongs to the trace {trace_id}", 'traces: causeway query "select trace_id from span"')
