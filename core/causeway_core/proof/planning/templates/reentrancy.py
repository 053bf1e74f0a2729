"""Orders for code that interrupts the holder of a lock and requests that lock: a signal handler, a finalizer, a callback."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.locks.self_deadlock import signal_handlers
from causeway_core.model import At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents

REENTRANT_ROLES = frozenset({"signal handler", "finalizer", "callback"})
_TRIED = 4
"""Acquisitions at which garbage is collected."""


def reenters_under_lock(events: RoleEvents) -> Iterator[Order]:
    """A signal arrives, or garbage is collected, while the lock is held; or a future is done before its callback is added. Raises Unplaced."""
    holder = events.work(events.at["acquire"])
    if holder is None:
        return
    has = events.anchors.operation(holder, events.at["acquire"], "acquire")
    if "callback" in events.at and "add" in events.at:
        yield from _done_before(events, holder, has)
    elif "signal handler" in events.at:
        name = events.anchors.actor_of(holder).title
        for signal in dict.fromkeys(signal_handlers(events.evidence.texts).values()):
            yield Order("bad", f"{signal} arrives while {name} holds the lock", (("a1", has),), (), inject=(("a1", f"signal {signal}"),))
    elif "finalizer" in events.at:
        yield from _collected(events, holder, has)


def _done_before(events: RoleEvents, holder: int, has: OrderPlace) -> Iterator[Order]:
    a, settles = events.anchors, events.actor("callback")
    if settles is None or settles == holder:
        return
    who, (adds, before) = a.actor_of(settles), a.upcoming(holder, events.at["add"], events.line("add"))
    yield drafted("bad", f"{who.title} has ended before {a.actor_of(holder).title} adds its callback", [(a.end(who), adds, before or has)])


def _collected(events: RoleEvents, holder: int, has: OrderPlace) -> Iterator[Order]:
    """At which acquisition there is garbage is unknown: the nearest few are tried."""
    a, taken, keeper = events.anchors, events.at["acquire"], events.actor("keeps")
    one = a.actor_of(holder)
    if keeper is not None:
        who = a.actor_of(keeper)
        before = a.preceding(holder, taken) or a.since_event(one, taken)
        says = f"{who.title}, which also references it, ends before {one.title} takes the lock and drops its reference"
        yield drafted("bad", says, [(a.end(who), has, before)])
    for moment in _acquisitions(events, taken):
        place = a.operation(holder, moment, "acquire")
        yield Order("bad", f"garbage is collected while {one.title} holds the lock", (("a1", place),), (), inject=(("a1", "collect"),))


def _acquisitions(events: RoleEvents, at: At) -> list[At]:
    """The acquisitions, by the same actor, of the lock acquired at an event; those nearest to the event first."""
    holds = events.evidence.holds
    taken = next((hold for hold in holds.holds if hold.at == at), None)
    if taken is None:
        return []
    alike = [hold for hold in holds.of(taken.object) if hold.actor == taken.actor]
    return [At(hold.at) for hold in sorted(alike, key=lambda hold: abs(hold.order - taken.order))[:_TRIED]]
