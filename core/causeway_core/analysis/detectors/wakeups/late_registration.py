"""Entries by which another actor finds the waiter to wake, registered late: an earlier lookup finds nothing, and the waiter is never woken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.table import DELETE, READ, WRITE
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

ENTERS, FINDS = "enters", "finds"
"""Roles of the write that puts the entry there, and of the look that finds it."""
NEAR = 16
"""How many accesses of its actor before a set tell how it came to the event."""
MOST = 48
"""Sets that are looked at."""


def late_registrations(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Events on which one thread waited, and which another thread found through a table entry and set.

    The waiter registered the entry, and nothing makes it do so before the lookup. A hint, for a re-run to confirm. `reported` names events that are
    already reported.
    """
    waiters: dict[int, Operation] = {}
    sets: list[Operation] = []
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if thing is None or not thing.type.endswith("Event") or scene.object(event.object) in reported:
            continue
        if event.op == SyncOp.WAIT_BEGIN:
            waiters.setdefault(event.object, event)
        elif event.op == SyncOp.EVENT_SET:
            sets.append(event)
    found: dict[str, Finding] = {}
    for each in sets[-MOST:]:
        wait, name = waiters.get(each.object), scene.object(each.object)
        if wait is None or wait.actor == each.actor or name in found:
            continue
        for look, entry in _entries(evidence, each, wait):
            found[name] = _finding(scene, evidence, name, (look, entry), (each, wait))
            break
    return list(found.values())


def _entries(evidence: Evidence, sets: Operation, wait: Operation) -> Iterator[tuple[int, int]]:
    """Lookups by which the setter found the event (or its owner), with the waiter's unordered write."""
    table, facts = evidence.table, evidence.facts
    thing = facts.objects[sets.object]
    names = tuple(f"#{number & 0xFFFFFFFF}>" for number in (sets.object, thing.owner) if number is not None)
    for look in reversed(evidence.rows_of(facts.work_of(sets.actor, sets.at), 0, sets.order, last=NEAR)):
        item = facts.locations[int(table.location[look])].kind == "item"
        if not item or int(table.op[look]) not in (READ, DELETE) or not (evidence.value(look) or "").endswith(names):
            continue
        span = table.span(int(table.location[look]))
        writes = [row for row in range(span.start, span.stop) if int(table.op[row]) == WRITE and table.order[row] < table.order[look]]
        mine = writes and int(table.actor[writes[-1]]) == facts.work_of(wait.actor, wait.at) and int(table.order[writes[-1]]) < wait.order
        if mine and len(writes) == 1 and evidence.concurrent(writes[-1], look):
            yield look, writes[-1]


def _finding(scene: Scene, evidence: Evidence, name: str, pair: tuple[int, int], ends: tuple[Operation, Operation]) -> Finding:
    (look, entry), (sets, wait) = pair, ends
    waiter, setter = (evidence.facts.work_of(each.actor, each.at) for each in (wait, sets))
    table = scene.namer.resource(entry)
    one, two = scene.sides((setter, scene.place(evidence.at(look)).function), (waiter, scene.place(evidence.at(entry)).function))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.MISSED_ENTRY,
        title=f"{one} sets {name}, found in {table}; {two} could register it there only afterwards: the waiter is never woken",
        resource=name,
        events=[
            Moment(waiter, evidence.at(entry), ENTERS, f"registers {table}"),
            Moment(waiter, At(wait.at), "wait", f"waits for {name}"),
            Moment(setter, evidence.at(look), FINDS, f"finds {table}"),
            Moment(setter, At(sets.at), "notify", f"sets {name}"),
        ],
        recommendation=f"register {table} before doing anything that makes the other actor look it up",
        explanation=(
            f"The waiter registers {table} before it waits, but nothing makes it register before the lookup. It did not happen in this run: the "
            "entry was registered in time."
        ),
    )
