"""Order that the program enforces with a flag of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import loop_testing

WAITED = 24
"""Accesses of an actor before another among which the end of a wait for it is sought."""


def flag(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate whose second actor proceeds only after it has seen a flag that the first sets after its window, or vice versa (after
    EventRacer).
    """
    if candidate.struck:
        return None
    for other in candidate.others:
        if implied(evidence, candidate.last, other) or implied(evidence, other, candidate.first):
            return Verdict(DROP, "a flag orders the two sides")
    return None


def implied(evidence: Evidence, before: int, after: int) -> bool:
    """Whether `after` requires `before`: a read guards it, or ended a loop before it, that saw what the actor of `before` wrote after `before`."""
    table = evidence.table
    guards = evidence.deciding_sites(after)
    setter, order = int(table.actor[before]), int(table.order[before])
    checks = evidence.latest(int(table.actor[after]), guards, int(table.order[after])) if guards else []
    for check in (*checks, *_awaited(evidence, after)):
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


def _awaited(evidence: Evidence, after: int) -> Iterator[int]:
    """The reads that ended loops that the actor ran before: `while not ready: wait()`, without a `break`, in the access's function or one that this
    calls.
    """
    table, facts = evidence.table, evidence.facts
    function = evidence.function_of(int(table.site[after]))
    for row in evidence.rows_of(int(table.actor[after]), 0, int(table.order[after]) - 1, last=WAITED):
        site = facts.sites.get(int(table.site[row]))
        if table.writes[row] or site is None or (site.function != function and (function, site.function) not in evidence.calls):
            continue
        around = evidence.texts.around(facts.functions[site.function].path, site.line)
        loop = loop_testing(around, site.line)
        if loop is None or any(isinstance(node, ast.Break | ast.Return) for node in ast.walk(loop)):
            continue
        negated = isinstance(loop.test, ast.UnaryOp) and isinstance(loop.test.op, ast.Not)
        if negated and evidence.value(row) not in ("False", "None"):
            yield row
