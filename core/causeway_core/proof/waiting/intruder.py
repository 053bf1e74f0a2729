"""Orders for what comes in between while a lock is held, and asks for that lock: a signal handler, a finalizer, a callback."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.self_lock import signal_handlers
from causeway_core.model import At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.draft import drafted
from causeway_core.proof.waiting.told import Told

INTRUDERS = frozenset({"signal handler", "finalizer", "callback"})
_TRIED = 4
"""Acquisitions at which garbage is collected."""


def comes_in_between(told: Told) -> Iterator[Order]:
    """A signal arrives, or garbage is collected, while the lock is held; or a future is done before its callback is added. Raises Unplaced."""
    holder = told.work(told.at["acquire"])
    if holder is None:
        return
    has = told.anchors.operation(holder, told.at["acquire"], "acquire")
    if "callback" in told.at and "add" in told.at:
        yield from _done_before(told, holder, has)
    elif "signal handler" in told.at:
        name = told.anchors.actor_of(holder).title
        for signal in dict.fromkeys(signal_handlers(told.evidence.texts).values()):
            yield Order("bad", f"{signal} arrives while {name} holds the lock", (("a1", has),), (), inject=(("a1", f"signal {signal}"),))
    elif "finalizer" in told.at:
        yield from _collected(told, holder, has)


def _done_before(told: Told, holder: int, has: OrderPlace) -> Iterator[Order]:
    a, settles = told.anchors, told.actor("callback")
    if settles is None or settles == holder:
        return
    who, (adds, before) = a.actor_of(settles), a.upcoming(holder, told.at["add"], told.line("add"))
    yield drafted("bad", f"{who.title} has ended before {a.actor_of(holder).title} adds its callback", [(a.end(who), adds, before or has)])


def _collected(told: Told, holder: int, has: OrderPlace) -> Iterator[Order]:
    """What is garbage at which acquisition is not known: the nearest few are tried."""
    a, taken, keeper = told.anchors, told.at["acquire"], told.actor("keeps")
    one = a.actor_of(holder)
    if keeper is not None:
        who = a.actor_of(keeper)
        before = a.preceding(holder, taken) or a.since_event(one, taken)
        says = f"{who.title}, which has it too, ends before {one.title} takes the lock and lets go of it"
        yield drafted("bad", says, [(a.end(who), has, before)])
    for moment in _acquisitions(told, taken):
        place = a.operation(holder, moment, "acquire")
        yield Order("bad", f"garbage is collected while {one.title} holds the lock", (("a1", place),), (), inject=(("a1", "collect"),))


def _acquisitions(told: Told, at: At) -> list[At]:
    """Those of the lock taken at an event, by the same actor, nearest to that event first."""
    holds = told.evidence.holds
    taken = next((hold for hold in holds.holds if hold.at == at), None)
    if taken is None:
        return []
    alike = [hold for hold in holds.of(taken.object) if hold.actor == taken.actor]
    return [At(hold.at) for hold in sorted(alike, key=lambda hold: abs(hold.order - taken.order))[:_TRIED]]
