"""Plans the orders of a finding: bad ones that would show the bug, and serial ones to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice

from causeway_core.analysis import Analysis
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import removes_value
from causeway_core.analysis.detectors.atomicity.double_removal import TAKES_TOO
from causeway_core.analysis.detectors.atomicity.duplicate_computation import BEGINS
from causeway_core.analysis.detectors.atomicity.skipped_use import SKIPPED
from causeway_core.analysis.detectors.files.lock_takeover import TAKES_OVER
from causeway_core.analysis.detectors.files.stale_lock import MEETS_STALE
from causeway_core.analysis.detectors.futures.resolved_in_callback import CANCELS_WAITER, GIVES_UP
from causeway_core.analysis.detectors.futures.resolved_twice import SETTLE
from causeway_core.analysis.detectors.ordering.closed_after_check import CLOSED
from causeway_core.analysis.detectors.queues.put_after_sentinel import LATE
from causeway_core.analysis.detectors.queues.split_message import BETWEEN
from causeway_core.analysis.detectors.wakeups.early_set import ANNOUNCES
from causeway_core.analysis.detectors.wakeups.stale_event import CLEARS_LATE
from causeway_core.analysis.detectors.wakeups.unrechecked_wait import UNDOES
from causeway_core.analysis.filters.feasible import feasible
from causeway_core.model import Actor, Finding
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.bystanders import Bystanders, sibling_kind
from causeway_core.proof.planning.cancellation import CancellingOrders
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.interchangeable import before_first_worker, between_workers, has_parts
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.planning.statements import StatementOrders
from causeway_core.proof.planning.templates import template_orders
from causeway_core.proof.planning.window import WindowOrders
from causeway_core.storage.recording import Recording

MOST_BAD = 6
"""Bad orders per finding, the likeliest first."""
_WAITING = ("also", SETTLE, GIVES_UP, CANCELS_WAITER, TAKES_TOO, UNDOES, BEGINS, SKIPPED, CLOSED, TAKES_OVER, MEETS_STALE, BETWEEN)
"""Roles of atomicity violations whose orders come from a template."""
MOST_ALTERNATES = 3
"""Further bad orders, with bystanders left free or between other actors."""


def planned(recording: Recording, analysis: Analysis) -> tuple[Finding, ...]:
    """The findings with their `orders`: a few bad ones each, and the serial orders to compare with. Empty if none is known."""
    planner = Planner(recording, analysis)
    return tuple(replace(finding, orders=planner.orders(finding)) for finding in analysis.findings)


class Planner:
    """Makes orders. About a millisecond a finding, besides laying the recording out once."""

    def __init__(self, recording: Recording, analysis: Analysis) -> None:
        self._anchors = Anchors(recording, analysis)
        self._analysis = analysis
        self._evidence = analysis.evidence
        self._windows = WindowOrders(self._anchors, self._evidence)
        self._cancelling = CancellingOrders(self._anchors, self._evidence)
        self._statements = StatementOrders(self._anchors, self._evidence)

    def orders(self, finding: Finding) -> tuple[Order, ...]:
        """The orders of a finding, bad ones first; last those of findings that it stands for, should its own objects or actors be out of reach."""
        found = self._planned(finding, self._analysis.candidates.get(finding.id))
        for each in self._analysis.alike.get(finding.id, ()):
            bad = [order for order in self._planned(each, None) if order.aim == "bad"]
            found += [replace(order, alternate=True) for order in bad[:1]]
        distinct = list(dict.fromkeys(found))
        bad = [order for order in distinct if order.aim == "bad"]
        # Orders that the locks of the recorded run rule out come last.
        parts = [order for order in bad if has_parts(order)]
        first = sorted((order for order in bad if not order.alternate and order not in parts), key=self._windows.needs_held_lock)[:MOST_BAD]
        bad = [*first, *(order for order in bad if order.alternate and order not in parts)][: MOST_BAD + MOST_ALTERNATES] + parts
        return (*bad, *(order for order in distinct if order.aim == "serial"))

    def _planned(self, finding: Finding, candidate: Candidate | None) -> list[Order]:
        found: list[Order] = []
        for source in self._sources(finding, candidate):
            with suppress(Unplaced):
                found += source()
        return found

    def never_suspended(self, finding: Finding) -> bool:
        """Whether a finding is of an iteration that ran in one step, so that nothing could come in between."""
        candidate = self._analysis.candidates.get(finding.id)
        return candidate is not None and candidate.pattern is Pattern.ITERATION and self._in_one_step(candidate)

    def unreachable(self, finding: Finding) -> bool:
        """Whether a stock event loop always runs it in the recorded order."""
        candidate = self._analysis.candidates.get(finding.id)
        return candidate is not None and feasible(candidate, self._evidence) is not None

    def _sources(self, finding: Finding, candidate: Candidate | None) -> list[Callable[[], Iterator[Order]]]:
        if candidate is None:
            waiting = partial(template_orders, finding, self._anchors, self._evidence)
            match finding.kind:
                case "deadlock" | "lost_wakeup" | "blocking_call" | "data_race":
                    return [waiting]
                case "atomicity_violation" if any(access.role in _WAITING for access in finding.accesses):
                    return [waiting]
                case "order_violation" if any(access.role in (ANNOUNCES, CLEARS_LATE) for access in finding.accesses):
                    return [waiting]
                case "lost_update" if any(access.role == LATE for access in finding.accesses):
                    return [waiting]
                case "lost_update":
                    return [lambda: self._statements.orders(finding)]
                case "atomicity_violation" if any(access.role in ("cancel", "cancels") for access in finding.accesses):
                    return [lambda: self._cancelling.orders(finding)]
                case "atomicity_violation":
                    return [lambda: self._statements.orders(finding), lambda: self._statements.opened(finding)]
            return []
        match candidate.pattern:
            case Pattern.DATA_RACE:
                return []
            case Pattern.ORDER | Pattern.LATE_INITIALIZATION | Pattern.LATE_CALLBACK | Pattern.EARLY_TASK_DONE | Pattern.LATE_ENTRY:
                return [lambda: self._flip(candidate)]
            case Pattern.USE_AFTER_CLOSE:
                return [lambda: self._closed(candidate)]
            case Pattern.ITERATION:
                return [lambda: self._iteration(candidate)]
            case _:
                return [lambda: self._windows.orders(candidate), lambda: self._between_workers(candidate)]

    # Other shapes.

    def _between_workers(self, candidate: Candidate) -> Iterator[Order]:
        """The window's order between the first two interchangeable workers that reach it."""
        if candidate.last is not None:
            owner, visitors = self._windows.sides(candidate)
            found = (between_workers(owner, visitor) for visitor in reversed(visitors))
            yield from islice(filter(None, found), 1)

    def _flip(self, candidate: Candidate) -> Iterator[Order]:
        """The order opposite to the recorded one, and the recorded one."""
        write, use, a = candidate.first, candidate.others[0], self._anchors
        writer, user = a.actor(write), a.actor(use)
        w, u = a.access(write), a.access(use)
        late = removes_value(self._evidence, write)
        # Use before the write sets it, or after the write removes it.
        if late:
            says = f"{user.title} uses it after {writer.title} has removed it"
            refill = self._set_again(write)
            absent = [] if refill is None else [(u, refill, w)]
            yield drafted("bad", says, [(w, u, a.held_since(use, write)), *absent])
            before = a.preceding(user.id, self._evidence.at(use)) if user.kind == "thread" else a.since(use)
            if before is not None:
                # The preceding statement may be the check that it exists.
                held = [(before, w, a.since(write)), (w, u, before), *absent]
                yield drafted("bad", f"{says}; it has reached the preceding statement by then", held)
            yield drafted("serial", f"{user.title} uses it before {writer.title} removes it", [(u, w, self._anchors.held_since(write, use))])
        else:
            # Held as late as possible: earlier work of the writer may be what leads the user there.
            for since in dict.fromkeys((a.since(write), self._anchors.held_since(write, use))):
                comes = [] if since is None else [(since, u, a.held_since(use, write))]
                yield drafted("bad", f"{user.title} uses it before {writer.title} sets it", [*comes, (u, w, since)])
            for since in dict.fromkeys((a.since(write), a.preceding(writer.id, self._evidence.at(write)))):
                comes = [] if since is None else [(since, u, a.held_since(use, write))]
                yield drafted("bad", f"{user.title} ends before {writer.title} sets it", [*comes, (a.end(user), w, since)])
            others = (each for each in self._evidence.facts.actors.values() if each.id != writer.id)
            if candidate.pattern is Pattern.EARLY_TASK_DONE and any(sibling_kind(each) == sibling_kind(writer) for each in others):
                yield before_first_worker(u, w, writer, user)
            yield drafted("serial", f"{user.title} uses it after {writer.title} has set it", [(w, u, self._anchors.held_since(use, write))])

    def _set_again(self, write: int) -> OrderPlace | None:
        """The next write of the same location by the same actor."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[write]), int(table.order[write]) + 1, 2**62)
        again = next((row for row in rows if table.writes[row] and table.location[row] == table.location[write]), None)
        return None if again is None else self._anchors.access(again)

    def _closed(self, candidate: Candidate) -> Iterator[Order]:
        """The use comes after the statement that closes."""
        a, (close, use) = self._anchors, (candidate.first, candidate.others[0])
        closer, user = a.actor(close), a.actor(use)
        closes, u = a.operation(closer.id, self._evidence.at(close), "acquire"), a.access(use)
        yield drafted("bad", f"{user.title} uses it after {closer.title} has closed it", [(closes, u, a.held_since(use, close))])
        yield drafted("serial", f"{user.title} uses it before {closer.title} closes it", [(u, closes, a.held_since(close, use))])

    def _iteration(self, candidate: Candidate) -> Iterator[Order]:
        """The change comes after the iteration has begun and before it goes on; others that use the container are kept out of the way."""
        bystanders = Bystanders.of_candidate(self._anchors, self._evidence, candidate)
        aims = set[str]()
        for order in self._changed_inside(candidate):
            yield from bystanders.with_bystanders(order, alone=order.aim not in aims)
            aims.add(order.aim)
        with suppress(Unplaced):
            yield from bystanders.serial()

    def _changed_inside(self, candidate: Candidate) -> Iterator[Order]:
        loop, change, a = candidate.first, candidate.others[0], self._anchors
        looper, changer = a.actor(loop), a.actor(change)
        i, c = a.access(loop), a.access(change)
        says = f"{changer.title} changes it while {looper.title} iterates"
        begun, following = i, a.resumed_after(looper, self._evidence.at(loop)) if looper.kind == "task" else self._after_loop(loop)
        if self._in_one_step(candidate):
            raise Unplaced("no await in the loop let another task run")
        # A thread has its iterator only once it is in the body: an earlier change does not disturb the iteration.
        inside = [] if looper.kind == "task" else self._in_loop(looper, loop)
        if inside:
            begun, following = (inside[0], inside[1]) if len(inside) > 1 else (i, inside[0])
        held = [] if following is None else [(c, following, begun)]
        # An actor that starts the iterating one can only be held after that: at the statement before the change.
        before = a.preceding(changer.id, self._evidence.at(change)) if changer.kind == "thread" else None
        sinces = (*((before,) if before is not None else ()), a.held_since(change, loop), a.since(change))
        for since in dict.fromkeys(sinces):
            yield drafted("bad", says, [(begun, c, since), *held])
        yield drafted("serial", f"{changer.title} changes it before {looper.title} iterates", [(c, i, a.held_since(loop, change))])
        yield drafted("serial", f"{changer.title} changes it after {looper.title} has ended", [(a.end(looper), c, a.held_since(change, loop))])

    def _in_one_step(self, candidate: Candidate) -> bool:
        """Whether the iteration is a task's, whose loop never let the other task of its event loop run."""
        loop, change = candidate.first, candidate.others[0]
        looper = self._anchors.actor(loop)
        if looper.kind != "task" or self._evidence.stream(loop) != self._evidence.stream(change):
            return False
        return self._anchors.passes_loop_in_one_step(looper, self._evidence.at(loop))

    def _in_loop(self, looper: Actor, loop: int) -> list[OrderPlace]:
        """Up to two consecutive places that a thread passes inside the loop."""
        a, at = self._anchors, self._evidence.at(loop)
        inside = list(islice(a.inside_loop(looper, at), 2))
        if len(inside) == 2:
            return inside
        # The body accesses nothing shared: its statements serve as well.
        return list(islice(a.statements_in_loop(looper, at), 2)) or inside

    def _after_loop(self, loop: int) -> OrderPlace | None:
        """The first access of a thread after the one that begins the iteration."""
        table = self._evidence.table
        rows = self._evidence.rows_of(int(table.actor[loop]), int(table.order[loop]) + 1, 2**62, first=1)
        return self._anchors.access(rows[0]) if rows else None
