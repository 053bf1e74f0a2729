"""Code that is not the user's."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Verdict
from causeway_core.analysis.evidence import Evidence

_ELSEWHERE = ("/site-packages/", "/dist-packages/", "/lib/python3")


def foreign(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Lowers a candidate to a hint if both sides are in installed packages: the user can hardly act on it (after NodeRT)."""
    for row in (candidate.first, candidate.last, *candidate.others):
        site = evidence.facts.sites.get(int(evidence.table.site[row]))
        if site is None or not any(part in evidence.facts.functions[site.function].path for part in _ELSEWHERE):
            return None
    return Verdict("hint", "both sides are in installed packages")
