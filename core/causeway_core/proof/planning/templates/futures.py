"""Orders for futures that two actors resolve, and for callbacks that are added once the future is done."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.detectors.event_loop.synchronous_callback import ADDS
from causeway_core.analysis.detectors.futures.resolved_twice import SETTLE, SETTLES_TOO
from causeway_core.model.order import Order
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents


def resolved_by_the_other(events: RoleEvents) -> Iterator[Order]:
    """The other actor resolves the future first, after the first actor's check of it if there was one. Raises Unplaced."""
    at, first, second = events.at, events.actor(SETTLE), events.actor(SETTLES_TOO)
    if first is None or second is None:
        return
    a = events.anchors
    one, two = a.actor_of(first), a.actor_of(second)
    looks, settles, too = (a.operation(actor, at[role], "acquire") for actor, role in ((first, "look"), (first, SETTLE), (second, SETTLES_TOO)))
    since, before = a.held_since_event(two, at[SETTLES_TOO], at["look"]), a.held_since_event(one, at["look"], at[SETTLES_TOO])
    says = f"{two.title} resolves it before {one.title}"
    for end in (a.end(two), a.following(second, at[SETTLES_TOO])):
        if end is not None:
            yield drafted("bad", f"{says}, which has already looked at it", [(looks, too, since), (end, settles, looks)])
            yield drafted("bad", says, [(end, settles, before)])
    yield drafted("serial", f"{one.title} resolves it first", [(settles, too, since)])


def added_when_done(events: RoleEvents) -> Iterator[Order]:
    """The pool is done with the work before the callback is added. Raises Unplaced.

    The only thread of a pool does not end on its own. When it becomes idle, the order is given up; a hang is then the program's own.
    """
    task, worker = events.thread("submits"), events.actor("works")
    if task is None or worker is None:
        return
    a = events.anchors
    who, (place, before) = a.actor_of(worker), a.upcoming(task, events.at["submits"], events.line(ADDS))
    yield drafted("bad", f"{who.title} has ended before {a.actor_of(task).title} adds the callback", [(a.end(who), place, before)])
