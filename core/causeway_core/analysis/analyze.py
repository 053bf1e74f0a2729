"""The entry point: the findings of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from causeway_core.analysis.alike import one_of_each
from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.direct_findings import direct_findings
from causeway_core.analysis.document import to_document
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.expiring import Place, with_expiring_waits
from causeway_core.analysis.evidence.load import load
from causeway_core.analysis.evidence.trace_scope import actors_of_trace
from causeway_core.analysis.pipeline import Progress, judged
from causeway_core.analysis.wording import Namer, Scene, race_finding
from causeway_core.errors import RecordingError
from causeway_core.graph import CausalGraph
from causeway_core.model import At, Finding
from causeway_core.storage.recording import Recording
from causeway_core.storage.writer import replace_findings


@dataclass(frozen=True, slots=True)
class Analysis:
    """Findings with their evidence, and for races the candidate (rows of its table) by finding id.

    `alike` holds, by finding id, some of the findings that it represents.
    """

    findings: tuple[Finding, ...]
    evidence: Evidence
    graph: CausalGraph
    candidates: Mapping[str, Candidate]
    alike: Mapping[str, Sequence[Finding]]


def examine(
    recording: Recording, *, graph: CausalGraph | None = None, trace_id: str | None = None, progress: Progress | None = None
) -> Analysis:
    """All findings of a recording, most pressing first, numbered F1, F2 … Deterministic: the same recording gives the same findings.

    With `trace_id`, only what actors working for that distributed trace did counts. About a second a million accesses of shared places;
    `progress` is called between stages.
    """
    if progress is not None:
        progress("reading", 0.0)
    graph = graph or CausalGraph.load(recording)
    actors = actors_of_trace(recording, trace_id) if trace_id else None
    evidence = load(recording, graph, actors=actors)
    namer = Namer(evidence, graph.why_unordered)
    looser = with_expiring_waits(evidence, _line_of(graph))
    races = judged(evidence, progress, looser=looser)
    pairs: list[tuple[Finding, Candidate | None]] = [(race_finding(namer, candidate), candidate) for candidate in races]
    for finding in direct_findings(Scene(evidence, namer, graph.place), evidence):
        if actors is None or any(evidence.actor_at(at) in actors for at in finding.witness):
            pairs.append((finding, None))
    reported = one_of_each(sorted(pairs, key=lambda each: (each[0].rank, each[0].witness, each[0].title)))
    findings = tuple(replace(each.finding, id=f"F{number}") for number, each in enumerate(reported, 1))
    by_id = {finding.id: each for finding, each in zip(findings, reported, strict=True)}
    candidates = {name: each.candidate for name, each in by_id.items() if each.candidate is not None}
    return Analysis(findings, evidence, graph, candidates, {name: each.others for name, each in by_id.items() if each.others})


def _line_of(graph: CausalGraph) -> Place:
    def place(at: At) -> tuple[str, int] | None:
        found = graph.place(at)
        return None if found is None else (found.path, found.line)

    return place


def analyze(
    recording: Recording, *, graph: CausalGraph | None = None, trace_id: str | None = None, progress: Progress | None = None, store: bool = True
) -> tuple[Finding, ...]:
    """The findings of `examine`. Unless `store` is False or `trace_id` is given, they are kept in the recording.
    """
    findings = examine(recording, graph=graph, trace_id=trace_id, progress=progress).findings
    if store and trace_id is None:
        keep(recording, findings)
    return findings


def keep(recording: Recording, findings: tuple[Finding, ...]) -> None:
    """Stores the findings in the recording in place of those there; a file that cannot be written is left as it is."""
    try:
        replace_findings(recording.path, [(each.id, each.kind, each.tier, each.rank, to_document(each)) for each in findings])
    except RecordingError:
        pass
