"""Clean-up that a cancelled task skips since its await has not returned, although a thread continues the awaited work."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.changes import sees_cancellation
from causeway_core.analysis.detectors.cancellation.partial_update import cancels, coroutines_that_ran, moments
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

IF_RETURNED = "if returned"
"""Role of a clean-up that depends on whether an await has returned."""
_IN_THREADS = frozenset({"run_in_executor", "to_thread"})


@dataclass(frozen=True, slots=True)
class _Cleanup:
    """An `if` that cleans up where a local is set, and the await that sets it in the `try` before."""

    test: ast.If
    local: str
    awaits: ast.Assign


def conditional_cleanups(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran and, when cancelled, clean up only if an await has returned whose work runs in a thread.

    A cancellation ends the wait, not the work: it is done, and nothing cleans up. A hint, for a re-run to confirm.
    """
    texts = evidence.texts
    if not cancels(texts, events):
        return []
    found = []
    for path, function in coroutines_that_ran(evidence):
        each = next((each for each in _cleanups(function) if _runs_in_thread(texts, each.awaits)), None)
        if each is not None:
            found.append(_finding(scene, path, function, each))
    return found


def _cleanups(function: ast.AsyncFunctionDef) -> Iterator[_Cleanup]:
    for block in own_nodes(function):
        if not isinstance(block, ast.Try):
            continue
        parts = [block.finalbody, *(handler.body for handler in block.handlers if sees_cancellation(handler))]
        tests = [node for part in parts for node in part if isinstance(node, ast.If)]
        waits = [node for node in block.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Await)]
        for test in tests:
            for wait in waits:
                if isinstance(wait.targets[0], ast.Name) and _asks_whether_set(test.test, wait.targets[0].id):
                    yield _Cleanup(test, wait.targets[0].id, wait)


def _asks_whether_set(test: ast.expr, name: str) -> bool:
    """`if name:`, `if name is not None:`."""
    match test:
        case ast.Name(id=asked) | ast.Compare(left=ast.Name(id=asked), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return asked == name
    return False


def _runs_in_thread(texts: Texts, wait: ast.Assign) -> bool:
    """Whether what is awaited runs in a thread, directly or in a function that it calls. A shield says that the program handles this itself."""
    calls = [node for node in ast.walk(wait.value) if isinstance(node, ast.Call)]
    if any(called(call) == "shield" for call in calls):
        return False
    return any(called(call) in _IN_THREADS or any(_starts_thread_work(texts, each) for each in texts.named(called(call))) for call in calls)


def _starts_thread_work(texts: Texts, function: FunctionNode) -> bool:
    return any(called(call) in _IN_THREADS for each in (function, *texts.reachable(function)) for call in texts.own_calls(each))


def _finding(scene: Scene, path: str, function: ast.AsyncFunctionDef, each: _Cleanup) -> Finding:
    moment, cleans = moments(scene, path, function), ast.unparse(each.test.test)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` cleans up `if {cleans}`: if it is cancelled at its await in line {each.awaits.lineno}, a thread does the work, "
        "and nothing cleans up",
        resource=function.name,
        events=[
            moment(each.awaits, "cancel", "awaits work of a thread: a cancellation ends the wait, not the work"),
            moment(each.test, IF_RETURNED, f"cleans up only if the await has returned: `if {cleans}`"),
        ],
        recommendation=f"start the work as a task, await it with `asyncio.shield`, and when cancelled await the task before `{cleans}` is checked",
        explanation=NOT_CANCELLED_HERE,
    )
