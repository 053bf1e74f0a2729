"""A second check right before the write."""

from __future__ import annotations

import ast

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.filters.unchanged import effects_of
from causeway_core.analysis.source_text import called


def recheck(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a window whose write is guarded by a later read with no scheduling point in between.

    That is a re-check after the await, double-checked locking, compare-and-set, or a `setdefault` whose result is used. The later read is of the same
    location and, where the write is computed from the first read, compared with it; or it is of a version that the window's step read too and that
    every interfering write changes in the same step.
    """
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE, Pattern.MULTI_VARIABLE):
        return None
    table, first, last = evidence.table, candidate.first, candidate.last
    if candidate.dependence == "control" and table.location[first] == table.location[last] and _keeps_existing(evidence, last):
        # What is made in vain must have cost nothing but itself.
        return None if effects_of(candidate, evidence) else Verdict(DROP, "what another has put there by then is kept and used")
    guards = evidence.deciding_sites(last)
    between = evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, int(table.order[last]) - 1, last=LOOK_BACK)
    for row in between:
        if int(table.site[row]) not in guards or table.writes[row] or not _inseparable(candidate, evidence, row):
            continue
        if int(table.location[row]) == int(table.location[first]):
            if candidate.dependence != "data" or _compares(evidence, row, first) or _looks_for_keys(evidence, first):
                return Verdict(DROP, "checked again right before the write")
        elif _is_version(candidate, evidence, row):
            return Verdict(DROP, "guarded by a version check right before the write")
    return None


def _keeps_existing(evidence: Evidence, last: int) -> bool:
    """Whether a write is a `setdefault` whose result is used, or one that creates what it stores, so that all later readers have the same object."""
    site = evidence.facts.sites.get(int(evidence.table.site[last]))
    if site is None or site.name != "setdefault":
        return False
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call) or called(statement.value) != "setdefault":
        return statement is not None
    # The result is discarded: an object with a name may be used under that name, whichever object is stored.
    return len(statement.value.args) == 2 and isinstance(statement.value.args[1], ast.Call | ast.Constant | ast.List | ast.Dict | ast.Set)


def _compares(evidence: Evidence, check: int, first: int) -> bool:
    """Whether the second read is compared with the first. What was computed from the first is valid only if they are equal."""
    one, other = (evidence.read_node(int(evidence.table.site[row])) for row in (check, first))
    if one is None or other is None:
        return False
    graph = evidence.flow.graph
    # What it is compared with may have come as an argument.
    return one == other or any(other == node or other in graph.origins(node) for node in graph.compared.get(one, ()))


def _looks_for_keys(evidence: Evidence, first: int) -> bool:
    """Whether the first read was for presence, not for the value: a key that was found says no more than the second check does."""
    node = evidence.read_node(int(evidence.table.site[first]))
    place = None if node is None else evidence.flow.place(node)
    return place is not None and (place.shape in ("iterate", "contains") or (place.shape == "call" and place.name == "keys"))


def _inseparable(candidate: Candidate, evidence: Evidence, check: int) -> bool:
    """Whether the second actor cannot run between the second check and the write."""
    other = candidate.others[0]
    if not evidence.can_run_between(check, candidate.last, other):
        return True
    through = evidence.locks_through(check, candidate.last)
    # A clone would have to take the same locks on its way to its own second look.
    return bool(through) if candidate.pattern is Pattern.CLONE else bool(through & evidence.locks_at(other))


def _is_version(candidate: Candidate, evidence: Evidence, check: int) -> bool:
    table, first, other = evidence.table, candidate.first, candidate.others[0]
    version, unit = int(table.location[check]), evidence.atomic_unit(first)
    actor, order = int(table.actor[first]), int(table.order[first])
    seen_before = any(
        int(table.location[row]) == version and evidence.atomic_unit(row) == unit for row in evidence.rows_of(actor, order - 200, order + 200)
    )
    if not seen_before:
        return False
    # A clone would change it where the window's own actor does.
    writer = candidate.last if candidate.pattern is Pattern.CLONE else other
    actor, order, unit = int(table.actor[writer]), int(table.order[writer]), evidence.atomic_unit(writer)
    near = evidence.rows_of(actor, order - 200, order + 200)
    return any(int(table.location[row]) == version and bool(table.writes[row]) and evidence.atomic_unit(row) == unit for row in near)
