"""Orders for deadlocks: each actor is brought to where it holds the lock that the next one requests."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.locks.forked_lock import FORKS, HELD
from causeway_core.model import At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.planning.templates.events import RoleEvents


def each_its_first(events: RoleEvents) -> Iterator[Order]:
    """Each actor takes its first lock before any requests its second. A lock that one actor takes twice needs no order. Raises Unplaced."""
    sides = {actor: events for actor, events in events.by_actor("acquire", "wait").items() if len(events) >= 2}
    if len(sides) < 2:
        # Without a second actor there is nothing to force: a deadlock that struck strikes again in a plain run.
        if events.finding.tier == "likely":
            yield Order("bad", "as recorded", (), ())
        return
    names, a = list(sides), events.anchors
    firsts = {actor: _holding(a, actor, sides[actor][0], sides[actor][1]) for actor in names}
    seconds = {actor: a.operation(actor, sides[actor][1], "acquire") for actor in names}
    held = [(firsts[other], seconds[actor], firsts[actor]) for actor in names for other in names if other != actor]
    yield drafted("bad", "each takes its first lock before any requests its second", held)


def _holding(anchors: Anchors, actor: int, first: At, second: At) -> OrderPlace:
    """A place that an actor passes once it holds its first lock; if foreign code took it, the last place before the second request."""
    try:
        return anchors.operation(actor, first, "acquire")
    except Unplaced:
        place = anchors.since_event(anchors.actor_of(actor), second, after=first)
        if place is None:
            raise
        return place


def forked_while_held(events: RoleEvents) -> Iterator[Order]:
    """A process is forked while a thread holds a lock. Raises Unplaced."""
    holder, forker = events.thread(HELD), events.thread(FORKS)
    if holder is None or forker is None:
        return
    a, at = events.anchors, events.at
    one, two = a.actor_of(holder), a.actor_of(forker)
    has, forks, stays = a.operation(holder, at[HELD], "acquire"), a.operation(forker, at[FORKS], "acquire"), a.following(holder, at[HELD])
    if stays is not None:
        says = f"{two.title} starts a process while {one.title} has the lock"
        yield drafted("bad", says, [(has, forks, a.held_since_event(two, at[FORKS], at[HELD])), (forks, stays, has)])


def waits_under_lock(events: RoleEvents) -> Iterator[Order]:
    """One actor holds the lock before the other requests it; or the other requests it only once the first is blocked. Raises Unplaced."""
    a, at = events.anchors, events.at
    holder, asker = events.actor("acquire"), events.actor("ask")
    if holder is None or asker is None:
        return
    one, two = a.actor_of(holder), a.actor_of(asker)
    has, asks, since = a.operation(holder, at["acquire"], "acquire"), a.operation(asker, at["ask"], "acquire"), a.since_event(two, at["ask"])
    # When nothing else can move, the order is given up and the first actor continues to its wait: a hang is then the program's own.
    says = f"{one.title} takes the lock before {two.title} requests it"
    stays = a.following(holder, at["acquire"]) if one.kind == "thread" else a.resumed_after(one, at["acquire"])
    yield drafted("bad", says, [(has, asks, since), *([] if stays is None else [(asks, stays, has)])])
    before = (a.preceding(asker, at["ask"]) if two.kind == "thread" else None) or since
    yield drafted("bad", f"{two.title} requests the lock only after {one.title} has ended or is blocked", [(a.end(one), asks, before)])
