"""Futures that are resolved without checking that they are pending, although cancelling the waiter cancels the future."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.partial_update import cancels
from causeway_core.analysis.detectors.futures.resolved_twice import Resolution, resolution_at
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

SETTLES, CANCELLED = "settles", "cancel"
"""Roles of who settles the future and who waits for it."""


def resolved_after_cancel(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Futures that one task awaits and another resolves unchecked; one finding per place.

    A hint: only a re-run shows whether the waiter can be cancelled while the other actor still has its future.
    """
    events = tuple(events)
    if not cancels(evidence.texts, events):
        return []
    steps = (step for steps in evidence.facts.steps.values() for step in steps)
    woken = sorted((step.cause_at, step.actor, step.first_at) for step in steps if step.cause_at is not None)
    found: dict[str, Finding] = {}
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if event.op not in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET) or thing is None or not thing.type.endswith(".Future"):
            continue
        place, waiting = scene.place(event.at), _woken_by(scene, woken, event)
        if not place.line or str(place) in found or waiting is None:
            continue
        # That it was taken out keeps others from settling it, not its waiter from being cancelled.
        settling = resolution_at(evidence, place.path, place.line, taken=True)
        if settling is not None and scene.is_asynchronous(event.actor):
            found[str(place)] = _finding(scene, event, place, settling, *waiting)
    return list(found.values())


def _woken_by(scene: Scene, woken: Sequence[tuple[At, int, At]], event: Operation) -> tuple[int, At] | None:
    """The task that resolving the future makes runnable, which is recorded just before it, and where that task continues."""
    index = bisect_right(woken, event.at, key=lambda each: each[0]) - 1
    if index < 0:
        return None
    cause, actor, resumed = woken[index]
    same = cause >> 40 == event.at >> 40 and str(scene.place(cause)) == str(scene.place(event.at))
    return (actor, resumed) if same and actor != event.actor and scene.evidence.facts.actors[actor].kind == "task" else None


def _finding(scene: Scene, event: Operation, place: SourcePlace, settling: Resolution, waiter: int, resumed: At) -> Finding:
    one, two = scene.sides((event.actor, place.function), (waiter, scene.place(resumed).function))
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_RESULT,
        title=f"{one} resolves a future that {two} awaits without checking that it is pending: an error if the waiter is cancelled",
        resource=scene.object(event.object),
        events=[
            Moment(waiter, resumed, CANCELLED, "awaits the future: a cancellation can arrive here"),
            Moment(event.actor, event.at, SETTLES, f"resolves the future (`{settling.owner}`)"),
        ],
        recommendation=f"check right before: `if not {settling.owner}.done():`, with no await in between",
        explanation=(
            "Cancelling a task that awaits a future cancels the future too; resolving it then raises InvalidStateError. It did not happen in this "
            "run."
        ),
    )
