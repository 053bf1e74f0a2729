"""Conditions whose state is not protected together with the notification: checked outside the lock, or set after the notification."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

_NOTIFIES = (SyncOp.NOTIFY, SyncOp.NOTIFY_ALL)
NEAR = 6
"""How many accesses after a notification are looked at."""
LOOK_BACK = 48
"""The same before a wait. A check that finds what it found before is not recorded again: the last one that was may be some rounds ago."""
MOST_REPORTED = 3
NOTIFICATIONS_AROUND = 16
"""How many notifications before a wait, and after it, are compared with its check: with all of them the work is quadratic."""
ONLY_A_HINT = "The recording does not show whether the other side can run in this gap, so this is only a hint."


def unlocked_states(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Both cases, as hints for a re-run to confirm. `reported` names conditions about which something firmer is already known."""
    by_object: defaultdict[int, list[Operation]] = defaultdict(list)
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if thing is not None and thing.label is not None and thing.type.endswith("Condition"):
            by_object[event.object].append(event)
    found = []
    for object, operations in sorted(by_object.items()):
        name = scene.object(object)
        notifies = [event for event in operations if event.op in _NOTIFIES and scene.place(event.at).line]
        if name not in reported and notifies:
            found += [*_unlocked_checks(scene, evidence, name, operations, notifies)][:1]
            found += [*_late_writes(scene, evidence, name, notifies)][:1]
    return found[:MOST_REPORTED]


def _unlocked_checks(scene: Scene, evidence: Evidence, name: str, operations: list[Operation], notifies: list[Operation]) -> Iterator[Finding]:
    """A waiter that read shared state in its function right before it acquired the lock to wait. The most plausible pair comes first."""
    waits = [event for event in operations if event.op == SyncOp.WAIT_BEGIN]
    for check in sorted(_checks(scene, evidence, waits, notifies), key=_plausibility):
        wait, notify = check.wait, check.notify
        one, two = scene.sides((wait.actor, scene.place(wait.at).function), (notify.actor, scene.place(notify.at).function))
        yield scene.finding(
            kind="lost_wakeup",
            weight=weights.UNLOCKED_NOTIFICATION,
            title=f"{one} checks the state before it acquires {name} to wait; {two} could notify in between: a lost wake-up",
            resource=name,
            events=[
                Moment(wait.actor, evidence.at(check.look), "look", "checks the state"),
                Moment(notify.actor, notify.at, "notify", f"notified {name}"),
                Moment(wait.actor, check.hold.at, "wait", f"acquires {name} to wait"),
            ],
            recommendation=f"check the state while holding {name}, in the loop around the wait",
            explanation="It did not happen in this run.",
            doubt=ONLY_A_HINT,
        )


class _Check(NamedTuple):
    """A wait, the read (row) that decided about it, the hold of the lock in between, and a notification that could come before it."""

    wait: Operation
    look: int
    hold: Hold
    notify: Operation
    announces: bool
    """The notifier has written what was read, and notifies for the first time since."""
    ends_wait: bool
    """The notification came while the actor waited, for the last time before it."""


def _plausibility(check: _Check) -> tuple[bool, bool]:
    return not check.announces, not check.ends_wait


def _checks(scene: Scene, evidence: Evidence, waits: list[Operation], notifies: list[Operation]) -> Iterator[_Check]:
    notifies = sorted(notifies, key=_order)
    following = {one: other for orders in _by_actor(waits) for one, other in pairwise([*orders, 1 << 62])}
    preceding = {other: one for orders in _by_actor(notifies) for one, other in pairwise([0, *orders])}
    for wait in waits:
        hold = min((evidence.holds.holds[each] for each in evidence.holds.held(wait.actor, wait.order - 1)), key=_order, default=None)
        place = scene.place(wait.at)
        if hold is None or not place.line:
            continue
        rows = [row for row in _read_by(scene, evidence, wait.actor, hold.order, place.function) if not evidence.locks_at(row)]
        changed = [row for row in rows if _others_write(evidence, row, wait.actor)]
        changed = [row for row in changed if _others_write(evidence, row, wait.actor, meanwhile=True)] or changed
        if not changed:
            continue
        near = bisect_left(notifies, wait.order, key=_order)
        for notify in notifies[max(near - NOTIFICATIONS_AROUND, 0) : near + NOTIFICATIONS_AROUND]:
            if notify.actor != wait.actor and evidence.unordered(At(hold.at), At(notify.at)):
                announces = _announces(evidence, notify, changed[-1], preceding[notify.order])
                yield _Check(wait, changed[-1], hold, notify, announces, wait.order < notify.order < following[wait.order])


def _by_actor(events: list[Operation]) -> Iterable[list[int]]:
    """The orders of the events of each actor, smallest first."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for event in sorted(events, key=_order):
        found[event.actor].append(event.order)
    return found.values()


def _announces(evidence: Evidence, notify: Operation, look: int, earlier: int) -> bool:
    """Whether the notifier wrote what a row reads since its last notification at `earlier`, and not before the read anyway."""
    table = evidence.table
    span = table.span(int(table.location[look]))
    written = (row for row in range(span.start, span.stop) if table.writes[row] and int(table.actor[row]) == notify.actor)
    since = (row for row in written if earlier < int(table.order[row]) < notify.order)
    return any(not evidence.order.happens_before(evidence.at(row), evidence.at(look), must=True) for row in since)


def _read_by(scene: Scene, evidence: Evidence, actor: int, before: int, function: str) -> list[int]:
    """The last reads of an actor before a rank of the total order that a function made, itself or through functions that it calls."""
    sites = evidence.table.site
    near = [row for row in evidence.rows_of(actor, 0, before, last=LOOK_BACK) if not evidence.table.writes[row]]
    own = {evidence.function_of(int(sites[row])) for row in near if scene.place(evidence.at(row)).function == function}
    inside = own | {callee for caller, callee in evidence.calls if caller in own}
    return [row for row in near if evidence.function_of(int(sites[row])) in inside]


def _order(event: Hold | Operation) -> int:
    return event.order


def _others_write(evidence: Evidence, row: int, actor: int, *, meanwhile: bool = False) -> bool:
    """Whether others write what a row reads, other than before the actor could read it: where a condition is kept is no state that changes."""
    span = evidence.table.span(int(evidence.table.location[row]))
    writes = (each for each in range(span.start, span.stop) if evidence.table.writes[each] and int(evidence.table.actor[each]) != actor)
    if meanwhile:
        return any(evidence.concurrent(row, each) for each in writes)
    return any(not evidence.order.happens_before(evidence.at(each), evidence.at(row), must=True) for each in writes)


def _late_writes(scene: Scene, evidence: Evidence, name: str, notifies: list[Operation]) -> Iterator[Finding]:
    """A notifier that writes, after the notification and without the lock, what others read under it."""
    table = evidence.table
    for notify in notifies:
        lock = {evidence.holds.holds[each].object for each in evidence.holds.held(notify.actor, notify.order - 1)}
        for row in evidence.rows_of(notify.actor, notify.order + 1, 2**62, first=NEAR):
            if not table.writes[row] or evidence.locks_at(row) & lock or scene.place(evidence.at(row)).function != scene.place(notify.at).function:
                continue
            span = table.span(int(table.location[row]))
            readers = (each for each in range(span.start, span.stop) if not table.writes[each] and int(table.actor[each]) != notify.actor)
            read = next((each for each in readers if evidence.locks_at(each) & lock and evidence.concurrent(row, each)), None)
            if read is None:
                continue
            reader = int(table.actor[read])
            one, two = scene.sides((notify.actor, scene.place(notify.at).function), (reader, scene.place(evidence.at(read)).function))
            hold = max((evidence.holds.holds[each] for each in evidence.holds.held(reader, int(table.order[read]))), key=_order)
            yield scene.finding(
                kind="lost_wakeup",
                weight=weights.UNLOCKED_NOTIFICATION,
                title=f"{one} notifies {name} before it sets the state that {two} waits for: a waiter in between is not woken",
                resource=name,
                events=[
                    Moment(notify.actor, notify.at, "notify", f"notified {name}"),
                    Moment(reader, hold.at, "wait", f"acquires {name}"),
                    Moment(reader, evidence.at(read), "look", "checks the state"),
                    Moment(notify.actor, evidence.at(row), "late", "sets the state"),
                ],
                recommendation=f"set the state while holding {name}, before the notification",
                explanation="It did not happen in this run.",
            doubt=ONLY_A_HINT,
            )
            return
