"""Duplicate computation behind `functools.cache` or `lru_cache`: two threads that call before the first result is there both compute one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import last_name
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

COMPUTES, COMPUTES_TOO, BEGINS = "asks", "asks too", "computes"
"""Roles of what each of two actors does where it asks, and of the first statement of the function."""
_KEEP = frozenset({"cache", "lru_cache"})
MOST = 4
_NEAR = 400
"""Accesses that are looked through for who asks."""


@dataclass(frozen=True, slots=True)
class _Cached:
    """A cached function: its file, its callers, direct or through one function (file and qualified name), what only they call, and the line of its
    first statement.
    """

    path: str
    node: ast.FunctionDef
    callers: frozenset[tuple[str, str]]
    begins: int


def duplicate_computations(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Two threads that call a cached function in either order. Hints: only a re-run shows whether two different results matter."""
    found = []
    for kept in _functions(evidence):
        pair = next(_pairs(evidence, kept), None)
        if pair is not None:
            found.append(_finding(scene, evidence, kept, *pair))
    return found[:MOST]


def _functions(evidence: Evidence) -> Iterator[_Cached]:
    calls = [(_split(caller), _split(callee), callee) for caller, callee in evidence.flow.graph.calls]
    for path, node in evidence.texts.functions():
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        makes = any(isinstance(each, ast.Call) for statement in body for each in ast.walk(statement))
        decorators = {last_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}
        if isinstance(node, ast.FunctionDef) and decorators & _KEEP and makes:
            direct = {caller for caller, _, callee in calls if callee.startswith(f"{path}:{node.lineno}:")}
            farther = {caller for caller, callee, _ in calls if callee in direct}
            # A caller may itself access nothing shared: what it alone calls shows that it ran.
            others = {callee for caller, callee, _ in calls if caller not in direct}
            inner = {callee for caller, callee, _ in calls if caller in direct and callee not in others}
            yield _Cached(path, node, frozenset(direct | farther | inner), body[0].lineno)


def _split(scope: str) -> tuple[str, str]:
    """The file and qualified name of a scope key."""
    start, _, qualname = scope.rpartition(":")
    return start.rpartition(":")[0], qualname


def _pairs(evidence: Evidence, kept: _Cached) -> Iterator[tuple[int, int]]:
    """Accesses of two threads in functions that call the cached function, unordered with each other."""
    table, facts = evidence.table, evidence.facts
    first: dict[int, int] = {}
    for row in range(min(len(table), _NEAR)):
        site = facts.sites.get(abs(int(table.site[row])))
        function = None if site is None else facts.functions[site.function]
        if function is not None and (function.path, function.qualname) in kept.callers:
            first.setdefault(int(table.actor[row]), row)
    rows = [row for actor, row in first.items() if not evidence.is_asynchronous(actor)]
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            if evidence.stream(one) != evidence.stream(other) and evidence.concurrent(one, other):
                yield one, other


def _finding(scene: Scene, evidence: Evidence, kept: _Cached, one: int, other: int) -> Finding:
    actors = [int(evidence.table.actor[row]) for row in (one, other)]
    name, caller = kept.node.name, scene.indefinite_name(actors[1], actors[0])
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.REPEATED_WORK,
        title=f"`{name}` caches its results, but {caller} could call it during a computation: two different results",
        resource=name,
        events=[
            Moment(actors[0], evidence.at(one), COMPUTES, f"calls {name}"),
            Moment(actors[1], evidence.at(other), COMPUTES_TOO, f"calls {name} too"),
            Moment(actors[0], 0, BEGINS, f"{name} computes a result", scene.line(kept.path, kept.begins, name)),
        ],
        recommendation=f"hold a lock around the call of `{name}`, or compute the shared result before the threads start",
        explanation=(
            "`functools.cache` and `lru_cache` do not hold a lock while they compute, so two threads can compute the same result, and "
            "each gets an object of its own. It did not happen in this run."
        ),
    )
