"""Findings that the user has reviewed and accepted."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.model.suppression import ignores


def suppressed(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate if a line of one of its accesses has the comment `# causeway: ignore`, or names its kind: `# causeway: ignore[lost_update]`.
    """
    for row in (candidate.first, candidate.last, *candidate.others):
        site = evidence.facts.sites.get(int(evidence.table.site[row]))
        if site is None:
            continue
        if ignores(evidence.facts.line_text(evidence.facts.functions[site.function].path, site.line), candidate.kind):
            return Verdict(DROP, "ignored by a comment in the source")
    return None
