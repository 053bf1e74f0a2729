"""A task that blocks its event loop to join a thread, while the thread waits for that loop."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.locks.lock_order import ONLY_A_HINT
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Actor, At, Edge, Finding


def join_deadlocks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Joins of a thread by a task, where the thread waited for results of the same loop and nothing ensured that it already had the last one.

    A hint, until a forced run blocks.
    """
    threads = {actor.id: actor for actor in evidence.facts.actors.values() if actor.kind == "thread" and _waits_for_results(evidence, actor)}
    found: dict[str, Finding] = {}
    for task in [actor for actor in evidence.facts.actors.values() if actor.kind == "task" and threads]:
        for step in evidence.facts.steps.get(task.id, ()):
            for edge in evidence.facts.edges_into(step.first_at, step.last_at):
                thread = threads.get(evidence.actor_at(edge.src) or 0) if edge.kind == "join" else None
                place = scene.place(edge.dst)
                if thread is None or not place.line or str(place) in found:
                    continue
                for asked, answered in _asked(evidence, thread, edge.dst >> 40):
                    if scene.place(asked).line and evidence.unordered(asked, step.first_at):
                        found[str(place)] = _finding(scene, task, edge, thread, asked, answered)
    return list(found.values())


def _waits_for_results(evidence: Evidence, thread: Actor) -> bool:
    if thread.first_at is None or thread.last_at is None:
        return False
    edges = evidence.facts.edges_into(thread.first_at, thread.last_at)
    return any(edge.kind == "future" and edge.src >> 40 != thread.first_at >> 40 for edge in edges)


def _asked(evidence: Evidence, thread: Actor, loop: int) -> Iterator[tuple[At, At]]:
    """When a thread submitted work to a loop's thread and waited for its result, latest first, and when it got the result."""
    if thread.first_at is None or thread.last_at is None or thread.first_at >> 40 == loop:
        return
    given = [
        step.cause_at
        for steps in evidence.facts.steps.values()
        for step in steps[:1]
        if step.cause_at is not None and step.cause_at >> 40 == thread.first_at >> 40 and step.first_at >> 40 == loop
    ]
    for edge in reversed(evidence.facts.edges_into(thread.first_at, thread.last_at)):
        before = [at for at in given if thread.first_at <= at < edge.dst]
        if edge.kind == "future" and edge.src >> 40 == loop and before:
            yield max(before), edge.dst


def _finding(scene: Scene, task: Actor, join: Edge, thread: Actor, asked: At, answered: At) -> Finding:
    where, there = scene.place(join.dst), scene.place(asked)
    return scene.finding(
        kind="deadlock",
        weight=weights.JOIN_ON_LOOP,
        title=f"`{where.function}` blocks its event loop until a thread ends, which waits in `{there.function}` for that loop: a deadlock",
        resource=scene.actor(thread.id),
        events=[
            Moment(thread.id, asked, "asks loop", "asks the event loop to run something"),
            Moment(thread.id, answered, "answer", "got the result"),
            Moment(task.id, join.dst, "joins", "waits for the thread to end; no other task can run"),
        ],
        recommendation=f"wait without blocking the loop: wrap the join at line {where.line} in `await {scene.evidence.to_thread(task.id)}(…)`",
        explanation="In this run the thread already had its last result.",
        doubt=ONLY_A_HINT,
    )
