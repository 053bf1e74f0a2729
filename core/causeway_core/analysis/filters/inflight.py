"""Busy flags that keep a second actor out."""

from __future__ import annotations

import re

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.filters.unchanged import same_scalar

_NOT_KEPT_OUT = (Pattern.WRITE_WRITE_READ, Pattern.GUARDED_REENTRY, Pattern.SHARED_FLAG, Pattern.EARLY_PUBLICATION)
"""Patterns that a busy flag does not rule out: the other actor passes it, or the flag itself is the bug."""
_POSITIVE = re.compile(r"0*[1-9]\d*(?:\.\d+)?")


def inflight(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a window behind a busy flag: the flag is checked and set in one step, and the second actor's access is behind the same check."""
    table, first, last, other = evidence.table, candidate.first, candidate.last, candidate.others[0]
    if first == last or candidate.struck or candidate.pattern in _NOT_KEPT_OUT:
        return None
    actor = int(table.actor[first])
    guards = evidence.deciding_sites(last) | evidence.deciding_sites(first) | {int(table.site[first])}
    behind = evidence.deciding_sites(other) | {int(table.site[other])}
    alike = candidate.pattern is Pattern.CLONE and int(table.site[other]) == int(table.site[first])
    checks = evidence.latest(actor, guards if alike else guards & behind, int(table.order[last]))
    for check in checks:
        if table.writes[check]:
            continue
        looked = _checks(evidence, other, behind, int(table.location[check]))
        # Another run of the same code makes the same check; one step must hold both that and its own first look.
        if not looked and not (alike and not _can_run_between(evidence, *_in_order(evidence, first, check), other)):
            continue
        for row in evidence.rows_of(actor, int(table.order[check]) + 1, int(table.order[last]) - 1)[:LOOK_BACK]:
            taken = bool(table.writes[row]) and int(table.location[row]) == int(table.location[check])
            if not taken or (_counts(evidence, check, row) and not _counts_back(candidate, evidence, check)):
                continue
            interruptible = _can_run_between(evidence, check, row, other)
            if not interruptible and not same_scalar(evidence, check, row) and not _cleared_early(candidate, evidence, row):
                return Verdict(DROP, "a flag checked and set in one step keeps the other side out")
    if alike and _entered(candidate, evidence):
        return Verdict(DROP, "an entry looked for and made in one step keeps the other side out")
    return None


def _counts(evidence: Evidence, check: int, row: int) -> bool:
    """Whether a write only counts on from what the check found and leaves something for the other actor: that is no busy flag."""
    how = evidence.depends(int(evidence.table.site[row])).get(int(evidence.table.site[check]))
    values = [evidence.value(each) or "" for each in (check, row)]
    return how == "data" and all(_POSITIVE.fullmatch(value) for value in values)


def _counts_back(candidate: Candidate, evidence: Evidence, check: int) -> bool:
    """Whether the window ends with a count from the current value: what the check found is not written again."""
    node = evidence.node(evidence.write_node(int(evidence.table.site[candidate.last])))
    same = int(evidence.table.location[candidate.last]) == int(evidence.table.location[check])
    return same and candidate.dependence == "control" and node is not None and node.accumulates


def _entered(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the actor checks a container whose content decides about the window's end, and changes that content, both atomically with the window's
    start. Of entries that no other actor accessed, only the access to the container itself is known.
    """
    table, first, last, other = evidence.table, candidate.first, candidate.last, candidate.others[0]
    node = evidence.write_node(int(table.site[last])) if table.writes[last] else evidence.read_node(int(table.site[last]))
    if node is None:
        return False
    deciders = evidence.flow.graph.deciders(node)
    looked: set[int] = set()
    for row in evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, int(table.order[last]) - 1)[:LOOK_BACK]:
        way = evidence.node(evidence.read_node(int(table.site[row])))
        if way is None or table.writes[row] or _can_run_between(evidence, first, row, other):
            continue
        location = int(table.location[row])
        if way.content in deciders:
            looked.add(location)
        elif way.changed_through and location in looked:
            return not _changed_with_gap(evidence, row, last, other)
    return False


def _changed_with_gap(evidence: Evidence, taken: int, last: int, other: int) -> bool:
    """Whether the actor changes the container's content again before the window's last access, with a scheduling point in between."""
    table = evidence.table
    for row in evidence.rows_of(int(table.actor[taken]), int(table.order[taken]) + 1, int(table.order[last]) - 1, last=LOOK_BACK):
        way = evidence.node(evidence.read_node(int(table.site[row])))
        changes = way is not None and way.changed_through and int(table.location[row]) == int(table.location[taken])
        if changes and _can_run_between(evidence, row, last, other):
            return True
    return False


def _checks(evidence: Evidence, other: int, sites: frozenset[int], location: int) -> bool:
    """Whether the second actor checked this very flag on its way, not the same attribute of another object."""
    table = evidence.table
    seen = evidence.latest(int(table.actor[other]), sites, int(table.order[other]) + 1)
    return any(int(table.location[row]) == location for row in seen)


def _in_order(evidence: Evidence, one: int, two: int) -> tuple[int, int]:
    first, last = sorted((one, two), key=lambda row: int(evidence.table.order[row]))
    return first, last


def _cleared_early(candidate: Candidate, evidence: Evidence, taken: int) -> bool:
    """Whether the actor clears the flag before the window's last access, with a scheduling point in between."""
    table, last = evidence.table, candidate.last
    cleared = [
        row
        for row in evidence.rows_of(int(table.actor[taken]), int(table.order[taken]) + 1, int(table.order[last]) - 1, last=LOOK_BACK)
        if table.writes[row] and int(table.location[row]) == int(table.location[taken])
    ]
    return any(_can_run_between(evidence, row, last, candidate.others[0]) for row in cleared)


def _can_run_between(evidence: Evidence, check: int, taken: int, other: int) -> bool:
    if not evidence.can_run_between(check, taken, other):
        return False
    return not evidence.locks_through(check, taken)
