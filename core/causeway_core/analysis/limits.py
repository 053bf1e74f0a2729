"""Checks that enforce a limit: exceeding it is wrong, whether or not the program notices."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import MUTATE
from causeway_core.analysis.source_text import called

_COMPARES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_ADDS = ("add", "append", "appendleft", "put", "put_nowait", "insert", "setdefault")


def enforces_limit(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether a window checks an amount, raises (or waits) if it is too large, and adds to it otherwise.

    Where an excess is only skipped, or dropped later, one more may be meant to be harmless.
    """
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) or candidate.dependence != "control" or not _adds(candidate, evidence):
        return False
    site = evidence.facts.sites.get(int(evidence.table.site[candidate.first]))
    if site is None or site.name is None:
        return False
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line)
    return any(
        isinstance(node, ast.If | ast.While) and node.test.lineno <= site.line <= (node.test.end_lineno or 0)
        and _compares(node.test, site.name) and _refuses(node)
        for node in around
    )  # fmt: skip


def _adds(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the end of the window increases the amount: an adding method, a new item, or an incremented number."""
    site = evidence.facts.sites.get(int(evidence.table.site[candidate.last]))
    if site is not None and int(evidence.table.op[candidate.last]) == MUTATE:
        return site.kind == "item" or site.name in _ADDS
    node = evidence.node(evidence.write_node(int(evidence.table.site[candidate.last])))
    return node is not None and node.accumulates


def _compares(test: ast.expr, name: str) -> bool:
    """Whether a condition compares the size or value of a name with something by order (`<`, `>=` …)."""
    compared = (node for node in ast.walk(test) if isinstance(node, ast.Compare) and all(isinstance(each, _COMPARES) for each in node.ops))
    return any(_measures(side, name) for node in compared for side in (node.left, *node.comparators))


def _measures(side: ast.expr, name: str) -> bool:
    if isinstance(side, ast.Call) and called(side) in ("len", "qsize") and (side.args or isinstance(side.func, ast.Attribute)):
        side = side.args[0] if side.args else side.func
        side = side.value if isinstance(side, ast.Attribute) and side.attr == "qsize" else side
    return (isinstance(side, ast.Attribute) and side.attr == name) or (isinstance(side, ast.Name) and side.id == name)


def _refuses(node: ast.If | ast.While) -> bool:
    """Whether one branch of a check raises, or loops and waits."""
    branches: Sequence[Sequence[ast.stmt]] = (node.body, node.orelse)
    if isinstance(node, ast.While):
        return any(isinstance(each, ast.Await) or (isinstance(each, ast.Call) and called(each) == "wait") for each in ast.walk(node))
    return any(branch and isinstance(branch[-1], ast.Raise) for branch in branches)
