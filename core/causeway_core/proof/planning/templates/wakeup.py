"""Orders for lost wake-ups: the notification comes before the wait, or is cleared before the waiter sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from causeway_core.analysis.detectors.wakeups.early_set import ANNOUNCES, READS, WRITES
from causeway_core.analysis.detectors.wakeups.reset_request import REQUESTS, RESETS
from causeway_core.analysis.detectors.wakeups.stale_decision import REGISTERS
from causeway_core.analysis.detectors.wakeups.stale_event import CLEARS_LATE, WAITS_AFTER
from causeway_core.analysis.detectors.wakeups.unreached_set import CHECKS, GIVES_UP_FIRST
from causeway_core.analysis.detectors.wakeups.unreached_wait import UNREACHED
from causeway_core.analysis.detectors.wakeups.unrechecked_wait import UNDOES
from causeway_core.analysis.detectors.wakeups.wrong_waiter import ONE_KIND, OTHER_KIND
from causeway_core.model import At
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.templates.events import RoleEvents
from causeway_core.wire.kinds import SyncOp

MOST_CALLERS = 2
"""Functions around a notification that may set the state it is about."""


def notified_before(events: RoleEvents) -> Iterator[Order]:
    """The notification comes before the wait. Raises Unplaced."""
    notifier, waiter = events.thread("notify"), events.thread("wait")
    if notifier is None or waiter is None:
        return
    a, at = events.anchors, events.at
    notify, wait = a.operation(notifier, at["notify"], "acquire"), a.operation(waiter, at["wait"], "acquire")
    who, other = a.actor_of(notifier), a.actor_of(waiter)
    if events.thread("clear") == notifier:
        notify = a.operation(notifier, at["clear"], "acquire")
    says, since = f"{who.title} notifies before {other.title} waits", a.since_event(other, at["wait"])
    if "late" in at:
        looks, sets = a.operation(waiter, at["look"], "acquire"), a.operation(notifier, at["late"], "acquire")
        says = f"{who.title} notifies, {other.title} checks the state, and only then {who.title} sets it"
        yield drafted("bad", says, [(notify, wait, since), (looks, sets, notify)])
    elif "look" in at:
        yield drafted("bad", f"{says} and after it has checked the state", [(notify, wait, a.operation(waiter, at["look"], "acquire"))])
    else:
        yield drafted("bad", says, [(notify, wait, since)])
        before = a.preceding(waiter, at["wait"])
        if before is not None and before != since:
            yield drafted("bad", f"{says}, which has reached the preceding statement", [(notify, wait, before)])
        if "clear" in at:
            yield from _last_pulse(events, notifier, waiter)
        elif since is not None:
            yield from _decided_before(events, notifier, (notify, wait, since))


def requested_before_reset(events: RoleEvents) -> Iterator[Order]:
    """The request comes before the thread that it is for resets the flag. Raises Unplaced."""
    thread, other = events.actor(RESETS), events.actor(REQUESTS)
    if thread is None or other is None:
        return
    a, at = events.anchors, events.at
    who, asker = a.actor_of(thread), a.actor_of(other)
    resets, asks = a.operation(thread, at[RESETS], "acquire"), a.operation(other, at[REQUESTS], "acquire")
    yield drafted("bad", f"{asker.title} sets it before {who.title} resets it", [(asks, resets, a.since_event(who, at[RESETS]))])
    yield drafted("serial", f"{who.title} resets it first", [(resets, asks, a.since_event(asker, at[REQUESTS]))])


def read_before_written(events: RoleEvents) -> Iterator[Order]:
    """An actor that has waited for an event reads what is written only after the event was set. Raises Unplaced."""
    writer, reader = events.thread(ANNOUNCES), events.thread(READS)
    if writer is None or reader is None:
        return
    a, at = events.anchors, events.at
    who, other = a.actor_of(writer), a.actor_of(reader)
    sets, (write, read) = a.operation(writer, at[ANNOUNCES], "acquire"), (events.row(role) for role in (WRITES, READS))
    writes, reads = a.access(write), a.access(read)
    yield drafted("bad", f"{who.title} sets the event and is held before it writes, until {other.title} has read", [(reads, writes, sets)])
    yield drafted("bad", f"{who.title} sets the event and is held before it writes, until {other.title} has ended", [(a.end(other), writes, sets)])
    yield drafted("serial", f"{who.title} writes before {other.title} reads", [(writes, reads, a.since(read))])


def not_waited_for(events: RoleEvents) -> Iterator[Order]:
    """An actor waits for an event that is still set, before the other clears it. Raises Unplaced."""
    worker, waiter = events.thread(CLEARS_LATE), events.thread(WAITS_AFTER)
    if worker is None or waiter is None:
        return
    a, at = events.anchors, events.at
    who, other = a.actor_of(worker), a.actor_of(waiter)
    clears, waits = a.operation(worker, at[CLEARS_LATE], "acquire"), a.operation(waiter, at[WAITS_AFTER], "acquire")
    since = a.since_event(who, at[CLEARS_LATE]) if who.kind == "task" else a.preceding(worker, at[CLEARS_LATE])
    says = f"{other.title} waits for the event before {who.title} clears it"
    for passed, how in ((a.following(waiter, at[WAITS_AFTER]), "and has gone on"), (a.end(other), "and has ended"), (waits, "")):
        if passed is not None:
            yield drafted("bad", f"{says}, {how}".rstrip(", "), [(passed, clears, since)])
    yield drafted("serial", f"{who.title} clears it first", [(clears, waits, a.since_event(other, at[WAITS_AFTER]))])


def written_before_check(events: RoleEvents) -> Iterator[Order]:
    """The actor that waits writes what the setter checks before it has checked that. Raises Unplaced."""
    setter, waiter = events.thread(CHECKS), events.thread(GIVES_UP_FIRST)
    if setter is None or waiter is None:
        return
    a, who, other = events.anchors, events.anchors.actor_of(setter), events.anchors.actor_of(waiter)
    read, write = events.row(CHECKS), events.row(GIVES_UP_FIRST)
    checks, writes = a.access(read), a.access(write)
    for since in dict.fromkeys((a.since(read), a.held_since(read, write))):
        yield drafted("bad", f"{other.title} writes it before {who.title} checks it", [(writes, checks, since)])
    yield drafted("serial", f"{who.title} checks it first", [(checks, writes, a.held_since(write, read))])


def _decided_before(events: RoleEvents, notifier: int, held: tuple[OrderPlace, OrderPlace, OrderPlace]) -> Iterator[Order]:
    """The waiter has decided to wait before the function began in which the notifier sets the state, but waits only after the notification.

    The recorded wait checks no state itself, so its caller does. What sets the state is a caller of the notification, or calls it itself.
    """
    a, (*_, since) = events.anchors, held
    if a.actor_of(notifier).kind not in ("thread", "process"):
        return
    for call, first in islice(a.calls_around(notifier, events.at["notify"]), MOST_CALLERS):
        says = f"{a.actor_of(notifier).title} begins `{call.qualname}` after {since.qualname} has been called, and notifies before it waits"
        yield drafted("bad", says, [(since, first, call), held])


def _last_pulse(events: RoleEvents, notifier: int, waiter: int) -> Iterator[Order]:
    """The last set-and-clear of an event comes before the wait that it ended. A later one would make up for an earlier one that is missed."""
    a, operations = events.anchors, events.evidence.facts.operations
    mine = [each for each in operations if each.at == events.at["clear"]]
    pulsed = [each for each in operations if mine and each.object == mine[0].object]
    clears = [each for each in pulsed if each.op == SyncOp.EVENT_CLEAR and each.actor == notifier]
    waits = [each for each in pulsed if each.op == SyncOp.WAIT_BEGIN and each.actor == waiter and clears and each.order < clears[-1].order]
    if len(clears) < 2 or not waits:
        return
    last, ended = At(clears[-1].at), At(waits[-1].at)
    before = a.preceding(waiter, ended)
    if before is not None:
        says = f"{a.actor_of(notifier).title} notifies for the last time before {a.actor_of(waiter).title} waits again"
        yield drafted("bad", says, [(a.operation(notifier, last, "acquire"), a.operation(waiter, ended, "acquire"), before)])


def set_between_look_and_reset(events: RoleEvents) -> Iterator[Order]:
    """The state changes and the event is set between the waiter's check and its clear of the event, or its registration. Raises
    Unplaced.
    """
    at, setter, waiter = events.at, events.actor("notify"), events.actor("wait")
    if setter is None or waiter is None:
        return
    a = events.anchors
    who, other = a.actor_of(setter), a.actor_of(waiter)
    sets, since = a.operation(setter, at["notify"], "acquire"), a.held_since_event(who, at["notify"], at["look"])
    resets, words = ("clear", "clears it") if "clear" in at else (REGISTERS, "registers")
    looks, clears = (a.operation(waiter, at[role], "acquire") for role in ("look", resets))
    says = f"{who.title} sets it after {other.title} has checked the state and before {other.title} {words}"
    for begins in dict.fromkeys((a.since_event(who, at["notify"]), since)):
        yield drafted("bad", says, [(looks, sets, begins), (sets, clears, looks)])
    yield drafted("serial", f"{who.title} sets it before {other.title} checks the state", [(sets, looks, a.since_event(other, at["look"]))])
    yield drafted("serial", f"{who.title} sets it while {other.title} waits", [(clears, sets, since)])


def set_before_unreached_clear(events: RoleEvents) -> Iterator[Order]:
    """The state changes and the event is set after the waiter's check, before it reaches the clear of the event. Raises Unplaced."""
    at, setter, waiter = events.at, events.actor("notify"), events.actor("look")
    if setter is None or waiter is None:
        return
    a = events.anchors
    who, other = a.actor_of(setter), a.actor_of(waiter)
    looks, sets = a.operation(waiter, at["look"], "acquire"), a.operation(setter, at["notify"], "acquire")
    changes, clears = a.operation(setter, at["change"], "acquire"), a.unreached(waiter, at["look"], events.line(UNREACHED))
    says = f"{who.title} sets it after {other.title} has checked the state and before {other.title} clears it"
    for since in dict.fromkeys((a.held_since_event(who, at["change"], at["look"]), a.since_event(who, at["change"]))):
        yield drafted("bad", says, [(looks, changes, since), (sets, clears, looks)])
    yield drafted("serial", f"{who.title} sets it before {other.title} checks the state", [(sets, looks, a.since_event(other, at["look"]))])


def undo_before_reacquire(events: RoleEvents) -> Iterator[Order]:
    """A notified waiter re-acquires its lock only after another actor has undone what it waited for. Raises Unplaced."""
    at, waiter, other = events.at, events.thread("wait"), events.thread(UNDOES)
    if waiter is None or other is None:
        return
    a = events.anchors
    who, undoer = a.actor_of(waiter), a.actor_of(other)
    waits, goes_on = a.operation(waiter, at["wait"], "await"), a.operation(waiter, at["goes on"], "acquire")
    undoes = a.operation(other, at[UNDOES], "acquire")
    says = f"{undoer.title} undoes the change before {who.title}, already notified, holds its lock again"
    yield drafted("bad", says, [(undoes, goes_on, waits)])
    says = f"{undoer.title} undoes the change after {who.title} has continued"
    yield drafted("serial", says, [(goes_on, undoes, a.since_event(undoer, at[UNDOES]))])


def wake_wrong_kind(events: RoleEvents) -> Iterator[Order]:
    """A notification reaches a waiter of the wrong kind.

    Two actors of one kind wait. One of the other kind notifies the first of them; before that one re-acquires the lock, the second of the other kind
    waits too. The next notification may then wake an actor of the notifier's own kind. Raises Unplaced.
    """
    a = events.anchors

    def kind(roles: tuple[str, str, str]) -> list[tuple[OrderPlace, OrderPlace, OrderPlace]]:
        """For both threads of a kind: the start, the wait and the notification."""
        found = []
        for role in roles[:2]:
            at, actor = events.at[role], events.thread(role)
            if actor is not None:
                waits = replace(a.unreached(actor, at, events.line(roles[2])), access="await")
                found.append((OrderPlace(waits.actor, "start"), waits, a.operation(actor, at, "acquire")))
        return found

    for wakers, woken in ((ONE_KIND, OTHER_KIND), (OTHER_KIND, ONE_KIND)):
        (begins, _, notifies), (second_begins, second_waits, _) = kind(wakers)
        (_, waits, goes_on), (other_begins, other_waits, _) = kind(woken)
        says = (
            f"two wait at line {waits.line}, and one waits at line {second_waits.line} before the first of them, already notified, "
            "holds its lock again"
        )
        held = [(waits, other_begins, None), (other_waits, begins, None), (notifies, second_begins, None), (second_waits, goes_on, waits)]
        yield drafted("bad", says, held)


def both_wait(events: RoleEvents) -> Iterator[Order]:
    """Both waiters check the state before the notifier changes it. Raises Unplaced."""
    waiters, notifier = (events.work(events.at["wait"]), events.work(events.at["also"])), events.work(events.at["hold"])
    if notifier is None or None in waiters:
        return
    a, hold = events.anchors, events.at["hold"]
    changes, since = a.operation(notifier, hold, "acquire"), a.since_event(a.actor_of(notifier), hold)
    looks = [a.preceding(who, events.at[role]) for who, role in zip(waiters, ("wait", "also"), strict=True) if who is not None]
    if None not in looks:
        held = [(look, changes, since) for look in looks if look is not None]
        yield drafted("bad", f"both wait before {a.actor_of(notifier).title} notifies", held)
