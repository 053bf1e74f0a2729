"""Tasks and threads that acquire something for a task, and go on when that is cancelled: nobody releases what they acquire."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.changes import touches
from causeway_core.analysis.detectors.cancellation.partial_update import MOST_AWAITS, cancels, coroutines_that_ran, moments, protected
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import Texts, called, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_STARTS = frozenset({"create_task", "ensure_future"})
_LEAVES_RUNNING = frozenset({"wait", "shield"})
"""Calls that do not cancel what they wait for when they are cancelled themselves, as `await task`, `gather` and `wait_for` do."""
_IN_THREADS = frozenset({"run_in_executor", "to_thread", "run_sync"})


class _Start(NamedTuple):
    """A statement that starts a task, the local name of the task, and the name of what it acquires."""

    node: ast.Assign
    task: str
    acquires: str


def orphaned_acquisitions(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran, have a task or a thread of an executor acquire a lock or slot, and wait for it in a way that leaves that running when they
    are cancelled.

    A hint: something may release it all the same, which only a re-run can tell.
    """
    texts = evidence.texts
    if not cancels(texts, events):
        return []
    found = []
    for path, function in coroutines_that_ran(evidence, ("coroutine", "async_generator")):
        for start in _starts(texts, function):
            gaps = _gaps(function, start)
            if gaps:
                found.append(_finding(scene, path, function, start, gaps[:MOST_AWAITS]))
                break
        found += [_of_thread(scene, path, function, wait, acquires) for wait, acquires in _by_threads(function)][:1]
    return found


def _starts(texts: Texts, function: ast.AsyncFunctionDef) -> Iterator[_Start]:
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=task)], value=ast.Call(args=[ast.Call() as work, *_]) as call) if called(call) in _STARTS:
                acquires = _acquired(texts, work)
                if acquires:
                    yield _Start(node, task, acquires)


def _acquired(texts: Texts, work: ast.Call) -> str:
    """What the coroutine of a call acquires and does not release, itself or by the function that it calls: the owner of `acquire`."""
    if isinstance(work.func, ast.Attribute) and work.func.attr == "acquire":
        return ast.unparse(work.func.value)
    for _, function in texts.functions():
        if isinstance(function, ast.AsyncFunctionDef) and function.name == called(work):
            methods = [node.func for node in own_nodes(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
            acquired = [ast.unparse(method.value) for method in methods if method.attr == "acquire"]
            if acquired and not any(method.attr == "release" for method in methods):
                return acquired[0]
    return ""


def _gaps(function: ast.AsyncFunctionDef, start: _Start) -> list[ast.Await]:
    """The awaits that leave the task running, other than in a `try` whose clean-up mentions the task."""
    protecting = {id(node) for node in protected(function, start.task)}
    found = (node for node in own_nodes(function) if isinstance(node, ast.Await) and id(node) not in protecting and node.lineno > start.node.lineno)
    waits = (node for node in found if isinstance(node.value, ast.Call) and called(node.value) in _LEAVES_RUNNING and touches([node], start.task))
    return sorted(waits, key=lambda node: node.lineno)


def _by_threads(function: ast.AsyncFunctionDef) -> Iterator[tuple[ast.Await, str]]:
    """Awaits of a thread that acquires something, other than in a `try` that releases it, and what it acquires."""
    for node in own_nodes(function):
        match node:
            case ast.Await(value=ast.Call(args=arguments) as call) if called(call) in _IN_THREADS:
                acquired = [each.value for each in arguments if isinstance(each, ast.Attribute) and each.attr == "acquire"]
                owner = ast.unparse(acquired[0]) if acquired else ""
                if owner and node not in protected(function, owner):
                    yield node, owner


def _of_thread(scene: Scene, path: str, function: ast.AsyncFunctionDef, wait: ast.Await, acquires: str) -> Finding:
    moment = moments(scene, path, function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` waits for a thread that acquires {acquires} (line {wait.lineno}): if cancelled there, it is acquired for nobody",
        resource=acquires,
        events=[moment(wait, "cancel", f"has a thread acquire {acquires}: a cancellation can arrive here, and leaves the thread running")],
        recommendation="on cancellation, have a callback of the executor's future release what the thread has acquired; or use an asyncio.Lock",
        explanation=NOT_CANCELLED_HERE,
    )


def _finding(scene: Scene, path: str, function: ast.AsyncFunctionDef, start: _Start, gaps: list[ast.Await]) -> Finding:
    moment, line = moments(scene, path, function), gaps[0].lineno
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` waits for a task that acquires {start.acquires} (line {line}): if cancelled there, it is acquired for nobody",
        resource=start.acquires,
        events=[
            moment(start.node, "start", f"starts a task that acquires {start.acquires}"),
            *(moment(gap, "cancel", "waits: a cancellation can arrive here, and leaves the task running") for gap in gaps),
        ],
        recommendation=f"on cancellation, cancel `{start.task}` and release what it has acquired by then",
        explanation=NOT_CANCELLED_HERE,
    )
