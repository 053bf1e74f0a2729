"""A process that is joined before what it put into a queue is read."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.waits import Wait, Waits
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

_UNREAD, _JOINS = "what it put into a queue to be read", "a process to end"
"""What the recorder says of a child that cannot end, and of its parent."""


def joins_before_reading(scene: Scene, evidence: Evidence, waits: Waits) -> list[Finding]:
    """Children of an interrupted program that wait for their queue to be read, while the parent that would read it waits for a child to end.

    A process ends only when its feeder thread has written every item to the queue's pipe, and a pipe holds about 64 KiB. Source: the Python
    documentation, multiprocessing, "Joining processes that use queues".
    """
    found: dict[str, Finding] = {}
    joining = {evidence.facts.actors[wait.actor].path: wait for wait in waits.all if wait.words == _JOINS and wait.actor in evidence.facts.actors}
    for wait in waits.all:
        child = evidence.facts.actors.get(wait.actor)
        parent = joining.get(child.path.rpartition("/")[0]) if child is not None and wait.words == _UNREAD else None
        put = _last_put(evidence.facts.operations, wait.actor) if parent is not None else None
        if parent is not None and put is not None:
            found.setdefault(str(scene.waiting_place(parent)), _finding(scene, parent, wait, put, _queue(evidence, scene.place(put.at))))
    return list(found.values())


def _last_put(operations: Iterable[Operation], actor: int) -> Operation | None:
    puts = [each for each in operations if each.op == SyncOp.PUT and each.actor == actor]
    return puts[-1] if puts else None


def _queue(evidence: Evidence, place: SourcePlace) -> str:
    """What the program calls the queue where it puts an item; `the queue` where the source is not known."""
    function = evidence.texts.function(place.path, place.line)
    for call in evidence.texts.own_calls(function) if function is not None else ():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "put" and call.lineno == place.line:
            return ast.unparse(call.func.value)
    return "the queue"


def _finding(scene: Scene, parent: Wait, child: Wait, put: Operation, queue: str) -> Finding:
    joiner, worker = scene.actor(parent.actor), scene.actor(child.actor)
    return scene.finding(
        kind="deadlock",
        weight=weights.HUNG,
        title=f"{joiner} joins {worker} before it reads what {worker} put into {queue}: neither can proceed",
        resource=queue,
        events=[
            Moment(child.actor, put.at, "put", f"puts its last item into {queue}, and cannot end before its items are read"),
            Moment(parent.actor, 0, "wait", f"waits for {worker} to end", scene.waiting_place(parent)),
        ],
        recommendation=f"read {queue} before joining the processes that put into it, as many items as they put",
        explanation=(
            "It happened in this run. A process that has put items into a multiprocessing queue ends only when all of them are in the queue's pipe, "
            "which holds about 64 KiB; the rest waits until the other side reads."
        ),
        happened=True,
    )
