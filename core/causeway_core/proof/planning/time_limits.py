"""Time limits that expire at any await, for what no detector predicts: a task that is cut off there must not leave others waiting for ever."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from causeway_core.analysis import Analysis, weights
from causeway_core.analysis.detectors.cancellation.partial_update import cancels, coroutines_that_ran, moments
from causeway_core.analysis.source_text import called, own_nodes
from causeway_core.analysis.wording import Namer, Scene
from causeway_core.model import Finding
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.cancellation import LEFT, CancellingOrders
from causeway_core.proof.planning.places import Unplaced

MOST_AWAITS = 6
"""Awaits that are tried, those of clean-up code first."""


def interruptions(analysis: Analysis, anchors: Anchors) -> Iterator[Finding]:
    """A finding, with its orders, for each await at which a recorded task waited under a time limit.

    They are hints: only a run that hangs confirms one, if the run in which the limit expires before the function is called does not hang.
    """
    evidence = analysis.evidence
    if not cancels(evidence.texts, evidence.facts.operations):
        return
    scene = Scene(evidence, Namer(evidence, analysis.graph.why_unordered), analysis.graph.place)
    orders = CancellingOrders(anchors, evidence)
    given = 0
    for path, function, wait in sorted(_awaits(analysis), key=lambda each: not _cleans_up(each[1], each[2])):
        shown = evidence.facts.shown(path)
        limited = any(orders.expires(actor, at) for actor, at in anchors.resumptions(shown, wait.lineno))
        if limited and given < MOST_AWAITS:
            given += 1
            finding = _finding(scene, path, function, wait)
            try:
                yield replace(finding, orders=tuple(orders.orders(finding)))
            except Unplaced:
                continue


def _awaits(analysis: Analysis) -> Iterator[tuple[str, ast.AsyncFunctionDef, ast.Await]]:
    """The awaits, in coroutines that ran, of anything but a recorded coroutine: these are where a task waits."""
    evidence = analysis.evidence
    own = {function.name for _, function in evidence.texts.functions() if isinstance(function, ast.AsyncFunctionDef)}
    for path, function in coroutines_that_ran(evidence, ("coroutine", "async_generator")):
        for node in own_nodes(function):
            if isinstance(node, ast.Await) and not (isinstance(node.value, ast.Call) and called(node.value) in own):
                yield path, function, node


def _cleans_up(function: ast.AsyncFunctionDef, wait: ast.Await) -> bool:
    """Whether an await is in clean-up code: a `finally`, an except clause, or a function whose name says so."""
    for block in own_nodes(function):
        if isinstance(block, ast.Try):
            parts: Sequence[ast.stmt] = [*block.finalbody, *(each for handler in block.handlers for each in handler.body)]
            if any(node is wait for part in parts for node in ast.walk(part)):
                return True
    return function.name in ("__aexit__", "close", "aclose", "release", "reset") or function.name.startswith(("_release", "_close", "_reset"))


def _finding(scene: Scene, path: str, function: ast.AsyncFunctionDef, wait: ast.Await) -> Finding:
    moment = moments(scene, path, function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.TIME_LIMIT,
        title=f"`{function.name}` awaits at line {wait.lineno} under a time limit: if the limit expires there, what other tasks wait for never comes",
        resource=function.name,
        events=[moment(wait, "cancel", "awaits; the time limit expires here"), moment(wait, LEFT, "the code after it is skipped")],
        recommendation="signal the waiters in `finally`, before any await, or shield the awaits that clean up (`asyncio.shield`)",
        explanation="A time limit may expire at any await below it. It did not expire at this one in this run.",
    )
