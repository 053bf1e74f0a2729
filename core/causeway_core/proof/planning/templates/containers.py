"""Orders for queues and containers in which one actor takes, puts or removes what the other relies on."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.atomicity.double_removal import REMOVES, TAKES_TOO
from causeway_core.analysis.detectors.queues.check_then_get import ANOTHER, ANOTHER_ENDS, TAKES
from causeway_core.analysis.detectors.queues.put_after_sentinel import LAST, LATE
from causeway_core.analysis.detectors.queues.split_message import BETWEEN, PART, REST
from causeway_core.analysis.detectors.wakeups.late_registration import ENTERS, FINDS
from causeway_core.model import Actor, At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def take_all_items(events: RoleEvents) -> Iterator[Order]:
    """One actor is held between its check of a queue and its first item until the other has taken all items. Raises Unplaced."""
    if ANOTHER_ENDS in events.roles:
        yield from _other_takes_first(events)
        return
    a, one, two = events.anchors, events.thread(TAKES), events.thread(ANOTHER)
    if one is None or two is None:
        return
    take, other = events.at[TAKES], events.at[ANOTHER]
    looks, begins = _looked(events, one, take), _looked(events, two, other)
    if looks is None or begins is None:
        return
    held, who = a.actor_of(one), a.actor_of(two)
    says = f"{held.title} is held before it takes an item, until {who.title} has ended"
    yield drafted("bad", says, [(looks, begins, a.held_since_event(who, other, take)), (a.end(who), a.operation(one, take, "acquire"), looks)])


def _other_takes_first(events: RoleEvents) -> Iterator[Order]:
    """The same if the other actor came too late for an item in the recorded run."""
    a, one, two = events.anchors, events.actor(TAKES), events.actor(ANOTHER_ENDS)
    looks = None if one is None else _looked(events, one, events.at[TAKES])
    if one is None or two is None or looks is None:
        return
    who, says = a.actor_of(two), f"{a.actor_of(one).title} is held before it takes an item"
    yield drafted("bad", f"{says}, until {who.title} has ended", [(a.end(who), a.operation(one, events.at[TAKES], "acquire"), looks)])


def _looked(events: RoleEvents, actor: int, take: At) -> OrderPlace | None:
    """Where an actor has checked a queue and can be held before it takes an item; a task only where it suspends."""
    a, who = events.anchors, events.anchors.actor_of(actor)
    return a.since_event(who, take) if who.kind == "task" else a.preceding(actor, take)


def take_in_between(events: RoleEvents) -> Iterator[Order]:
    """Another actor takes an item between two that one actor takes for one message. Raises Unplaced."""
    at, first, second = events.at, events.thread(PART), events.thread(BETWEEN)
    if first is None or second is None:
        return
    a = events.anchors
    one, two = a.actor_of(first), a.actor_of(second)
    part, rest, other = a.operation(first, at[PART], "acquire"), a.operation(first, at[REST], "acquire"), a.operation(second, at[BETWEEN], "acquire")
    since = a.held_since_event(two, at[BETWEEN], at[PART])
    # A task can only be held where it waits next.
    goes_on = a.resumed_after(one, at[PART]) if one.kind == "task" else rest
    says = f"{two.title} takes an item after {one.title} has taken the first part of a message"
    if goes_on is not None:
        yield drafted("bad", says, [(part, other, since), (other, goes_on, part)])
    yield drafted("serial", f"{one.title} takes the whole message first", [(rest, other, since)])


def put_after_last_item(events: RoleEvents) -> Iterator[Order]:
    """The last item (the sentinel) is put before the other actor's item. Raises Unplaced."""
    at, late, last = events.at, events.actor(LATE), events.actor(LAST)
    if late is None or last is None:
        return
    a = events.anchors
    one, two = a.actor_of(late), a.actor_of(last)
    puts, ends = a.operation(late, at[LATE], "acquire"), a.operation(last, at[LAST], "acquire")
    says = f"{two.title} puts the last item before {one.title} puts its own"
    for since in dict.fromkeys((a.since_event(one, at[LATE]), a.held_since_event(one, at[LATE], at[LAST]))):
        yield drafted("bad", says, [(ends, puts, since)])
    yield drafted("serial", f"{two.title} puts the last item after {one.title} has ended", [(a.end(one), ends, a.since_event(two, at[LAST]))])


def iterate_before_removal(events: RoleEvents) -> Iterator[Order]:
    """The second actor iterates the container before the first removes from it. If both need a lock, the second takes it first.

    Raises Unplaced.
    """
    at, first, second = events.at, events.actor(REMOVES), events.actor(TAKES_TOO)
    if first is None or second is None:
        return
    a = events.anchors
    one, two = a.actor_of(first), a.actor_of(second)
    removes, looks = a.operation(first, at[REMOVES], "acquire"), a.operation(second, at[TAKES_TOO], "acquire")
    before, since = a.since_event(two, at[TAKES_TOO]), a.held_since_event(two, at[TAKES_TOO], at[REMOVES])
    says = f"{two.title} goes through it while {one.title} is about to remove from it"
    for way, begun in _ways(events, one, at[REMOVES]):
        if before is not None:
            held = [(before, way, a.since_event(one, begun)), (way, looks, before), (looks, removes, way)]
            yield drafted("bad", f"{says}, and has reached the point where it waits", held)
        yield drafted("bad", says, [(way, looks, since), (looks, removes, way)])
    yield drafted("serial", f"{one.title} removes it first", [(removes, looks, since)])


def _ways(events: RoleEvents, actor: Actor, at: At) -> Iterator[tuple[OrderPlace, At]]:
    """Places shortly before an event, each with an event of its step: before each lock that is held at the event, and where the actor was last
    suspended."""
    a = events.anchors
    for hold in events.evidence.holds.holds:
        if hold.actor == actor.id and hold.at < at and (hold.until_at is None or hold.until_at > at):
            asks = a.last_before(actor, At(hold.at))
            if asks is not None:
                yield asks, At(hold.at)
    way, begun = a.since_event(actor, at), a.before_step(actor, at)
    if way is not None and begun is not None:
        yield way, begun


def look_up_before_entry(events: RoleEvents) -> Iterator[Order]:
    """The other actor looks before the waiter has put its entry there, and before the waiter takes the lock that both use for that, if any.

    Raises Unplaced.
    """
    at, waiter, setter = events.at, events.actor(ENTERS), events.actor(FINDS)
    if waiter is None or setter is None:
        return
    a, theirs = events.anchors, events.locks_at(setter, at[FINDS])
    who, other = a.actor_of(setter), a.actor_of(waiter)
    before = min((taken for lock, taken in events.locks_at(waiter, at[ENTERS]).items() if lock in theirs), default=at[ENTERS])
    looks, enters = a.operation(setter, at[FINDS], "acquire"), a.operation(waiter, before, "acquire")
    gone = a.following(setter, at[FINDS])
    says = f"{who.title} looks for it before {other.title} has put it there"
    # An earlier statement of the function is what makes the other actor look.
    since = (a.preceding(waiter, before) if other.kind == "thread" else None) or a.since_event(other, before)
    yield drafted("bad", says, [(gone or looks, enters, since)])
    yield drafted("serial", f"{other.title} puts it there before {who.title} looks", [(a.operation(waiter, at[ENTERS], "acquire"), looks, None)])
