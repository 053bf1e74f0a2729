"""Double removal: an actor removes an element that another actor, iterating the same container, may already have removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import MUTATE
from causeway_core.analysis.source_text import FunctionNode, called, last_name, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

REMOVES, TAKES_TOO = "remove", "may take"
"""Roles of the removal, and of the other's look, after which it takes out what it finds."""
_TAKING = frozenset({"pop", "popleft", "popitem", "remove", "discard", "clear"})
_MISSING = frozenset({"ValueError", "KeyError", "LookupError", "Exception"})
SAMPLE = 12
MOST_TOLD = 3


def double_removals(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Calls of `remove` without a membership check right before, where another actor ran a function that removes matching elements from the
    container. A lock around each side does not help: what was true before the lock was acquired is stale afterwards. These are hints, because only a
    re-run can tell whether the other function would match this very element.
    """
    table, found = evidence.table, dict[str, Finding]()
    for site in np.unique(table.site[table.op == MUTATE]).tolist():
        row = evidence.facts.sites.get(site)
        if row is None or row.name != "remove" or row.kind != "method":
            continue
        function = evidence.texts.function(evidence.facts.functions[row.function].path, row.line)
        if function is None or not _raises(evidence, function, evidence.facts.functions[row.function].path, row.line):
            continue
        for last in evidence.rows_at(site)[:SAMPLE].tolist():
            look = next(_looks(evidence, last), None)
            if look is not None and len(found) < MOST_TOLD:
                found.setdefault(str(scene.place(int(table.at[last]))), _finding(scene, last, look))
                break
    return list(found.values())


def _raises(evidence: Evidence, function: FunctionNode, path: str, line: int) -> bool:
    """Whether the removal at a line raises, uncaught, when the element is gone: there is no membership check right before it."""
    around = evidence.texts.around(path, line)
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call) and called(node) == "remove" and node.lineno == line]
    owner = calls[0].func.value if calls and isinstance(calls[0].func, ast.Attribute) else None
    if owner is None or any(isinstance(node, ast.Try) and _catches(node) for node in around):
        return False
    gaps = [node.lineno for node in own_nodes(function) if isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor)]
    for node in own_nodes(function):
        looks = isinstance(node, ast.If | ast.While | ast.For) and node.lineno <= line and _searches(node, ast.unparse(owner))
        # Who loops over the container removes what it has just found there.
        if looks and not any(getattr(node, "lineno", 0) < gap < line for gap in gaps):
            return False
    return True


def _searches(node: ast.If | ast.While | ast.For, container: str) -> bool:
    """Whether a statement tests membership in a container or iterates it."""
    if isinstance(node, ast.For):
        return container in ast.unparse(node.iter)
    return container in ast.unparse(node.test) and any(isinstance(each, ast.In) for each in ast.walk(node.test))


def _catches(node: ast.Try) -> bool:
    words = {last_name(each) for handler in node.handlers if handler.type for each in ast.walk(handler.type)}
    return bool(words & _MISSING) or any(handler.type is None for handler in node.handlers)


def _looks(evidence: Evidence, last: int) -> Iterator[int]:
    """Reads of the container by other actors, in functions that remove what they find; only locks order them with the removal."""
    table = evidence.table
    location = int(table.location[last])
    name = evidence.facts.locations[location].name.rpartition(".")[2]
    span = table.span(location)
    rows = [row for row in range(span.start, span.stop) if not table.writes[row] and int(table.actor[row]) != int(table.actor[last])]
    for row in sorted(rows, key=lambda row: abs(int(table.order[row]) - int(table.order[last])))[: 4 * SAMPLE]:
        site = evidence.facts.sites.get(abs(int(table.site[row])))
        function = None if site is None else evidence.texts.function(evidence.facts.functions[site.function].path, site.line)
        if site is None or function is None or not _removes(function, name, site.line) or not evidence.concurrent(row, last):
            continue
        if evidence.function_of(int(table.site[row])) != evidence.function_of(int(table.site[last])):
            yield row


def _removes(function: FunctionNode, container: str, line: int) -> bool:
    """Whether a function removes something from a container at or after a line."""
    for node in own_nodes(function):
        owners: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) in _TAKING:
            owners = [node.func.value]
        elif isinstance(node, ast.Delete):
            owners = [each.value for each in node.targets if isinstance(each, ast.Subscript)]
        if owners and getattr(node, "lineno", 0) >= line and any(last_name(owner) == container for owner in owners):
            return True
    return False


def _finding(scene: Scene, last: int, look: int) -> Finding:
    evidence, table = scene.evidence, scene.evidence.table
    at, other = int(table.at[last]), int(table.at[look])
    name = evidence.facts.locations[int(table.location[last])].name
    one, two = scene.sides((int(table.actor[last]), scene.place(at).function), (int(table.actor[look]), scene.place(other).function))
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.DOUBLE_REMOVAL,
        title=f"{one} removes from {name} what {two} may already have removed: the removal would fail",
        resource=name,
        events=[
            Moment(int(table.actor[look]), other, TAKES_TOO, f"iterates {name}"),
            Moment(int(table.actor[last]), at, REMOVES, f"removes from {name}"),
        ],
        recommendation="check right before, with no await in between, whether it is still there",
        explanation="What was true before the lock was acquired, or before the last await, can be stale. It did not happen in this run.",
    )
