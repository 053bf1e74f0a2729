"""The entrance: findings of a recording."""

from __future__ import annotations

from dataclasses import replace

from causeway_core.analysis.certainties import certainties
from causeway_core.analysis.document import to_document
from causeway_core.analysis.load import load
from causeway_core.analysis.pipeline import Progress, judged
from causeway_core.analysis.telling import Scene, Teller, race_finding
from causeway_core.analysis.trace_scope import actors_of_trace
from causeway_core.errors import RecordingError
from causeway_core.graph import CausalGraph
from causeway_core.model import Finding
from causeway_core.storage.recording import Recording
from causeway_core.storage.writer import replace_findings


def analyze(
    recording: Recording, *, graph: CausalGraph | None = None, trace_id: str | None = None, progress: Progress | None = None, store: bool = True
) -> tuple[Finding, ...]:
    """All findings of a recording, most pressing first, numbered F1, F2 … Deterministic: the same recording gives the same findings.

    With `trace_id`, only what actors working for that distributed trace did counts. Unless `store` is False or `trace_id` is given, the
    findings are kept in the recording (a file that cannot be written is left as it is). About a second a million accesses of shared places;
    `progress` is called between stages.
    """
    if progress is not None:
        progress("reading", 0.0)
    graph = graph or CausalGraph.load(recording)
    actors = actors_of_trace(recording, trace_id) if trace_id else None
    evidence = load(recording, graph, actors=actors)
    teller = Teller(evidence, graph.why_unordered)
    races = [race_finding(teller, candidate) for candidate in judged(evidence, progress)]
    certain = certainties(Scene(evidence, teller, graph.place), evidence)
    if actors is not None:
        certain = [each for each in certain if any(evidence.actor_at(at) in actors for at in each.witness)]
    findings = numbered((*races, *certain))
    if store and trace_id is None:
        try:
            replace_findings(recording.path, [(each.id, each.kind, each.tier, each.rank, to_document(each)) for each in findings])
        except RecordingError:
            pass
    return findings


def numbered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings in order of rank, with ids."""
    ordered = sorted(findings, key=lambda each: (each.rank, each.witness, each.title))
    return tuple(replace(each, id=f"F{number}") for number, each in enumerate(ordered, 1))
