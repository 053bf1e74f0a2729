"""Lost notifications: notified while no actor waited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from causeway_core.analysis import weights
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.waits import Waits
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

_WAKES = (SyncOp.NOTIFY, SyncOp.NOTIFY_ALL, SyncOp.EVENT_SET)


def lost_wakeups(scene: Scene, waits: Waits, events: Iterable[Operation]) -> list[Finding]:
    """For each wait that never ended: the last notification of the same object, if it came before the wait and there was no waiter.

    An event that is found set stays unmentioned: `wait()` returned at once, so its actor knew.
    """
    wanted = {wait.object: wait for wait in waits.all if wait.object and wait.at}
    waiting: defaultdict[int, set[int]] = defaultdict(set)
    missed: dict[int, Operation] = {}
    cleared: dict[int, Operation] = {}
    for event in events:
        if event.object not in wanted:
            continue
        if event.op == SyncOp.WAIT_BEGIN:
            waiting[event.object].add(event.actor)
        elif event.op in (SyncOp.WAIT_END, SyncOp.TIMEOUT):
            if event.actor not in waiting[event.object] and event.op == SyncOp.WAIT_END and event.actor == wanted[event.object].actor:
                missed.pop(event.object, None)
            waiting[event.object].discard(event.actor)
        elif event.op in _WAKES and not waiting[event.object] and event.order < wanted[event.object].order:
            missed[event.object] = event
        elif event.op == SyncOp.EVENT_CLEAR:
            cleared[event.object] = event
    found = []
    for object, wake in sorted(missed.items()):
        clear = cleared.get(object)
        if wake.op == SyncOp.EVENT_SET and (clear is None or clear.order < wake.order):
            continue
        found.append(_finding(scene, waits, object, wake, clear if wake.op == SyncOp.EVENT_SET else None))
    return found


def _finding(scene: Scene, waits: Waits, object: int, wake: Operation, clear: Operation | None) -> Finding:
    wait = next(each for each in waits.all if each.object == object and each.at)
    name = scene.object(object)
    verb = "set" if wake.op == SyncOp.EVENT_SET else "notified"
    events = [Moment(wake.actor, wake.at, "notify", f"{verb} {name} while no actor waited for it")]
    if clear is not None:
        events.append(Moment(clear.actor, clear.at, "clear", f"cleared {name}"))
    events.append(Moment(wait.actor, int(wait.at), "wait", f"started to wait for {name}; the wait never ended", scene.waiting_place(wait)))
    advice = (
        f"wait for {name} in a loop that checks the state (`while not ready: condition.wait()`), and change that state under the same lock "
        "before the notification"
        if clear is None
        else f"do not clear {name} before its waiters have seen it; or use a condition with a state, or a queue"
    )
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.MISSED_NOTIFICATION,
        resource=name,
        events=events,
        recommendation=advice,
        title=(
            f"{scene.actor(wake.actor)} {verb} {name} before {scene.actor(wait.actor)} waited for "
            f"it{', and it was cleared again' if clear is not None else ''}; the wait never ended"
        ),
        explanation=(
            "It happened in this run. A notification is not stored: it does not end a wait that starts after it. Only the next "
            "notification does."
        ),
        happened=True,
    )
