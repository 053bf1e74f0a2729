"""What blocks an event loop: a thread lock held across an await, or a blocking wait in a task."""

from __future__ import annotations

from collections.abc import Iterable

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.evidence.operations import REQUESTS, Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.analysis.wording.window import shown_time
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncFlag, SyncOp

LONG_NS = 50_000_000
SHORT_NS = 5_000_000
"""A wait for the end of a thread counts only from `LONG_NS` on: how soon an idle thread of a pool ends is up to the machine."""
MOST_LEFT = 64
"""Events that a thread may have left to be on its last line."""


def locks_across_awaits(scene: Scene, evidence: Evidence) -> list[Finding]:
    """A `threading` lock that a task holds while other tasks run: the next task that acquires it blocks the only thread that could release it."""
    found, seen = [], set[tuple[int, str]]()
    for hold in evidence.holds.holds:
        if hold.flags & SyncFlag.ASYNC or hold.until_at is None or not scene.is_asynchronous(hold.actor) or evidence.holds.ignores(hold.object):
            continue
        start, end = evidence.step_at(hold.at), evidence.step_at(hold.until_at)
        if start is None or end is None or evidence.unit_of(hold.actor, start) == evidence.unit_of(hold.actor, end):
            continue
        place = scene.place(hold.at)
        thing = evidence.facts.objects.get(hold.object)
        if place.line == 0 or thing is None or thing.label is None:
            continue  # a lock inside the standard library
        if (hold.object, str(place)) in seen:
            continue
        seen.add((hold.object, str(place)))
        name = scene.object(hold.object)
        others = [each for each in evidence.holds.of(hold.object) if each.actor != hold.actor]
        asks = next((each for each in others if _on_the_same_loop(scene, evidence, hold, each)), None)
        found.append(
            scene.finding(
                kind="blocking_call",
                weight=weights.LOCK_ACROSS_AWAIT if others else weights.LOCK_ACROSS_AWAIT_UNUSED,
                title=f"`{place.function}` holds {name}, a thread lock, across an await: the next task that acquires it blocks the event loop",
                resource=name,
                events=[
                    Moment(hold.actor, hold.at, "acquire", f"acquired {name}"),
                    Moment(hold.actor, hold.until_at, "release", f"released {name} in a later step"),
                    *([] if asks is None else [Moment(asks.actor, asks.at, "ask", f"acquired {name}, on the same thread")]),
                ],
                recommendation=f"use {evidence.new_lock(hold.actor)} for {name}, or release it before the await",
                explanation="A blocking acquire by another task of the same loop would wait for a release that only this loop can run: a deadlock.",
            )
        )
    return found


def _on_the_same_loop(scene: Scene, evidence: Evidence, hold: Hold, other: Hold) -> bool:
    """Another task's acquisition of the lock on the same thread that could come while it is held."""
    same = scene.is_asynchronous(other.actor) and other.at >> 40 == hold.at >> 40 and not other.flags & SyncFlag.ASYNC
    return same and evidence.unordered(At(hold.at), At(other.at))


def blocking_waits(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Blocking waits (`Future.result()`, `queue.get()`, `Lock.acquire()`, `Event.wait()`) in a task, longer than a few milliseconds."""
    open_requests: dict[int, Operation] = {}
    worst: dict[str, tuple[int, Operation]] = {}
    threads = {actor.object for actor in evidence.facts.actors.values() if actor.kind == "thread"}
    for event in events:
        asked = open_requests.pop(event.actor, None)
        if asked is not None:
            started, ended = evidence.clock.ns(asked.at), evidence.clock.ns(event.at)
            least = LONG_NS if asked.object in threads else SHORT_NS
            if started is not None and ended is not None and ended - started >= least:
                where = str(scene.place(asked.at))
                if ended - started > worst.get(where, (0, asked))[0]:
                    worst[where] = ended - started, asked
        if (
            event.op in REQUESTS
            and event.flags & SyncFlag.BLOCKED
            and not event.flags & SyncFlag.ASYNC
            and scene.is_asynchronous(event.actor)
            and not _internal(scene, event)
            and not _for_one_that_is_done(scene, evidence, event)
        ):
            open_requests[event.actor] = event
    return [_finding(scene, duration, event) for duration, event in worst.values()]


def _for_one_that_is_done(scene: Scene, evidence: Evidence, event: Operation) -> bool:
    """Whether it waits for the end of a thread that was certainly at its last line already. How long that takes is up to the machine."""
    thread = next((each for each in evidence.facts.actors.values() if each.kind == "thread" and each.object == event.object), None)
    if thread is None or thread.first_at is None or thread.last_at is None:
        return False
    before, after = int(thread.first_at) - 1, int(thread.last_at) + 1
    while after - before > 1:
        middle = (before + after) // 2
        if evidence.order.happens_before(At(middle), At(event.at), must=True):
            before = middle
        else:
            after = middle
    here = scene.place(before)
    left = range(after, int(thread.last_at) + 1)
    return here.line > 0 and len(left) <= MOST_LEFT and all(place.line in (0, here.line) for place in map(scene.place, left))


def _internal(scene: Scene, event: Operation) -> bool:
    """Whether it is a wait inside the standard library that no user code asked for, such as waiting for a new thread to start."""
    name, place = scene.object(event.object), scene.place(event.at)
    starts = name.startswith("Event #") and ".start(" in scene.evidence.facts.line_text(place.path, place.line)
    return starts or name.endswith("._started") or place.line == 0


def _finding(scene: Scene, duration: int, event: Operation) -> Finding:
    place = scene.place(event.at)
    what = {SyncOp.GET_REQUEST: "an item from", SyncOp.PUT_REQUEST: "room in"}.get(SyncOp(event.op), "")
    name = f"{what} {scene.object(event.object)}".strip()
    long, library = duration >= LONG_NS, scene.evidence.library(event.actor)
    return scene.finding(
        kind="blocking_call",
        weight=weights.LONG_BLOCKING_CALL if long else weights.SHORT_BLOCKING_CALL,
        title=f"`{place.function}` waits {shown_time(duration)} for {name} and blocks the event loop meanwhile",
        resource=scene.object(event.object),
        events=[Moment(event.actor, event.at, "wait", f"waits for {name}")],
        recommendation=f"await its {library} counterpart, or run the call in a thread with {scene.evidence.to_thread(event.actor)}",
        explanation="While a task blocks the thread, the event loop runs no other task, timer or connection.",
    )
