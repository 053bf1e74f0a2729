"""Order that the program enforces with a flag of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import last_name, loop_testing

_NOTHING = ("False", "None", "0", "''")
LOOKED = 64
"""Accesses of a location before another among which what it held is sought."""
WAITED = 24
"""Accesses of an actor before another among which the end of a wait for it is sought."""


def flag(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate whose second actor proceeds only after it has seen a flag that the first sets after its window, or vice versa (after
    EventRacer).
    """
    if candidate.struck:
        return None
    for other in candidate.others:
        if _check_passed_by(evidence, other, candidate):
            return Verdict(DROP, "the check passes only once the other side has written")
        if implied(evidence, candidate.last, other) or implied(evidence, other, candidate.first):
            return Verdict(DROP, "a flag orders the two sides")
    return None


def _check_passed_by(evidence: Evidence, other: int, candidate: Candidate) -> bool:
    """Whether the window's check passed because of the other actor's write, which therefore does not come after it: `while not ready: sleep()`."""
    table, first = evidence.table, candidate.first
    if candidate.pattern is not Pattern.READ_WRITE_WRITE or candidate.dependence != "control" or not _tests_truth(evidence, first):
        return False
    if not 0 < first - other <= LOOKED or table.location[other] != table.location[first] or int(table.actor[other]) == int(table.actor[first]):
        return False
    if any(table.writes[row] for row in range(other + 1, first)):
        return False
    start = table.span(int(table.location[first])).start
    earlier = next((value for row in range(other - 1, max(start, other - LOOKED) - 1, -1) if (value := evidence.value(row)) is not None), None)
    values = [earlier] if earlier is not None else _class_defaults(evidence, first) if start == other else []
    return bool(values) and (values[0] in _NOTHING) != (evidence.value(first) in _NOTHING)


def _class_defaults(evidence: Evidence, row: int) -> list[str | None]:
    """What an attribute is before it is set, if every class body that binds its name binds it to the same constant."""
    site = evidence.facts.sites[abs(int(evidence.table.site[row]))]
    defaults = {repr(default) for default in evidence.texts.class_constants(site.name or "")}
    return list(defaults) if len(defaults) == 1 else []


def _tests_truth(evidence: Evidence, row: int) -> bool:
    """Whether a branch or loop stands at the read of which it is the whole condition, or the negated one."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    if site is None:
        return False
    for node in evidence.texts.around(evidence.facts.functions[site.function].path, site.line):
        if isinstance(node, ast.If | ast.While) and node.test.lineno <= site.line <= (node.test.end_lineno or 0):
            test = node.test.operand if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not) else node.test
            return isinstance(test, ast.Attribute | ast.Name) and last_name(test) == site.name
    return False


def implied(evidence: Evidence, before: int, after: int) -> bool:
    """Whether `after` requires `before`: a read guards it, or ended a loop before it, that saw what the actor of `before` wrote after `before`."""
    table = evidence.table
    guards = evidence.deciding_sites(after)
    setter, order = int(table.actor[before]), int(table.order[before])
    checks = evidence.latest(int(table.actor[after]), guards, int(table.order[after])) if guards else []
    for check in (*checks, *_awaited(evidence, after)):
        span = evidence.table.span(int(table.location[check]))
        writes = [row for row in range(check - 1, max(span.start, check - LOOKED) - 1, -1) if table.writes[row]]
        if not writes or int(table.location[check]) == int(table.location[before]):
            continue
        setting = writes[0]
        if int(table.actor[setting]) != setter or int(table.order[setting]) <= order:
            continue
        earlier = next((row for row in range(setting - 1, span.start - 1, -1) if evidence.value(row) is not None), None)
        if earlier is not None and evidence.value(earlier) != evidence.value(setting):
            return True
    return False


def _awaited(evidence: Evidence, after: int) -> Iterator[int]:
    """The reads that ended loops that the actor ran shortly before: `while not ready: wait()`, without a `break`."""
    table, facts = evidence.table, evidence.facts
    for row in evidence.rows_of(int(table.actor[after]), 0, int(table.order[after]) - 1, last=WAITED):
        site = facts.sites.get(int(table.site[row]))
        if table.writes[row] or site is None:
            continue
        around = evidence.texts.around(facts.functions[site.function].path, site.line)
        loop = loop_testing(around, site.line)
        if loop is None or any(isinstance(node, ast.Break | ast.Return) for node in ast.walk(loop)):
            continue
        negated = isinstance(loop.test, ast.UnaryOp) and isinstance(loop.test.op, ast.Not)
        if negated and evidence.value(row) not in ("False", "None"):
            yield row
