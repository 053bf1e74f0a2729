"""Done callbacks of a pool's futures that wait for the event loop: if the future is already done, the loop's own thread calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.locks.lock_order import ONLY_A_HINT
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import FunctionNode, Texts, called, called_by, last_name, own_nodes, without_partial
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import Edge, Finding

ADDS = "adds"
"""Role of the statement that adds the callback."""
_ANSWERS = frozenset({"future", "event", "condition", "semaphore", "barrier", "queue"})
"""Kinds of edges by which a thread gets what it waited for."""
_WAITS = frozenset({"result", "wait", "get", "join", "acquire", "exception"})
_Callback = FunctionNode | ast.Lambda


def synchronous_callbacks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Work that a task submits to a pool, with a callback that waited, in the pool's thread, for something that only the task's loop does.

    A hint, until a forced run blocks: the future is already done only if the pool is faster than the task.
    """
    found: dict[str, Finding] = {}
    for submit, answer in _waited_for_the_loop(evidence):
        there, task = scene.place(answer.dst), evidence.actor_at(submit.src)
        place = scene.place(submit.src)
        function = evidence.texts.function(place.path, place.line) if place.line else None
        # An idle worker gets its next work by a queue, somewhere in a library.
        if function is None or task is None or (not there.line and answer.kind == "queue"):
            continue
        for line, callback in _added(evidence.texts, function, place.line):
            if _leads_to(evidence.texts, callback, there):
                found.setdefault(f"{place.path}:{line}", _finding(scene, task, line, submit, answer))
    return list(found.values())


def _waited_for_the_loop(evidence: Evidence) -> Iterator[tuple[Edge, Edge]]:
    """Where a task submitted work to a pool, and where the pool's thread got something from the task's thread before its next work item."""
    for thread in evidence.facts.actors.values():
        if thread.kind != "thread" or thread.first_at is None or thread.last_at is None or thread.id in evidence.facts.work_items.all:
            continue
        edges = sorted(evidence.facts.edges_into(thread.first_at, thread.last_at), key=lambda edge: edge.dst)
        begun = [edge for edge in edges if edge.kind == "executor"]
        for submit, following in pairwise([*begun, None]):
            submitter = evidence.facts.actors.get(evidence.actor_at(submit.src) or 0) if submit is not None else None
            if submit is None or submitter is None or submitter.kind not in ("task", "callback"):
                continue
            end = thread.last_at if following is None else following.dst
            for edge in edges:
                if edge.kind in _ANSWERS and submit.dst < edge.dst < end and edge.src >> 40 == submit.src >> 40 and edge.src > submit.src:
                    yield submit, edge


def _added(texts: Texts, function: FunctionNode, submitted: int) -> Iterator[tuple[int, _Callback]]:
    """The callbacks that a function adds to futures at or after the line where it submits, with their lines."""
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and called(node) == "add_done_callback" and node.args and (node.end_lineno or node.lineno) >= submitted:
            callback = without_partial(node.args[0])
            if isinstance(callback, ast.Lambda):
                yield node.lineno, callback
                continue
            name = last_name(callback)
            yield from ((node.lineno, each) for _, each in texts.functions() if each.name == name != "")


def _leads_to(texts: Texts, callback: _Callback, there: SourcePlace) -> bool:
    """Whether a callback is, or may call, the function of a place. What a lambda does has no place of its own."""
    if isinstance(callback, ast.Lambda):
        if not there.line or callback.lineno <= there.line <= (callback.end_lineno or callback.lineno):
            return any(isinstance(node, ast.Call) and called(node) in _WAITS for node in ast.walk(callback))
        names = called_by(callback)
        starts = [function for _, function in texts.functions() if function.name in names]
    else:
        starts = [callback]
    around = texts.function(there.path, there.line)
    return around is not None and any(around in texts.reachable(start) for start in starts)


def _finding(scene: Scene, task: int, line: int, submit: Edge, answer: Edge) -> Finding:
    where, there = scene.place(submit.src), scene.place(answer.dst)
    evidence, seen = scene.evidence, f"The callback waits in `{there.function}`, line {there.line}. " if there.line else ""
    worker = evidence.facts.work_of(evidence.actor_at(submit.dst) or 0, submit.dst)
    adds = scene.line(where.path, line, where.function)
    return scene.finding(
        kind="deadlock",
        weight=weights.SYNCHRONOUS_CALLBACK,
        title=f"`{where.function}` adds a callback that waits for its own event loop: a deadlock if the future is already done",
        resource=scene.actor(task),
        events=[
            Moment(task, submit.src, "submits", "submits work to the pool"),
            Moment(task, submit.src, ADDS, "adds the callback", adds),
            Moment(worker, submit.dst, "works", "starts the work"),
            Moment(worker, answer.dst, "answer", "got from the loop what the callback waits for"),
        ],
        recommendation="do not wait in the callback: await the work on the loop (`await loop.run_in_executor(…)`) and continue there",
        explanation=f"{seen}If the future is already done, the callback is called at once in the loop's thread, and the loop waits for itself. "
        "In this run a thread of the pool called it.",
        doubt=ONLY_A_HINT,
    )
