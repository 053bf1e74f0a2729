"""Events that are still set from before when an actor waits for what it has just asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

ASKS = "asks"
"""Role of the operation by which an actor asks for work."""
CLEARS_LATE = "clears late"
"""Role of the operation that clears the event, once the work begins."""
WAITS_AFTER = "waits after"
"""Role of the wait by which the actor that asked waits for the work."""

_ASKING = frozenset({SyncOp.PUT, SyncOp.NOTIFY, SyncOp.NOTIFY_ALL, SyncOp.EVENT_SET})
_WAITING = (SyncOp.WAIT_BEGIN, SyncOp.WAIT_END, SyncOp.EVENT_READ)


@dataclass(frozen=True, slots=True)
class _Race:
    asks: Operation
    clears: Operation
    waits: Operation


def stale_events(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Events that a worker clears only when it begins a job, and that the actor which gave it the job waits for ("until you are idle").

    The wait may come before the clear, and then ends at once. Hints, for a re-run to confirm: the waiter may only want to slow down. One finding for
    each pair of places.
    """
    operations = list(events)
    found: dict[tuple[object, object], Finding] = {}
    for race in _races(evidence, operations):
        clears, waits = scene.place(At(race.clears.at)), scene.place(At(race.waits.at))
        key = (clears.shown, clears.line), (waits.shown, waits.line)
        if clears.line and waits.line and key not in found:
            found[key] = _finding(scene, race)
    return list(found.values())


def _races(evidence: Evidence, operations: Sequence[Operation]) -> Iterator[_Race]:
    by_object: defaultdict[int, list[Operation]] = defaultdict(list)
    asked: defaultdict[int, list[Operation]] = defaultdict(list)
    for each in operations:
        if each.op in (SyncOp.EVENT_SET, SyncOp.EVENT_CLEAR) or (each.op in _WAITING and each.object >= 0):
            by_object[each.object].append(each)
        if each.op in _ASKING:
            asked[each.actor].append(each)
    for history in by_object.values():
        last_set: Operation | None = None
        for number, each in enumerate(history):
            if each.op == SyncOp.EVENT_CLEAR:
                if last_set is not None:
                    yield from _waits_after(evidence, last_set, each, history[number + 1 :], asked)
                last_set = None
            elif each.op == SyncOp.EVENT_SET:
                last_set = each


def _waits_after(
    evidence: Evidence, last_set: Operation, clears: Operation, later: Sequence[Operation], asked: dict[int, list[Operation]]
) -> Iterator[_Race]:
    """The next wait of each actor that had asked for something between the set of an event and its clear, and made the clear come."""
    seen: set[int] = set()
    for waits in later:
        if waits.order > clears.order + LOOK_BACK:
            return
        if waits.op not in _WAITING or waits.actor == clears.actor or waits.actor in seen:
            continue
        seen.add(waits.actor)
        asks = _asks(evidence, last_set, clears, asked.get(waits.actor, ()))
        if asks is not None and evidence.unordered(At(clears.at), At(waits.at)):
            yield _Race(asks, clears, waits)


def _asks(evidence: Evidence, last_set: Operation, clears: Operation, asked: Sequence[Operation]) -> Operation | None:
    """The last request of an actor after the event was set that comes before the clear in any order."""
    between = (each for each in reversed(asked) if last_set.order < each.order < clears.order and each.object != clears.object)
    return next((each for each in between if evidence.order.happens_before(At(each.at), At(clears.at), must=True)), None)


def _finding(scene: Scene, race: _Race) -> Finding:
    asks, clears, waits = race.asks, race.clears, race.waits
    one, two = scene.sides((clears.actor, scene.place(At(clears.at)).function), (waits.actor, scene.place(At(waits.at)).function))
    name = scene.object(clears.object)
    return scene.finding(
        kind="order_violation",
        weight=weights.STALE_EVENT,
        title=f"{one} clears {name} only when it begins; {two}, which has asked for that, could find {name} still set and not wait",
        resource=name,
        events=[
            Moment(asks.actor, At(asks.at), ASKS, f"asks by {scene.object(asks.object)}"),
            Moment(clears.actor, At(clears.at), CLEARS_LATE, f"cleared {name}"),
            Moment(waits.actor, At(waits.at), WAITS_AFTER, f"waits for {name}"),
        ],
        recommendation=f"clear {name} where the work is asked for, before that, or count what is outstanding under a lock",
        explanation="An event that is set from before says nothing of what was asked for since. Nothing makes the clear come before the wait.",
        unordered=scene.namer.why_unordered(At(clears.at), At(waits.at)),
    )
