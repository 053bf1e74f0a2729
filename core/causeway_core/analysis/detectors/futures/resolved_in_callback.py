"""Futures that a thread has the event loop resolve by `call_soon_threadsafe(future.set_result, value)`: they may be cancelled by then."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import called, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Actor, At, Finding
from causeway_core.wire.kinds import SyncOp

_SETTLES = frozenset({"set_result", "set_exception"})
HANDS_OVER, RESOLVES, GIVES_UP, CANCELS_WAITER = "look", "resolves later", "gives up", "cancels the waiter"
"""Roles of the thread that asks the loop, of the callback that resolves, of the task that cancels another such future, and of what cancels the task
that waited for this one, in this run too late."""


def resolved_in_callback(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Calls by which a thread has a loop run a future's own `set_result`, in a run in which a task also cancels such a future.

    Or the task that waited for one, once it has its result. A check by the thread is too early: the future may be cancelled before the callback runs,
    and resolving it then raises InvalidStateError. A hint: only a re-run shows whether the cancelled future is one of those.
    """
    resolved: list[tuple[Operation, At]] = []
    found: dict[tuple[str, str], Finding] = {}
    tasks: Mapping[int, Actor] = {}
    for event in events:
        if event.op in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET):
            resolved += [(event, asked) for asked in _asked(scene, evidence, event)] if _is_future(evidence, event) else []
        elif event.op == SyncOp.CANCEL and resolved and scene.kind(event.actor) == "task" and scene.place(event.at).line:
            tasks = tasks or evidence.facts.tasks()
            concerned = _concerned(evidence, event, resolved, tasks.get(event.object))
            if concerned is not None:
                last, asked, role = concerned
                found.setdefault((str(scene.place(asked)), role), _finding(scene, evidence, last, asked, event, role))
    return list(found.values())


def _concerned(
    evidence: Evidence, cancel: Operation, resolved: Sequence[tuple[Operation, At]], task: Actor | None
) -> tuple[Operation, At, str] | None:
    """Which of the resolved futures a cancellation of a future, or of a task, could have come before, and in which role."""
    if _is_future(evidence, cancel):
        return (*resolved[-1], GIVES_UP)
    steps = evidence.facts.steps.get(task.id, ()) if task is not None else ()
    causes = {evidence.actor_at(step.cause_at) for step in steps if step.cause_at is not None}
    return next(((last, asked, CANCELS_WAITER) for last, asked in reversed(resolved) if last.actor in causes), None)


def _is_future(evidence: Evidence, event: Operation) -> bool:
    thing = evidence.facts.objects.get(event.object)
    return thing is not None and thing.type in ("_asyncio.Future", "asyncio.futures.Future")


def _asked(scene: Scene, evidence: Evidence, event: Operation) -> Iterator[At]:
    """Where a thread of its own asked the loop to resolve the future of an event by the future's own method."""
    facts = evidence.facts
    steps = facts.steps.get(event.actor, ())
    asked = (steps[0].cause_at if steps else None) or facts.actors[event.actor].created_at
    if facts.actors[event.actor].kind != "callback" or asked is None or scene.place(event.at).line:
        return
    thread, place = evidence.actor_at(asked), scene.place(asked)
    if thread is None or scene.kind(thread) != "thread" or asked >> 40 == event.at >> 40 or not place.line:
        return
    function = evidence.texts.function(place.path, place.line)
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call) and node.lineno <= place.line] if function is not None else []
    if any(_hands_over(call) for call in calls if place.line <= (call.end_lineno or call.lineno)):
        yield asked


def _hands_over(call: ast.Call) -> bool:
    """Whether a call has a loop run the `set_result` of a future as it is."""
    first = call.args[0] if call.args else None
    return called(call) == "call_soon_threadsafe" and isinstance(first, ast.Attribute) and first.attr in _SETTLES


def _finding(scene: Scene, evidence: Evidence, last: Operation, asked: At, cancel: Operation, role: str) -> Finding:
    thread = evidence.actor_at(asked)
    assert thread is not None
    one, two = scene.sides((thread, scene.place(asked).function), (cancel.actor, scene.place(cancel.at).function))
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_RESULT,
        title=f"{one} has the event loop resolve a future as it is; {two} could cancel it before the loop does: an error",
        resource=scene.object(last.object),
        events=[
            Moment(thread, asked, HANDS_OVER, "asks the loop to resolve the future, by what it knows of it now"),
            Moment(cancel.actor, cancel.at, role, "cancels such a future" if role == GIVES_UP else "cancels the task that waited for it"),
            Moment(last.actor, last.at, RESOLVES, "resolves the future unchecked"),
        ],
        recommendation="hand over a function that checks in the loop: `if not future.done(): future.set_result(value)`",
        explanation=(
            "`call_soon_threadsafe` runs its callback later. A future that is cancelled until then cannot be resolved: InvalidStateError. It did not "
            "happen in this run."
        ),
    )
