"""What of a recording is exported: all of it, the actors of a finding, or those that worked for a distributed trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from causeway_core.analysis.evidence.trace_scope import actors_of_trace
from causeway_core.errors import ExportImpossible
from causeway_core.model import Actor, Edge, Finding, Step
from causeway_core.storage.recording import Recording


@dataclass(frozen=True)
class Selection:
    """Rows of the chosen actors, in the order of the recording. `finding` is shown with them where a format can."""

    recording: Recording
    findings: tuple[Finding, ...] = ()
    finding: Finding | None = None
    trace_id: str | None = None

    @cached_property
    def actors(self) -> dict[int, Actor]:
        """The chosen actors by id. Raises ExportImpossible where a trace has none."""
        known = {actor.id: actor for actor in self.recording.actors()}
        if self.trace_id is not None:
            chosen = actors_of_trace(self.recording, self.trace_id)
            if not chosen:
                raise ExportImpossible(
                    f"nothing in {self.recording.path} belongs to the trace {self.trace_id}", 'traces: causeway query "select trace_id from span"'
                )
            return {number: known[number] for number in sorted(chosen)}
        if self.finding is not None:
            steps = [self.recording.step_at(at) for at in self.finding.witness]
            chosen = frozenset(step.actor for step in steps if step is not None)
            return {number: known[number] for number in sorted(chosen)}
        return known

    @cached_property
    def steps(self) -> list[Step]:
        """Steps of the chosen actors, by the time at which they began."""
        return sorted((step for step in self.recording.steps() if step.actor in self.actors), key=lambda step: (step.started_ns, step.id))

    @cached_property
    def _by_id(self) -> dict[int, Step]:
        return {step.id: step for step in self.steps}

    def crossings(self) -> Iterator[tuple[Edge, Step, Step]]:
        """Synchronization edges from one chosen actor to another, with the steps in which they begin and end."""
        for edge in self.recording.edges():
            source, target = self.recording.step_at(edge.src), self.recording.step_at(edge.dst)
            if source is None or target is None or source.actor == target.actor:
                continue
            if source.id in self._by_id and target.id in self._by_id:
                yield edge, source, target
