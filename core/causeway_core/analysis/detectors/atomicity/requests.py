"""Request handlers that ran one after the other only because their client waited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.windows import WindowClass, Windows
from causeway_core.model import Finding
from causeway_core.model.finding import Kind

SAMPLE = 24
ONE_CLIENT = "in this run the requests came one after the other because one client waited for each; two clients would not wait for each other"


def only_waited_for(finding: Finding) -> Finding:
    """The finding, lowered to a hint, for two requests of which one was sent only after the other had been answered."""
    explanation = f"{finding.explanation} {ONE_CLIENT.capitalize()}."
    return replace(finding, tier="hint", rank=finding.rank % 10 + 20.0, confidence=0.25, explanation=explanation, worth_forcing=True)


def request_windows(evidence: Evidence, windows: Windows) -> Iterator[Candidate]:
    """Windows inside one request whose read another request made too, before or after it: they race if both come at once (after 2AD)."""
    if not evidence.requests:
        return
    for found in windows.dependent():
        for first, last, _ in windows.sample(found)[:SAMPLE]:
            candidate = _of_window(evidence, found, first, last)
            if candidate is not None:
                yield candidate
                break


def _of_window(evidence: Evidence, found: WindowClass, first: int, last: int) -> Candidate | None:
    request = evidence.request_at(first)
    if request is None or request != evidence.request_at(last) or evidence.locks_through(first, last):
        return None
    if evidence.atomic_unit(first) == evidence.atomic_unit(last) and not _threads(evidence, found):
        return None
    location = int(evidence.table.location[first])
    for other in evidence.rows_at(found.first_site)[: 4 * SAMPLE].tolist():
        if int(evidence.table.location[other]) == location and evidence.request_at(other) not in (None, request):
            kind: Kind = "lost_update" if found.dependence == "data" else "atomicity_violation"
            return Candidate(Pattern.CLONE, kind, first, last, (other,), found.dependence).lowered("latent", ONE_CLIENT, worth_forcing=True)
    return None


def _threads(evidence: Evidence, found: WindowClass) -> bool:
    """Whether requests are served by threads."""
    streams = evidence.table.at[evidence.rows_at(found.first_site)] >> 40
    return bool(len(streams)) and bool((streams != streams[0]).any())
