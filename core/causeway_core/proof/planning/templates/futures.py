"""Orders for futures that two actors resolve, or that are resolved too late, and for callbacks that are added once the future is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.analysis.detectors.event_loop.synchronous_callback import ADDS
from causeway_core.analysis.detectors.futures.resolved_in_callback import CANCELS_WAITER, GIVES_UP, HANDS_OVER, RESOLVES
from causeway_core.analysis.detectors.futures.resolved_twice import SETTLE, SETTLES_TOO
from causeway_core.model.order import Order, OrderPlace
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


def cancelled_before_it_is_resolved(events: RoleEvents) -> Iterator[Order]:
    """A task cancels a future, or who waits for it, when a thread has asked the loop to resolve it, and before the loop does. Raises Unplaced.

    A future that was itself cancelled in the recorded run was so before the thread got to it: the thread's next request, and the callback that
    follows, are its. A waiter was cancelled too late: this request and this callback are.
    """
    of_waiter = CANCELS_WAITER in events.roles
    role, what = (CANCELS_WAITER, "the waiter") if of_waiter else (GIVES_UP, "the future")
    at, thread, task, callback = events.at, events.actor(HANDS_OVER), events.actor(role), events.actor(RESOLVES)
    if thread is None or task is None or callback is None:
        return
    a = events.anchors
    who, asker, runs = a.actor_of(task), a.actor_of(thread), a.actor_of(callback).path
    cancels, starts, since = a.operation(task, at[role], "acquire"), a.step_starts(task, at[role]), a.since_event(who, at[role])
    asks = a.operation(thread, at[HANDS_OVER], "acquire")
    if not of_waiter:
        asks, runs = replace(asks, nth=asks.nth + 1), next_path(runs)
    if starts is None:
        return
    says = f"{who.title} cancels {what} when {asker.title} has asked the loop to resolve {'its future' if of_waiter else 'it'}"
    yield drafted("bad", f"{says}, before the loop does", [(asks, starts, since), (cancels, OrderPlace(runs, "start"), None)])
    yield drafted("serial", f"{who.title} would cancel it when it is resolved", [(OrderPlace(runs, "end"), starts, since)])


def next_path(path: str) -> str:
    """The path of the next actor of the same name and creator."""
    above, slash, name = path.rpartition("/")
    base, _, number = name.partition("#")
    return f"{above}{slash}{base}#{int(number or 1) + 1}"


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
