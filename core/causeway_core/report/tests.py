"""Which test a finding belongs to, where a recording is that of a test session."""

from __future__ import annotations

from causeway_core.graph import CausalGraph
from causeway_core.model import Finding
from causeway_core.storage.recording import Recording

SPAN = "test"
"""Name of the spans that the pytest plugin opens; their attribute `nodeid` says which test."""


class Tests:
    """The tests of a session, by the order of events. They run one at a time, so what happens between the beginning and the end of one is its own."""

    def __init__(self, recording: Recording) -> None:
        spans = [span for span in recording.spans() if span.name == SPAN and span.last_at is not None and "nodeid" in span.attributes]
        self._key = CausalGraph.load(recording).order.total.key if spans else None
        self._tests = [
            (self._key(span.first_at), self._key(span.last_at), str(span.attributes["nodeid"]))
            for span in spans
            if self._key is not None and span.last_at is not None
        ]

    def of(self, finding: Finding) -> str | None:
        """Its node id; None for what lies in no test."""
        if self._key is None or not finding.witness:
            return None
        key = self._key(finding.witness[0])
        return next((nodeid for first, last, nodeid in self._tests if first <= key <= last), None)
