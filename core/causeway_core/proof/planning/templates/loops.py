"""Orders for objects of an event loop that are used from outside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.model import At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def changed_from_outside(events: RoleEvents) -> Iterator[Order]:
    """A thread changes an object of a loop, which checks the calling thread: once as recorded, once while a task waits for it. Raises Unplaced."""
    yield Order("bad", "the event loop checks which thread uses it", (), (), checks=("loop",))
    at, acts, use = events.at, events.actor("act"), _use(events)
    if acts is None or use is None or events.anchors.actor_of(use[0]).kind != "task":
        return
    (uses, used), a = use, events.anchors
    one, two = a.actor_of(acts), a.actor_of(uses)
    if one.kind == "task":
        has, asks, goes_on = a.operation(acts, at["act"], "acquire"), a.operation(uses, used, "acquire"), a.following(acts, at["act"])
        waits, since = a.operation(uses, used, "await"), a.since_event(two, used)
        held = [(has, asks, since), *([] if goes_on is None else [(waits, goes_on, has)])]
        says = f"{two.title} waits for it while {one.title} holds it, on another loop; each loop checks which thread uses it"
        yield replace(drafted("bad", says, held), checks=("loop",))
        return
    waits, changes = a.operation(uses, used, "await"), a.operation(acts, at["act"], "acquire")
    for since in dict.fromkeys((None, a.since_event(one, at["act"]))):
        says = f"{one.title} changes it while {two.title} waits for it; the event loop checks which thread does"
        order = drafted("bad", says, [(waits, changes, since)])
        yield replace(order, checks=("loop",))


def _use(events: RoleEvents) -> tuple[int, At] | None:
    """The actor that uses the object, and when. For a task without code of the program (`wait_for` up to 3.11 creates one) its creator."""
    uses, at = events.actor("use"), events.at.get("use")
    if uses is None or at is None:
        return None
    made_at = events.anchors.actor_of(uses).created_at
    maker = events.work(made_at)
    if events.anchors.has_place(at) or made_at is None or maker is None:
        return uses, at
    return maker, made_at


def asks_when_joined(events: RoleEvents) -> Iterator[Order]:
    """The thread calls into the loop only once the task is about to join the thread. Raises Unplaced."""
    thread, task = events.actor("asks loop"), events.actor("joins")
    if thread is None or task is None:
        return
    a, asking, joins = events.anchors, events.at["asks loop"], events.at["joins"]
    # A function that only joins has no earlier statement.
    before = a.preceding(task, joins) or a.last_before(a.actor_of(task), joins)
    if before is None:
        return
    asks, one, two = a.operation(thread, asking, "acquire"), a.actor_of(thread), a.actor_of(task)
    for since in dict.fromkeys((a.since_event(one, asking), None)):
        yield drafted("bad", f"{one.title} asks the loop while {two.title} waits for {one.title} to end", [(before, asks, since)])


def set_after_clear(events: RoleEvents) -> Iterator[Order]:
    """The callback that sets the event runs after the other actor has cleared it. Raises Unplaced."""
    sets, clears = events.actor("set late"), events.actor("clear")
    if sets is None or clears is None:
        return
    a = events.anchors
    cleared = a.operation(clears, events.at["clear"], "acquire")
    says = f"{a.actor_of(clears).title} clears it before the callback sets it"
    yield drafted("bad", says, [(cleared, OrderPlace(a.actor_of(sets).path, "start"), None)])
