"""What the user has looked at and accepted."""

from __future__ import annotations

import re

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import Evidence

_COMMENT = re.compile(r"#\s*causeway:\s*ignore(?:\[([\w, ]*)\])?")


def suppressed(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate if a line of one of its accesses says `# causeway: ignore`, or names its kind: `# causeway: ignore[lost_update]`."""
    for row in (candidate.first, candidate.last, *candidate.others):
        site = evidence.facts.sites.get(int(evidence.table.site[row]))
        if site is None:
            continue
        match = _COMMENT.search(evidence.facts.line_text(evidence.facts.functions[site.function].path, site.line))
        if match and (match[1] is None or candidate.kind in re.split(r"[,\s]+", match[1])):
            return Verdict(DROP, "ignored by a comment in the source")
    return None
