"""Events that are set before what they announce is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.explanation import STRUCK
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

ANNOUNCES = "announces"
"""Role of the operation that sets the event."""
WRITES = "writes late"
"""Role of the write that comes after it."""
READS = "reads"
"""Role of the read by an actor that has waited for the event."""

_WAITED = (SyncOp.WAIT_END, SyncOp.EVENT_READ)
NEAR = 6
"""Accesses after the event is set among which the late write is sought."""


def early_sets(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Writes that an actor makes in the function in which it has just set an event, of what those read who have waited for that event.

    Hints, for a re-run to confirm: what is read may not matter to the reader. One finding for each pair of places.
    """
    operations = list(events)
    waited: defaultdict[int, list[Operation]] = defaultdict(list)
    for event in operations:
        if event.op in _WAITED:
            waited[event.object].append(event)
    found: dict[tuple[int, int], Finding] = {}
    for event in operations:
        if event.op != SyncOp.EVENT_SET or event.object not in waited or not scene.place(event.at).line:
            continue
        for write in _writes_after(scene, evidence, event):
            read = _read_after_wait(scene, evidence, event, write, waited[event.object])
            if read is not None:
                key = int(evidence.table.site[write]), int(evidence.table.site[read])
                found.setdefault(key, _finding(scene, event, write, read))
    return list(found.values())


def _writes_after(scene: Scene, evidence: Evidence, event: Operation) -> Iterator[int]:
    """What the actor writes next, further down in the function that set the event, where others can run in between."""
    place = scene.place(event.at)
    step = evidence.facts.step_of(event.actor, event.at)
    for row in evidence.rows_of(event.actor, event.order + 1, 1 << 62, first=NEAR):
        apart = step is None or not scene.is_asynchronous(event.actor) or int(evidence.table.step[row]) != step.id
        if evidence.table.writes[row] and apart:
            written = scene.place(evidence.at(row))
            # Further up would be in the next call.
            if written.function == place.function and written.line > place.line:
                yield row


def _read_after_wait(scene: Scene, evidence: Evidence, event: Operation, write: int, waited: list[Operation]) -> int | None:
    """The first read of what is written by an actor that waited for the event before it, in the same function. `waited`: all waits for the event."""
    table, span = evidence.table, evidence.table.span(int(evidence.table.location[write]))
    for row in range(span.start, span.stop):
        actor, order = int(table.actor[row]), int(table.order[row])
        if table.writes[row] or actor == event.actor or order < event.order or not evidence.concurrent(write, row):
            continue
        thread, function = evidence.facts.thread_of(actor), scene.place(evidence.at(row)).function
        before = (each for each in waited if order - LOOK_BACK < each.order < order)
        if any(each.actor in (actor, thread) and scene.place(each.at).function == function for each in before):
            return row
    return None


def _finding(scene: Scene, event: Operation, write: int, read: int) -> Finding:
    evidence, table = scene.evidence, scene.evidence.table
    reader = int(table.actor[read])
    one, two = scene.sides((event.actor, scene.place(event.at).function), (reader, scene.place(evidence.at(read)).function))
    what, name = scene.namer.resource(write), scene.object(event.object)
    struck = int(table.order[read]) < int(table.order[write])
    return scene.finding(
        kind="order_violation",
        weight=weights.EARLY_SET,
        title=f"{one} sets {name} before it writes {what}; {two} waits for {name} and {'read' if struck else 'could read'} {what} too early",
        resource=what,
        events=[
            Moment(event.actor, event.at, ANNOUNCES, f"set {name}"),
            Moment(event.actor, evidence.at(write), WRITES, scene.namer.act(write)),
            Moment(reader, evidence.at(read), READS, scene.namer.act(read)),
        ],
        recommendation=f"set {name} last, after {what} and everything else that it announces",
        explanation=(
            "An actor that waits for an event relies on what it announces. Nothing makes the write come before the read once the event is set. "
            + (STRUCK if struck else "In this run the write came first, by timing alone.")
        ),
        unordered=scene.namer.why_unordered(evidence.at(write), evidence.at(read)),
        happened=struck,
    )
