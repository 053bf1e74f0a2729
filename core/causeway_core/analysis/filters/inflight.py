"""Flags that keep a second actor out."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.filters.unchanged import same_scalar


def inflight(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a window that lies behind a busy flag: checked and set in one step, and the second actor's access lies behind the same check."""
    table, first, last, other = evidence.table, candidate.first, candidate.last, candidate.others[0]
    if first == last or candidate.struck or candidate.pattern is Pattern.WRITE_WRITE_READ:
        return None
    actor = int(table.actor[first])
    guards = evidence.deciding_sites(last) | evidence.deciding_sites(first) | {int(table.site[first])}
    behind = evidence.deciding_sites(other) | {int(table.site[other])}
    checks = evidence.latest(actor, guards & behind, int(table.order[last]))
    for check in checks:
        if table.writes[check] or not _checks(evidence, other, behind, int(table.location[check])):
            continue
        for row in evidence.rows_of(actor, int(table.order[check]) + 1, int(table.order[last]) - 1)[:LOOK_BACK]:
            taken = bool(table.writes[row]) and int(table.location[row]) == int(table.location[check])
            if taken and not _parted(evidence, check, row, other) and not same_scalar(evidence, check, row):
                return Verdict(DROP, "a flag checked and set in one step keeps the other side out")
    return None


def _checks(evidence: Evidence, other: int, sites: frozenset[int], location: int) -> bool:
    """Whether the second actor looked at this very flag on its way, not at the like of another object."""
    table = evidence.table
    seen = evidence.latest(int(table.actor[other]), sites, int(table.order[other]) + 1)
    return any(int(table.location[row]) == location for row in seen)


def _parted(evidence: Evidence, check: int, taken: int, other: int) -> bool:
    if not evidence.parted(check, taken, other):
        return False
    return not evidence.locks_through(check, taken)
