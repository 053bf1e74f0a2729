"""Values that are taken out whole and put back later."""

from __future__ import annotations

import ast

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.table import DELETE, WRITE


def taken_out(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a window whose actor takes the value out in the step of its read, and in the end adds to what it finds there then.

    Taken out: it puts something there that does not come from what it read. From then on the value is its own, so no other write makes it stale. The
    last write loses nothing either if it adds to a value that was read again, with no scheduling point in between.
    """
    table, first, last = evidence.table, candidate.first, candidate.last
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) or table.location[first] != table.location[last]:
        return None
    if not _adds(evidence, last):
        return None
    actor, begin, until = int(table.actor[first]), int(table.order[first]) + 1, int(table.order[last]) - 1
    here = [row for row in evidence.rows_of(actor, begin, until, first=LOOK_BACK) if table.location[row] == table.location[first]]
    taken = next((row for row in here if table.writes[row]), None)
    if taken is None or not _replaces(evidence, first, taken) or not _inseparable(candidate, evidence, first, taken):
        return None
    sources = evidence.depends(int(table.site[last]))
    for row in evidence.rows_of(actor, int(table.order[taken]) + 1, until, last=LOOK_BACK):
        again = table.location[row] == table.location[first] and table.site[row] != table.site[first] and not table.writes[row]
        if again and sources.get(int(table.site[row])) == "data" and _inseparable(candidate, evidence, row, last):
            return Verdict(DROP, "what was taken out in one step is added to what is there later")
    return None


def _adds(evidence: Evidence, last: int) -> bool:
    """Whether a write adds to its own old value: `x = y + x`, `x = [*y, *x]`."""
    site = int(evidence.table.site[last])
    node, place = evidence.node(evidence.write_node(site)), evidence.facts.sites.get(abs(site))
    if node is None or place is None:
        return False
    around = evidence.texts.around(evidence.facts.functions[place.function].path, place.line)
    statement = next((each for each in reversed(around) if isinstance(each, ast.stmt)), None)
    if node.accumulates or not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.List | ast.Tuple | ast.Set):
        return node.accumulates
    kept = {ast.unparse(each.value) for each in statement.value.elts if isinstance(each, ast.Starred)}
    return all(ast.unparse(target) in kept for target in statement.targets)


def _replaces(evidence: Evidence, first: int, row: int) -> bool:
    """Whether a write leaves nothing there of what was read."""
    table = evidence.table
    if int(table.op[row]) not in (WRITE, DELETE):
        return False
    return evidence.depends(int(table.site[row])).get(int(table.site[first])) != "data"


def _inseparable(candidate: Candidate, evidence: Evidence, one: int, two: int) -> bool:
    """Whether the second actor cannot run between two accesses of the window's actor: no scheduling point, or a common lock."""
    other = candidate.others[0]
    if not evidence.can_run_between(one, two, other):
        return True
    through = evidence.locks_through(one, two)
    # Where the other actor only made the same read, the locks of its later write are not known.
    return bool(through & evidence.locks_at(other))
