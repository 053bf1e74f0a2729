"""asyncio objects that are changed from a thread that does not run their event loop."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import HandleKind, SyncFlag, SyncOp

_CHANGES = {
    SyncOp.EVENT_SET: "set",
    SyncOp.PUT: "put into",
    SyncOp.GET: "took from",
    SyncOp.RESULT_SET: "resolved",
    SyncOp.EXCEPTION_SET: "resolved",
    SyncOp.RELEASED: "released",
    SyncOp.SEM_RELEASED: "released",
    SyncOp.NOTIFY: "notified",
    SyncOp.NOTIFY_ALL: "notified",
    SyncOp.CANCEL: "cancelled",
}
_MODULES = ("asyncio.", "_asyncio.")
_MAKES = re.compile(r"\b_*[A-Z]\w*\(")
"""A call of something that is named as classes are."""
_OF_ONE_LOOP = (".Future", ".Task", ".Timeout")
"""What knows its loop from the start, and is handed from one to another by functions made for that."""
_TAKES_PART = frozenset(
    {SyncOp.ACQUIRED, SyncOp.SEM_ACQUIRED, SyncOp.WAIT_END, SyncOp.EVENT_SET, SyncOp.PUT, SyncOp.GET, SyncOp.NOTIFY, SyncOp.NOTIFY_ALL}
)


def wrong_threads(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """One finding per asyncio object that a thread without an event loop changes directly: these objects are not thread-safe, and the loop is not
    woken.
    """
    loops = {at >> 40 for actor in evidence.facts.actors.values() if actor.kind in ("task", "callback") and (at := actor.first_at) is not None}
    if not loops:
        return []
    foreign: dict[int, Operation] = {}
    at_home: defaultdict[int, list[Operation]] = defaultdict(list)
    for event in events:
        if not event.flags & SyncFlag.ASYNC or event.object <= 0:
            continue
        if scene.is_asynchronous(event.actor):
            at_home[event.object].append(event)
        elif event.op in _CHANGES and event.at >> 40 not in loops and _of_asyncio(evidence, event.object):
            known = event.object in at_home or event.object in foreign
            foreign |= {} if event.object in foreign or (not known and _is_made(scene, evidence, event)) else {event.object: event}
    # Settling a future wakes the task that awaits it, which is not an operation of its own.
    used = {
        object: event for object, event in foreign.items() if at_home[object] or event.op in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET, SyncOp.CANCEL)
    }
    found, places = [], set[str]()
    for object, event in sorted(used.items(), key=lambda each: each[1].order):
        place = scene.place(event.at)
        if place.line and str(place) not in places:
            places.add(str(place))
            found.append(_changed_by_thread(scene, evidence, event, at_home[object]))
    return [*found, *_two_loops(scene, evidence, at_home), *_scheduled(scene, evidence, places)]


def _two_loops(scene: Scene, evidence: Evidence, at_home: Mapping[int, Sequence[Operation]]) -> list[Finding]:
    """Objects that tasks of two loops in two threads use, with nothing that orders them."""
    found = []
    for object, events in at_home.items():
        if not _of_asyncio(evidence, object) or evidence.facts.objects[object].type.endswith(_OF_ONE_LOOP):
            continue
        first = next((event for event in events if event.op in _TAKES_PART), None)
        other = next((each for each in events if first is not None and each.at >> 40 != first.at >> 40 and each.op in _TAKES_PART), None)
        if first is None or other is None or not evidence.unordered(At(first.at), At(other.at)):
            continue
        name, kind = scene.object(object), evidence.facts.objects[object].type.rpartition(".")[2]
        moments = [Moment(first.actor, first.at, "act", f"uses {name}"), Moment(other.actor, other.at, "use", f"uses {name} on a different loop")]
        places = [scene.place(event.at) for event in (first, other)]
        if all(place.line for place in places):
            one, two = scene.sides((first.actor, places[0].function), (other.actor, places[1].function))
            title = f"{one} and {two} use {name}"
            found.append(_finding(scene, f"{title}, an asyncio {kind}, on the event loops of two threads", name, moments))
    return found


def _scheduled(scene: Scene, evidence: Evidence, places: set[str]) -> list[Finding]:
    """Tasks and callbacks that another thread gave to a running loop without `call_soon_threadsafe`."""
    begun: dict[int, int] = {}
    actors = [actor for actor in evidence.facts.actors.values() if actor.kind in ("task", "callback") and actor.first_at is not None]
    for actor in actors:
        ns = evidence.clock.ns(actor.first_at or 0)
        if ns is not None and actor.first_at is not None:
            begun[actor.first_at >> 40] = min(ns, begun.get(actor.first_at >> 40, ns))
    found = []
    for actor in actors:
        step = next(iter(evidence.facts.steps.get(actor.id, ())), None)
        if step is None or step.cause_at is None or step.cause_at >> 40 == step.first_at >> 40 or step.cause_at >> 40 in begun:
            continue
        by, when, place = evidence.actor_at(step.cause_at), evidence.clock.ns(step.cause_at), scene.place(step.cause_at)
        running = when is not None and when > begun[step.first_at >> 40]
        if by is None or not running or not place.line or str(place) in places or evidence.facts.step_cause(step.id) != HandleKind.CALL_SOON:
            continue
        places.add(str(place))
        what = f"starts {scene.actor(actor.id)}" if actor.kind == "task" else "schedules a callback"
        moments = [Moment(by, step.cause_at, "act", what), Moment(actor.id, step.first_at, "use", "runs")]
        title = f"`{place.function}` {what} on an event loop from a thread that does not run it"
        found.append(_finding(scene, title, actor.name, moments))
    return found


def _is_made(scene: Scene, evidence: Evidence, event: Operation) -> bool:
    """Whether an event that nothing has used yet is set where an object is constructed: a queue sets its own, and nothing can wait for it yet."""
    place = scene.place(event.at)
    return event.op == SyncOp.EVENT_SET and _MAKES.search(evidence.facts.line_text(place.path, place.line)) is not None


def _of_asyncio(evidence: Evidence, object: int) -> bool:
    thing = evidence.facts.objects.get(object)
    return thing is not None and thing.type.startswith(_MODULES)


def _changed_by_thread(scene: Scene, evidence: Evidence, event: Operation, at_home: list[Operation]) -> Finding:
    name, place, verb = scene.object(event.object), scene.place(event.at), _CHANGES[SyncOp(event.op)]
    kind = evidence.facts.objects[event.object].type.rpartition(".")[2]
    moments = [Moment(event.actor, event.at, "act", f"{verb} {name}")]
    for each in _uses(event, at_home)[:1]:
        made_at = evidence.facts.actors[each.actor].created_at
        # `wait_for` makes a task up to 3.11, which runs nothing of the program's own: who called it uses the object.
        where = scene.find_place(At(each.at)) or (None if made_at is None else scene.find_place(made_at))
        moments.append(Moment(each.actor, each.at, "use", f"uses {name}", where))
    title = f"`{place.function}` {verb} {name}, an asyncio {kind}, from a thread that runs no event loop"
    return _finding(scene, title, name, moments)


def _uses(event: Operation, at_home: Sequence[Operation]) -> Sequence[Operation]:
    """What is done with the object on its loop, first what may wait for the change; actors that make the same change do not wait for it.

    Of a queue, that is the actor that takes the item: as many items are taken before as were put before.
    """
    others = [each for each in at_home if each.op != event.op]
    if event.op == SyncOp.PUT:
        before = sum(each.op == SyncOp.PUT and each.order < event.order for each in at_home)
        takers = [each for each in others if each.op == SyncOp.GET]
        others = [*takers[before:], *others]
    return others or at_home


def _finding(scene: Scene, title: str, resource: str, moments: list[Moment]) -> Finding:
    return scene.finding(
        kind="data_race",
        weight=weights.WRONG_THREAD,
        title=title,
        resource=resource,
        events=moments,
        recommendation="make the call on the loop: `loop.call_soon_threadsafe(…)`, or `asyncio.run_coroutine_threadsafe(…)` for a coroutine",
        explanation=(
            "asyncio objects are not thread-safe. The change can happen in the middle of the loop's own work on the object, and it does not wake the "
            "loop: the waiter proceeds only when something else wakes the loop."
        ),
    )
