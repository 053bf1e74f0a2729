"""asyncio events that a scheduled callback sets, possibly after another actor has cleared them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncFlag, SyncOp


def deferred_sets(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Events that a callback sets because another actor decided so, and that a third actor clears when the state changes back.

    Nothing makes the clear come after the set. These are hints; a re-run that hangs confirms them.
    """
    sets: defaultdict[int, list[Operation]] = defaultdict(list)
    found: dict[tuple[str, str], Finding] = {}
    for event in events:
        if not event.flags & SyncFlag.ASYNC or event.op not in (SyncOp.EVENT_SET, SyncOp.EVENT_CLEAR):
            continue
        if event.op == SyncOp.EVENT_SET:
            if scene.kind(event.actor) == "callback":
                sets[event.object].append(event)
            continue
        for each in sets[event.object][-1:]:
            step = evidence.facts.step_of(each.actor, each.at)
            decided = None if step is None else step.cause_at
            by = None if decided is None else evidence.actor_at(decided)
            if decided is None or by is None or by == event.actor or not evidence.unordered(At(each.at), At(event.at)):
                continue
            places = scene.place(decided), scene.place(event.at)
            key = str(places[0]), str(places[1])
            if all(place.line for place in places) and key not in found:
                found[key] = _finding(scene, each, event, decided, by)
    return list(found.values())


def _finding(scene: Scene, sets: Operation, clears: Operation, decided: At, by: int) -> Finding:
    name = scene.object(sets.object)
    one, two = scene.sides((by, scene.place(decided).function), (clears.actor, scene.place(clears.at).function))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.DEFERRED_SET,
        title=f"{one} schedules a callback that sets {name}; {two} could clear it before the callback runs",
        resource=name,
        events=[
            Moment(by, decided, "decide", f"schedules a callback that sets {name}"),
            Moment(sets.actor, sets.at, "set late", f"sets {name}"),
            Moment(clears.actor, clears.at, "clear", f"clears {name}"),
        ],
        recommendation="check the state again in the callback, and set the event only if it still holds",
        explanation=(
            "The callback runs later than the decision to set the event. If the event is cleared in between, the callback sets it although the "
            "reason is gone. In this run the callback ran first."
        ),
    )
