"""Items that could be put into a queue after the sentinel at which its consumer stops."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import last_name, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

LAST, LATE = "last item", "late item"
"""Roles of the put with which the reader ends, and of the other's."""
NEAR = 12
"""How many accesses before a put are looked at for a flag."""


def puts_after_sentinel(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Queues whose consumer stops at a sentinel that one actor puts, and into which another puts elsewhere in the program, unordered with that.

    Every item was taken in this run, so items are meant to be taken.
    """
    queues: defaultdict[int, list[Operation]] = defaultdict(list)
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if event.op in (SyncOp.PUT, SyncOp.GET, SyncOp.GET_REQUEST) and thing is not None and thing.label is not None:
            queues[event.object].append(event)
    found = (_of_queue(scene, evidence, operations) for _, operations in sorted(queues.items()))
    return list({(each.title, each.lanes): each for each in found if each is not None}.values())


def _of_queue(scene: Scene, evidence: Evidence, operations: Sequence[Operation]) -> Finding | None:
    puts = [event for event in operations if event.op == SyncOp.PUT]
    gets = [event for event in operations if event.op == SyncOp.GET]
    if not puts or len(puts) != len(gets) or any(event.op == SyncOp.GET_REQUEST and event.order > gets[-1].order for event in operations):
        return None
    last, reader = puts[-1], evidence.facts.actors.get(gets[-1].actor)
    if reader is None or reader.state != "finished" or not scene.place(last.at).line or not _knows(evidence, scene.place(gets[-1].at)):
        return None
    for put in reversed(puts):
        writer = evidence.facts.actors.get(put.actor)
        if writer is None or writer.state != "finished" or put.actor in (last.actor, reader.id):
            continue
        elsewhere = scene.place(put.at).line and scene.place(put.at).function != scene.place(last.at).function
        if elsewhere and evidence.unordered(At(put.at), At(last.at)) and not (_flagged(evidence, put, last) or _made_for_it(evidence, put, last)):
            return _finding(scene, put, last, reader.id)
    return None


def _knows(evidence: Evidence, place: SourcePlace) -> bool:
    """Whether the consumer compares the item with something that makes it leave: `if item is STOP: return`."""
    function = evidence.texts.function(place.path, place.line)
    if function is None:
        return False
    names = {
        last_name(target)
        for node in own_nodes(function)
        if isinstance(node, ast.Assign | ast.NamedExpr) and (node.lineno <= place.line <= (node.end_lineno or node.lineno))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    } - {""}
    for node in own_nodes(function):
        leaves = isinstance(node, ast.While) or (isinstance(node, ast.If) and any(isinstance(each, ast.Return | ast.Break) for each in node.body))
        tests = [each for each in ast.walk(node.test) if isinstance(each, ast.Compare)] if leaves and isinstance(node, ast.If | ast.While) else []
        sides = [side for test in tests for side in (test.left, *test.comparators)]
        if names & {last_name(side.target if isinstance(side, ast.NamedExpr) else side) for side in sides}:
            return True
    return False


def _flagged(evidence: Evidence, put: Operation, last: Operation) -> bool:
    """Whether the producer checks, without a scheduling point in between, a flag that the other actor sets before the sentinel: the queue is closed.
    """
    table = evidence.table

    def near(event: Operation, *, writes: bool) -> set[int]:
        step = evidence.step_at(event.at)
        rows = [] if step is None else evidence.rows_of(event.actor, 0, event.order, last=NEAR)
        unit = None if step is None else evidence.unit_of(event.actor, step)
        return {int(table.location[row]) for row in rows if bool(table.writes[row]) == writes and evidence.atomic_unit(row) == unit}

    return bool(near(put, writes=False) & near(last, writes=True))


def _made_for_it(evidence: Evidence, put: Operation, last: Operation) -> bool:
    """Whether a task creates the queue, or its owner, in the same uninterrupted stretch as the put: no other task can have it yet."""
    facts, thing = evidence.facts, evidence.facts.objects.get(put.object)
    known = [facts.first_seen(each) for each in (put.object, None if thing is None else thing.owner) if each is not None]
    made = min((at for at in known if at is not None), default=None)
    if made is None or put.at >> 40 != last.at >> 40:
        return False
    (step, maker), (puts_in, _) = facts.step_at(made), facts.step_at(put.at)
    if step is None or puts_in is None or maker != put.actor:
        return False
    return evidence.unit_of(put.actor, step) == evidence.unit_of(put.actor, puts_in)


def _finding(scene: Scene, put: Operation, last: Operation, reader: int) -> Finding:
    name = scene.object(put.object)
    one, two = scene.sides((put.actor, scene.place(put.at).function), (last.actor, scene.place(last.at).function))
    return scene.finding(
        kind="lost_update",
        weight=weights.MISSED_ENTRY,
        title=f"{one} puts into {name}, whose consumer stops at the item of {two}; nothing makes that the last item",
        resource=name,
        events=[
            Moment(put.actor, put.at, LATE, f"puts into {name}"),
            Moment(last.actor, last.at, LAST, f"puts the last item into {name}"),
        ],
        recommendation=f"wait for all producers of {name} (await or join them, or `join()` the queue) before putting the last item",
        explanation=f"The consumer, {scene.actor(reader)}, never takes what is put later. It did not happen in this run: every item was taken.",
    )
