"""Order that the program makes with a flag of its own."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import Evidence


def flag(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate whose second actor comes only after it has seen a flag that the first sets behind its window, or the other way
    round (after EventRacer).
    """
    if candidate.struck:
        return None
    for other in candidate.others:
        if implied(evidence, candidate.last, other) or implied(evidence, other, candidate.first):
            return Verdict(DROP, "a flag orders the two sides")
    return None


def implied(evidence: Evidence, before: int, after: int) -> bool:
    """Whether `after` is guarded by a read of a place that the actor of `before` changed, after `before`, to what was read."""
    table = evidence.table
    guards = evidence.deciding_sites(after)
    if not guards:
        return False
    setter, order = int(table.actor[before]), int(table.order[before])
    for check in evidence.latest(int(table.actor[after]), guards, int(table.order[after])):
        span = evidence.table.span(int(table.location[check]))
        writes = [row for row in range(check - 1, max(span.start, check - 64) - 1, -1) if table.writes[row]]
        if not writes or int(table.location[check]) == int(table.location[before]):
            continue
        setting = writes[0]
        if int(table.actor[setting]) != setter or int(table.order[setting]) <= order:
            continue
        earlier = next((row for row in range(setting - 1, span.start - 1, -1) if evidence.value(row) is not None), None)
        if earlier is not None and evidence.value(earlier) != evidence.value(setting):
            return True
    return False
