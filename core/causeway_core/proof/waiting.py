"""Orders for findings about waiting: each actor is brought to where it holds what the next one asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.analysis.detectors.answered_early import ENTERS, FINDS
from causeway_core.analysis.detectors.called_at_once import ADDS
from causeway_core.analysis.detectors.late_put import LAST, LATE
from causeway_core.analysis.detectors.queue_checks import ANOTHER, ANOTHER_ENDS, TAKES
from causeway_core.analysis.detectors.removed_twice import REMOVES, TAKES_TOO
from causeway_core.analysis.detectors.self_lock import signal_handlers
from causeway_core.analysis.detectors.settled_twice import SETTLE, SETTLES_TOO
from causeway_core.analysis.detectors.wakeup_unseen import UNREACHED
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Actor, At, Finding
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.anchors import Anchors, Unplaced
from causeway_core.proof.draft import drafted
from causeway_core.wire.kinds import SyncOp

_TRIED = 4
"""Acquisitions at which garbage is collected."""
_INTRUDERS = frozenset({"signal handler", "finalizer", "callback"})


class WaitingOrders:
    """Makes orders from the events of findings that are told as they are found: their roles say what each event is."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence

    def orders(self, finding: Finding) -> Iterator[Order]:
        """The orders of a finding; none where its events say too little. Raises Unplaced."""
        roles = {access.role for access in finding.accesses}
        if "asks loop" in roles:
            yield from self._stopped_loop(finding)
        elif ADDS in roles:
            yield from self._called_at_once(finding)
        elif TAKES in roles:
            yield from self._taken_first(finding)
        elif "set late" in roles:
            yield from self._set_late(finding)
        elif LATE in roles:
            yield from self._late_put(finding)
        elif TAKES_TOO in roles:
            yield from self._removed(finding)
        elif SETTLE in roles:
            yield from self._settled(finding)
        elif {"look", "clear"} <= roles:
            yield from self._reset(finding)
        elif ENTERS in roles:
            yield from self._entered_late(finding)
        elif UNREACHED in roles:
            yield from self._unseen(finding)
        elif finding.kind == "lost_wakeup":
            yield from self._wakeup(finding)
        elif finding.kind == "data_race":
            yield from self._foreign(finding)
        elif "also" in roles:
            yield from self._woken_together(finding)
        elif roles & _INTRUDERS:
            yield from self._intruded(finding)
        elif "ask" in roles:
            yield from self._under_lock(finding)
        else:
            yield from self._deadlock(finding)

    def _taken_first(self, finding: Finding) -> Iterator[Order]:
        """One actor is held between its look at a queue and its first item until the other has taken all there are."""
        a, events = self._anchors, {access.role: access.at for access in finding.accesses}
        if ANOTHER_ENDS in events:
            yield from self._taken_all(events[TAKES], events[ANOTHER_ENDS])
            return
        one, two = (self._evidence.actor_at(at) if (at := events[role]) is not None else None for role in (TAKES, ANOTHER))
        take, other = events[TAKES], events[ANOTHER]
        if one is None or two is None or take is None or other is None:
            return
        looks, begins = self._looked(one, take), self._looked(two, other)
        if looks is None or begins is None:
            return
        held, who = a.actor_of(one), a.actor_of(two)
        says = f"{held.title} is held before it takes an item, until {who.title} has ended"
        since = a.held_since_event(who, other, take)
        yield drafted("bad", says, [(looks, begins, since), (a.end(who), a.operation(one, take, "acquire"), looks)])

    def _looked(self, actor: int, take: At) -> OrderPlace | None:
        """Where an actor has looked at a queue and can be held before it takes an item; a task only where it gives way."""
        a, who = self._anchors, self._anchors.actor_of(actor)
        return a.since_event(who, take) if who.kind == "task" else a.preceding(actor, take)

    def _taken_all(self, take: At | None, ends: At | None) -> Iterator[Order]:
        """The same where the other came too late for an item in the recorded run."""
        a = self._anchors
        one, two = self._work(take), self._work(ends)
        looks = None if one is None or take is None else self._looked(one, take)
        if one is None or two is None or take is None or looks is None:
            return
        who, says = a.actor_of(two), f"{a.actor_of(one).title} is held before it takes an item"
        yield drafted("bad", f"{says}, until {who.title} has ended", [(a.end(who), a.operation(one, take, "acquire"), looks)])

    def _deadlock(self, finding: Finding) -> Iterator[Order]:
        """Each actor takes its first lock before any asks for its second; for a lock taken twice nothing needs to be forced."""
        sides = {actor: events for actor, events in self._by_actor(finding, "acquire", "wait").items() if len(events) >= 2}
        if len(sides) < 2:
            # Without a second actor nothing can be forced: one that struck strikes again, of one that did not a plain run says nothing.
            if finding.tier == "likely":
                yield Order("bad", "as it ran", (), ())
            return
        names, a = list(sides), self._anchors
        firsts = {actor: _holding(a, actor, sides[actor][0], sides[actor][1]) for actor in names}
        seconds = {actor: a.operation(actor, sides[actor][1], "acquire") for actor in names}
        held = [(firsts[other], seconds[actor], firsts[actor]) for actor in names for other in names if other != actor]
        yield drafted("bad", "each takes its first lock before any asks for its second", held)

    def _foreign(self, finding: Finding) -> Iterator[Order]:
        """A thread changes what belongs to a loop, which looks who does; as it ran, and when somebody is waiting for it."""
        yield Order("bad", "the event loop looks who uses it", (), (), checks=("loop",))
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        acts, uses = self._work(at.get("act")), self._work(at.get("use"))
        if acts is None or uses is None or self._anchors.actor_of(uses).kind != "task":
            return
        a, one, two = self._anchors, self._anchors.actor_of(acts), self._anchors.actor_of(uses)
        if one.kind == "task":
            has, asks, goes_on = a.operation(acts, at["act"], "acquire"), a.operation(uses, at["use"], "acquire"), a.following(acts, at["act"])
            waits, since = a.operation(uses, at["use"], "await"), a.since_event(two, at["use"])
            held = [(has, asks, since), *([] if goes_on is None else [(waits, goes_on, has)])]
            says = f"{two.title} waits for it while {one.title} has it, on another loop; the loops look who uses them"
            yield replace(drafted("bad", says, held), checks=("loop",))
            return
        waits, changes = a.operation(uses, at["use"], "await"), a.operation(acts, at["act"], "acquire")
        for since in dict.fromkeys((None, a.since_event(one, at["act"]))):
            order = drafted("bad", f"{one.title} changes it while {two.title} waits for it; the event loop looks who does", [(waits, changes, since)])
            yield replace(order, checks=("loop",))

    def _under_lock(self, finding: Finding) -> Iterator[Order]:
        """One has the lock before the other asks for it; or the other asks only when the first cannot go on."""
        a, at = self._anchors, {access.role: access.at for access in finding.accesses if access.at is not None}
        holder, asker = self._work(at.get("acquire")), self._work(at.get("ask"))
        if holder is None or asker is None:
            return
        one, two = a.actor_of(holder), a.actor_of(asker)
        has, asks, since = a.operation(holder, at["acquire"], "acquire"), a.operation(asker, at["ask"], "acquire"), a.since_event(two, at["ask"])
        # The first goes on to its wait when nothing else can move, which gives the order up: what hangs then, hangs by itself.
        says = f"{one.title} takes the lock before {two.title} asks for it"
        stays = a.following(holder, at["acquire"]) if one.kind == "thread" else a.resumed_after(one, at["acquire"])
        yield drafted("bad", says, [(has, asks, since), *([] if stays is None else [(asks, stays, has)])])
        before = (a.preceding(asker, at["ask"]) if two.kind == "thread" else None) or since
        yield drafted("bad", f"{two.title} does not ask for the lock before {one.title} has ended or cannot go on", [(a.end(one), asks, before)])

    def _intruded(self, finding: Finding) -> Iterator[Order]:
        """A signal arrives, or garbage is collected, while the lock is held; or a future is done before its callback is added."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        lines = {access.role: access.line for access in finding.accesses}
        a, holder = self._anchors, self._work(at["acquire"])
        if holder is None:
            return
        has, name = a.operation(holder, at["acquire"], "acquire"), a.actor_of(holder).title
        if "callback" in at and "add" in at:
            settles = self._work(at["callback"])
            if settles is not None and settles != holder:
                who, (adds, before) = a.actor_of(settles), a.upcoming(holder, at["add"], lines["add"])
                yield drafted("bad", f"{who.title} has ended before {name} adds its callback", [(a.end(who), adds, before or has)])
        elif "signal handler" in at:
            handlers = signal_handlers(self._evidence.texts)
            for signal in dict.fromkeys(handlers.values()):
                yield Order("bad", f"{signal} arrives while {name} holds the lock", (("a1", has),), (), inject=(("a1", f"signal {signal}"),))
        elif "finalizer" in at:
            keeper = self._work(at.get("keeps"))
            if keeper is not None:
                who = a.actor_of(keeper)
                before = a.preceding(holder, at["acquire"]) or a.since_event(a.actor_of(holder), at["acquire"])
                says = f"{who.title}, which has it too, ends before {name} takes the lock and lets go of it"
                yield drafted("bad", says, [(a.end(who), has, before)])
            # What is garbage at which acquisition is not known: the nearest few are tried.
            for moment in self._acquisitions(at["acquire"]):
                place = a.operation(holder, moment, "acquire")
                yield Order("bad", f"garbage is collected while {name} holds the lock", (("a1", place),), (), inject=(("a1", "collect"),))

    def _acquisitions(self, at: At) -> list[At]:
        """Those of the lock taken at an event, by the same actor, nearest to that event first."""
        holds = self._evidence.holds
        taken = next((hold for hold in holds.holds if hold.at == at), None)
        alike = [] if taken is None else [hold for hold in holds.of(taken.object) if hold.actor == taken.actor]
        return [At(hold.at) for hold in sorted(alike, key=lambda hold: abs(hold.order - (taken.order if taken else 0)))[:_TRIED]]

    def _work(self, at: At | None) -> int | None:
        """The actor of an event: a work item, where a pool ran it."""
        actor = None if at is None else self._evidence.actor_at(at)
        return None if at is None or actor is None else self._evidence.facts.work_of(actor, at)

    def _wakeup(self, finding: Finding) -> Iterator[Order]:
        """The notification comes before the wait."""
        ends = {access.role: access.at for access in finding.accesses if access.role in ("notify", "wait") and access.at is not None}
        actors = {role: self._evidence.actor_at(at) for role, at in ends.items()}
        notifier, waiter = actors.get("notify"), actors.get("wait")
        if notifier is None or waiter is None:
            return
        a = self._anchors
        notify, wait = a.operation(notifier, ends["notify"], "acquire"), a.operation(waiter, ends["wait"], "acquire")
        who, other = a.actor_of(notifier), a.actor_of(waiter)
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        if "clear" in at and self._evidence.actor_at(at["clear"]) == notifier:
            notify = a.operation(notifier, at["clear"], "acquire")
        says, since = f"{who.title} notifies before {other.title} waits", a.since_event(other, ends["wait"])
        if "late" in at:
            looks, sets = a.operation(waiter, at["look"], "acquire"), a.operation(notifier, at["late"], "acquire")
            says = f"{who.title} notifies, then {other.title} looks, and only then it sets the state"
            yield drafted("bad", says, [(notify, wait, since), (looks, sets, notify)])
        elif "look" in at:
            yield drafted("bad", f"{says} and after it has looked", [(notify, wait, a.operation(waiter, at["look"], "acquire"))])
        else:
            yield drafted("bad", says, [(notify, wait, since)])
            before = a.preceding(waiter, ends["wait"])
            if before is not None and before != since:
                yield drafted("bad", f"{says}, which has come to the statement before", [(notify, wait, before)])
            if "clear" in at:
                yield from self._last_pulse(at["clear"], notifier, waiter)

    def _last_pulse(self, clear: At, notifier: int, waiter: int) -> Iterator[Order]:
        """The last time that an event is set and cleared comes before the wait that it ended: what an earlier one misses a later one makes good."""
        a = self._anchors
        mine = [each for each in self._evidence.facts.operations if each.at == clear]
        pulsed = [each for each in self._evidence.facts.operations if mine and each.object == mine[0].object]
        clears = [each for each in pulsed if each.op == SyncOp.EVENT_CLEAR and each.actor == notifier]
        waits = [each for each in pulsed if each.op == SyncOp.WAIT_BEGIN and each.actor == waiter and clears and each.order < clears[-1].order]
        if len(clears) < 2 or not waits:
            return
        last, ended = At(clears[-1].at), At(waits[-1].at)
        before = a.preceding(waiter, ended)
        if before is not None:
            says = f"{a.actor_of(notifier).title} notifies for the last time before {a.actor_of(waiter).title} waits again"
            yield drafted("bad", says, [(a.operation(notifier, last, "acquire"), a.operation(waiter, ended, "acquire"), before)])

    def _reset(self, finding: Finding) -> Iterator[Order]:
        """The state changes and the event is set between the waiter's look and its reset of the event."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        setter, waiter = self._work(at.get("notify")), self._work(at.get("wait"))
        if setter is None or waiter is None:
            return
        a = self._anchors
        who, other = a.actor_of(setter), a.actor_of(waiter)
        sets, since = a.operation(setter, at["notify"], "acquire"), a.held_since_event(who, at["notify"], at["look"])
        looks, clears = (a.operation(waiter, at[role], "acquire") for role in ("look", "clear"))
        says = f"{who.title} sets it after {other.title} has looked and before it resets it"
        for begins in dict.fromkeys((a.since_event(who, at["notify"]), since)):
            yield drafted("bad", says, [(looks, sets, begins), (sets, clears, looks)])
        yield drafted("serial", f"{who.title} sets it before {other.title} looks", [(sets, looks, a.since_event(other, at["look"]))])
        yield drafted("serial", f"{who.title} sets it when {other.title} waits", [(clears, sets, since)])

    def _unseen(self, finding: Finding) -> Iterator[Order]:
        """The state changes and the event is set after the waiter's look, before it comes to where it clears the event."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        line = next(access.line for access in finding.accesses if access.role == UNREACHED)
        setter, waiter = self._work(at.get("notify")), self._work(at.get("look"))
        if setter is None or waiter is None:
            return
        a = self._anchors
        who, other = a.actor_of(setter), a.actor_of(waiter)
        looks, sets = a.operation(waiter, at["look"], "acquire"), a.operation(setter, at["notify"], "acquire")
        changes, clears = a.operation(setter, at["change"], "acquire"), a.unreached(waiter, at["look"], line)
        says = f"{who.title} sets it after {other.title} has looked and before it clears it"
        for since in dict.fromkeys((a.held_since_event(who, at["change"], at["look"]), a.since_event(who, at["change"]))):
            yield drafted("bad", says, [(looks, changes, since), (sets, clears, looks)])
        yield drafted("serial", f"{who.title} sets it before {other.title} looks", [(sets, looks, a.since_event(other, at["look"]))])

    def _entered_late(self, finding: Finding) -> Iterator[Order]:
        """The other looks before the waiter has put its entry there, and before it has the lock under which both do so, where they have one."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        waiter, setter = self._work(at.get(ENTERS)), self._work(at.get(FINDS))
        if waiter is None or setter is None:
            return
        a, theirs = self._anchors, self._held_at(setter, at[FINDS])
        who, other = a.actor_of(setter), a.actor_of(waiter)
        before = min((taken for lock, taken in self._held_at(waiter, at[ENTERS]).items() if lock in theirs), default=at[ENTERS])
        looks, enters = a.operation(setter, at[FINDS], "acquire"), a.operation(waiter, before, "acquire")
        gone = a.following(setter, at[FINDS])
        says = f"{who.title} looks for it before {other.title} has put it there"
        # What it did in the function before that is what makes the other look.
        since = (a.preceding(waiter, before) if other.kind == "thread" else None) or a.since_event(other, before)
        yield drafted("bad", says, [(gone or looks, enters, since)])
        yield drafted("serial", f"{other.title} puts it there before {who.title} looks", [(a.operation(waiter, at[ENTERS], "acquire"), looks, None)])

    def _held_at(self, actor: int, at: At) -> dict[int, At]:
        """The locks that an actor holds at an event, with when it took them."""
        thread = self._evidence.facts.thread_of(actor)
        holds = (hold for hold in self._evidence.holds.holds if hold.actor == thread and hold.at < at < (hold.until_at or at + 1))
        return {hold.object: At(hold.at) for hold in holds}

    def _settled(self, finding: Finding) -> Iterator[Order]:
        """The other has ended when the future is settled: after the look at it, where there was one."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        first, second = self._work(at.get(SETTLE)), self._work(at.get(SETTLES_TOO))
        if first is None or second is None:
            return
        a = self._anchors
        one, two = a.actor_of(first), a.actor_of(second)
        looks, settles, too = (a.operation(actor, at[role], "acquire") for actor, role in ((first, "look"), (first, SETTLE), (second, SETTLES_TOO)))
        since, before = a.held_since_event(two, at[SETTLES_TOO], at["look"]), a.held_since_event(one, at["look"], at[SETTLES_TOO])
        says = f"{two.title} settles it before {one.title}"
        for end in (a.end(two), a.following(second, at[SETTLES_TOO])):
            if end is not None:
                yield drafted("bad", f"{says}, which had found it", [(looks, too, since), (end, settles, looks)])
                yield drafted("bad", says, [(end, settles, before)])
        yield drafted("serial", f"{one.title} settles it first", [(settles, too, since)])

    def _late_put(self, finding: Finding) -> Iterator[Order]:
        """The last item comes before the other's."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        late, last = self._work(at.get(LATE)), self._work(at.get(LAST))
        if late is None or last is None:
            return
        a = self._anchors
        one, two = a.actor_of(late), a.actor_of(last)
        puts, ends = a.operation(late, at[LATE], "acquire"), a.operation(last, at[LAST], "acquire")
        says = f"{two.title} puts the last item before {one.title} puts its own"
        for since in dict.fromkeys((a.since_event(one, at[LATE]), a.held_since_event(one, at[LATE], at[LAST]))):
            yield drafted("bad", says, [(ends, puts, since)])
        yield drafted("serial", f"{two.title} puts the last item when {one.title} has ended", [(a.end(one), ends, a.since_event(two, at[LAST]))])

    def _removed(self, finding: Finding) -> Iterator[Order]:
        """The other goes through the container when the first is on its way to remove from it: where both need a lock, it has that first."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        first, second = self._work(at.get(REMOVES)), self._work(at.get(TAKES_TOO))
        if first is None or second is None:
            return
        a = self._anchors
        one, two = a.actor_of(first), a.actor_of(second)
        removes, looks = a.operation(first, at[REMOVES], "acquire"), a.operation(second, at[TAKES_TOO], "acquire")
        before, since = a.since_event(two, at[TAKES_TOO]), a.held_since_event(two, at[TAKES_TOO], at[REMOVES])
        says = f"{two.title} goes through it when {one.title} is on its way to remove from it"
        for way, begun in self._ways(one, at[REMOVES]):
            if before is not None:
                held = [(before, way, a.since_event(one, begun)), (way, looks, before), (looks, removes, way)]
                yield drafted("bad", f"{says}, and has come to where it waits", held)
            yield drafted("bad", says, [(way, looks, since), (looks, removes, way)])
        yield drafted("serial", f"{one.title} has removed it first", [(removes, looks, since)])

    def _ways(self, actor: Actor, at: At) -> Iterator[tuple[OrderPlace, At]]:
        """Where an actor is on its way to an event, with an event of the step in which it comes there: before it takes a lock that it then has, and
        where it gave way the last time."""
        a = self._anchors
        for hold in self._evidence.holds.holds:
            if hold.actor == actor.id and hold.at < at and (hold.until_at is None or hold.until_at > at):
                asks = a.last_before(actor, At(hold.at))
                if asks is not None:
                    yield asks, At(hold.at)
        way, begun = a.since_event(actor, at), a.before_step(actor, at)
        if way is not None and begun is not None:
            yield way, begun

    def _stopped_loop(self, finding: Finding) -> Iterator[Order]:
        """The thread asks the loop only when the task is about to wait for its end."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        thread, task = self._work(at.get("asks loop")), self._work(at.get("joins"))
        before = None if task is None else self._anchors.preceding(task, at["joins"])
        if thread is None or task is None or before is None:
            return
        a = self._anchors
        asks, one, two = a.operation(thread, at["asks loop"], "acquire"), a.actor_of(thread), a.actor_of(task)
        for since in dict.fromkeys((a.since_event(one, at["asks loop"]), None)):
            yield drafted("bad", f"{one.title} asks the loop when {two.title} waits for its end", [(before, asks, since)])

    def _called_at_once(self, finding: Finding) -> Iterator[Order]:
        """The pool is done with the work before the callback is added. The only thread of a pool does not end by itself: that gives the order up when
        it has nothing to do any more, and what hangs then, hangs by itself.
        """
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        task, worker = self._evidence.actor_at(at["submits"]), self._work(at["works"])
        adds = next(access for access in finding.accesses if access.role == ADDS)
        if task is None or worker is None:
            return
        a = self._anchors
        who, (place, before) = a.actor_of(worker), a.upcoming(task, at["submits"], adds.line)
        yield drafted("bad", f"{who.title} has ended before {a.actor_of(task).title} adds the callback", [(a.end(who), place, before)])

    def _set_late(self, finding: Finding) -> Iterator[Order]:
        """The callback that sets runs after the other has cleared."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        sets, clears = self._work(at.get("set late")), self._work(at.get("clear"))
        if sets is None or clears is None:
            return
        a = self._anchors
        cleared = a.operation(clears, at["clear"], "acquire")
        says = f"{a.actor_of(clears).title} clears it before the callback sets it"
        yield drafted("bad", says, [(cleared, OrderPlace(a.actor_of(sets).path, "start"), None)])

    def _woken_together(self, finding: Finding) -> Iterator[Order]:
        """Both look before the one notifies."""
        at = {access.role: access.at for access in finding.accesses if access.at is not None}
        waiters, notifier = [self._work(at["wait"]), self._work(at["also"])], self._work(at["hold"])
        if notifier is None or None in waiters:
            return
        a = self._anchors
        changes, since = a.operation(notifier, at["hold"], "acquire"), a.since_event(a.actor_of(notifier), at["hold"])
        looks = [a.preceding(who, at[role]) for who, role in zip(waiters, ("wait", "also"), strict=True) if who is not None]
        if None not in looks:
            held = [(look, changes, since) for look in looks if look is not None]
            yield drafted("bad", f"both wait before {a.actor_of(notifier).title} notifies", held)

    def _by_actor(self, finding: Finding, *roles: str) -> dict[int, list[At]]:
        """The events of some roles by actor (work items are actors), in order."""
        found: dict[int, list[At]] = {}
        for access in finding.accesses:
            actor = self._work(access.at)
            if actor is not None and access.at is not None and access.role in roles:
                found.setdefault(actor, []).append(access.at)
        return {actor: sorted(events) for actor, events in found.items()}


def _holding(anchors: Anchors, actor: int, first: At, second: At) -> OrderPlace:
    """A place that an actor passes once it has its first lock; where foreign code took that, the last place before it asks for its second."""
    try:
        return anchors.operation(actor, first, "acquire")
    except Unplaced:
        place = anchors.since_event(anchors.actor_of(actor), second, after=first)
        if place is None:
            raise
        return place
