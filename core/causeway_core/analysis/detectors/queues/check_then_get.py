"""Check-then-get: a queue is found not empty and then read by a blocking `get()`."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import Actor, At, Finding
from causeway_core.wire.kinds import SyncOp

TAKES, ANOTHER, ANOTHER_ENDS = "takes", "another takes", "another ends"
"""Roles of the first item that the held actor takes, and that the other takes; of the end of another that runs the same and found
nothing left."""
MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class _Get:
    at: At
    actor: int
    order: int
    place: SourcePlace


def queue_checks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """`while not queue.empty(): queue.get()` in several threads or processes, or in tasks that await in between; one finding per place. An actor that
    sees the last item but is not the first to take it waits for ever. A hint until a re-run hangs: more items may come, and the recording does not
    show for whom.
    """
    found: dict[tuple[str, int], Finding] = {}
    takes: defaultdict[object, list[_Get]] = defaultdict(list)
    for queue, take in _gets(scene, evidence):
        takes[queue].append(take)
    for several in takes.values():
        for take in several:
            key = take.place.path, take.place.line
            if key in found or not _checked(evidence.texts, take.place):
                continue
            other = next((each for each in several if _may_be_first(evidence, take, each)), None)
            if other is not None:
                found[key] = _finding(scene, take, Moment(other.actor, other.at, ANOTHER, "took an item"))
                continue
            late = next((each for each in evidence.facts.actors.values() if _may_have_missed_item(evidence, take, each)), None)
            if late is not None:
                found[key] = _finding(scene, take, Moment(late.id, late.last_at or 0, ANOTHER_ENDS, "found nothing left"))
        if len(found) >= MOST_TOLD:
            break
    return list(found.values())


def _gets(scene: Scene, evidence: Evidence) -> Iterator[tuple[object, _Get]]:
    """Items taken from queues of threads and tasks and, as messages, from queues of processes, with what names the queue."""
    facts = evidence.facts
    for operation in facts.operations:
        if operation.op == SyncOp.GET:
            place = scene.place(operation.at)
            if place.line:
                yield operation.object, _Get(At(operation.at), operation.actor, operation.order, place)
    for message in facts.messages:
        actor = None if message.receive_at is None else evidence.actor_at(message.receive_at)
        if message.receive_at is not None and actor is not None and message.carrier in ("pipe", "queue"):
            place = scene.place(message.receive_at)
            if place.line:
                yield message.key.rpartition(":")[0], _Get(message.receive_at, actor, -1, place)


def _may_be_first(evidence: Evidence, take: _Get, other: _Get) -> bool:
    if other.actor == take.actor or not evidence.unordered(take.at, other.at):
        return False
    if take.order < 0 or other.order < 0:
        return True
    return not evidence.holds.locks(take.actor, take.order) & evidence.holds.locks(other.actor, other.order)


def _may_have_missed_item(evidence: Evidence, take: _Get, actor: Actor) -> bool:
    """Whether an actor runs the same code as the taker, and ended without an item only by chance."""
    taker = evidence.facts.actors.get(take.actor)
    if taker is None or actor.id == taker.id or actor.last_at is None or (actor.kind, actor.process) != (taker.kind, taker.process):
        return False
    return actor.path.partition("#")[0] == taker.path.partition("#")[0] and evidence.unordered(take.at, actor.last_at)


def _checked(texts: Texts, place: SourcePlace) -> bool:
    """Whether a `get()` at this line waits without a limit and depends on an emptiness check of the same queue, with no lock around both."""
    around = texts.around(place.path, place.line)
    function = around[0] if around and isinstance(around[0], FunctionNode) else None
    if function is None or any(isinstance(node, ast.With) and "lock" in ast.unparse(node.items[0].context_expr).lower() for node in around):
        return False
    gets = [node for node in texts.own_calls(function) if called(node) == "get" and node.lineno == place.line]
    names = {ast.unparse(node.func.value) for node in gets if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords}
    looks = (node.test for node in own_nodes(function) if isinstance(node, ast.If | ast.While) and node.lineno <= place.line)
    if isinstance(function, ast.AsyncFunctionDef):
        looks = (test for test in looks if _awaits_between(function, test.lineno, place.line))
    asked = {
        ast.unparse(call.func.value)
        for test in looks
        for call in ast.walk(test)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("empty", "qsize")
    }
    return bool(names & asked)


def _awaits_between(function: ast.AsyncFunctionDef, after: int, before: int) -> bool:
    """Whether a coroutine awaits between two of its lines."""
    return any(isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) and after < node.lineno < before for node in own_nodes(function))


def _finding(scene: Scene, take: _Get, other: Moment) -> Finding:
    other_function = scene.place(other.at).function if other.at else take.place.function
    one, two = scene.sides((take.actor, take.place.function), (other.actor, other_function))
    title = f"{one} finds a queue not empty and waits for an item; {two} could take the last one in between: an endless wait"
    return scene.finding(
        kind="deadlock",
        weight=weights.CHECKED_QUEUE,
        title=title,
        resource="queue",
        events=[Moment(take.actor, take.at, TAKES, "took an item"), other],
        recommendation="use `get_nowait()` and stop on queue.Empty, or put one sentinel per worker into the queue",
        explanation="The result of `empty()` can be stale when the item is taken. It did not happen in this run.",
    )
