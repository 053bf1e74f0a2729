"""Orders for findings about cancellation: it comes at an await at which the program itself may cancel the task."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from causeway_core.analysis.detectors.cancellation.conditional_cleanup import IF_RETURNED
from causeway_core.analysis.detectors.cancellation.unreleased_resource import GIVES_BACK, PUTS_BACK
from causeway_core.analysis.detectors.futures.resolved_after_cancel import CANCELLED, SETTLES
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import called
from causeway_core.model import Actor, At, Finding, FindingAccess, Function
from causeway_core.model.order import Aim, Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.cancellers import LIMIT, Canceller, Cancellers, is_wait_for, limits, statement
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.late_cancel import cancelled_after_handover

EXPIRE, PAUSE = "expire", "pause"
LEFT = "left out"
"""Role of an await at which only a run that hangs proves anything."""
Lines = Sequence[tuple[Function, int, At]]
"""The stack of a task, innermost first, as `Anchors.lines_below` has it."""
_STAYS = (IF_RETURNED, GIVES_BACK)
"""Roles of a clean-up that a cancellation at a later await of the same function reaches."""
_MOST_TRIED = 3
"""Executions of an await that are tried."""


class CancellingOrders:
    """Makes orders that cancel, always by what cancels in the program itself (see `Cancellers`): what that code does afterwards belongs to the
    cancellation.
    """

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence
        self._texts = evidence.texts
        self._cancellers = Cancellers(anchors, evidence)

    def expires(self, actor: Actor, at: At) -> bool:
        """Whether a task waits at an event under a time limit."""
        return self._cancellers.expires(actor, at)

    def orders(self, finding: Finding) -> Iterator[Order]:
        """The cancellation at the await of a finding and, to compare with, one before the call of the function that contains it.

        Raises Unplaced.
        """
        if any(access.role == "cancels" for access in finding.accesses):
            yield from self._itself(finding)
            return
        if any(access.role == "hand over" for access in finding.accesses):
            yield from self._around_handover(finding)
            yield from cancelled_after_handover(self._anchors, self._evidence, finding)
            return
        if any(access.role == SETTLES for access in finding.accesses):
            yield from self._before_resolution(finding)
            return
        if any(access.role == LEFT for access in finding.accesses):
            yield from self._left(finding)
            return
        for gap in finding.accesses:
            if gap.role == "cancel":
                yield from self._at_await(finding, gap)

    def _at_await(self, finding: Finding, gap: FindingAccess) -> Iterator[Order]:
        function = self._function(gap.file, gap.line)
        changed = [access.line for access in finding.accesses if access.role == "write"]
        restores = any(access.role == "restore" for access in finding.accesses)
        tried: set[tuple[str, Canceller]] = set()
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            if function is None or len(tried) >= _MOST_TRIED:
                return
            canceller = self._cancellers.of(actor, at)
            if canceller is None or (kin := (actor.path.rpartition("#")[0] or actor.path, canceller)) in tried:
                continue
            tried.add(kin)
            watched = self._anchors.changed_before(actor, at, gap.file, changed[0]) if changed and restores else None
            yield from self._cancelled(actor, at, canceller, function, watched)
            if any(access.role in (PUTS_BACK, *_STAYS) for access in finding.accesses):
                yield from self._later(actor, at, canceller, stays=any(access.role in _STAYS for access in finding.accesses))
            elif changed:
                yield from self._unchanged(actor, at, canceller, changed[0])

    def _cancelled(self, actor: Actor, at: At, canceller: Canceller, function: str, watched: OrderPlace | None) -> Iterator[Order]:
        """A task is cancelled where it waits at an event, and, to compare with, before it calls the function in which it waits."""
        lines = self._anchors.lines_below(at)
        before = self._before(actor, lines)
        if before is None:
            return
        there = self._anchors.resumed(actor, at)
        says = f"{actor.title} {canceller.says}"
        bad, serial = f"{says} while it waits at {there.file}:{there.line}", f"{says} before it calls {function}"
        yield self._waiting(actor, at, canceller, "bad", bad, watched)
        if canceller.place is not None:
            yield self._paused(serial, canceller.place, there, before)
        else:
            comes = "TimeoutError" if canceller == LIMIT and self._is_limited_there(lines) else EXPIRE
            yield Order("serial", serial, (("a1", before),), (), (), (("a1", comes),), own_cancel=canceller != LIMIT)
        if watched is not None:
            yield Order("serial", "nothing is cancelled at that place", (("a2", watched),), (), ("a2",))

    def _unchanged(self, actor: Actor, at: At, canceller: Canceller, line: int) -> Iterator[Order]:
        """To compare with: the cancellation comes at the await before the change at a line. What the task has done until then stays."""
        function = self._anchors.lines_below(at)[0][0]
        changes = self._anchors.last_execution(actor, function, line, at)
        waited = None if changes is None else self._anchors.began_step(actor, changes)
        if waited is not None:
            says = f"{actor.title} {canceller.says} while it waits before it reaches line {line}"
            yield self._waiting(actor, waited, canceller, "serial", says)

    def _later(self, actor: Actor, at: At, canceller: Canceller, *, stays: bool) -> Iterator[Order]:
        """To compare with: the cancellation comes at the first await after an event. Unless the task `stays` in the function in which it waits at the
        event, at the first one after it has left that function.
        """
        function = self._anchors.lines_below(at)[0][0]
        for when, place in self._anchors.resumptions_of(actor):
            if when > at and (stays or all(each.id != function.id for each, _, _ in self._anchors.lines_below(when))):
                says = f"{actor.title} {canceller.says} later, while it waits at {place.file}:{place.line}"
                yield self._waiting(actor, when, canceller, "serial", says)
                return

    def _waiting(
        self, actor: Actor, at: At, canceller: Canceller, aim: Aim, says: str, watched: OrderPlace | None = None
    ) -> Order:
        """A task is cancelled while it waits at an event."""
        there = self._anchors.resumed(actor, at)
        if canceller.place is None:
            places = (("a1", there), *((("a2", watched),) if watched is not None else ()))
            return Order(aim, says, places, (), ("a2",) if watched is not None else (), (("a1", EXPIRE),), own_cancel=canceller != LIMIT)
        waits = self._anchors.before_await(actor, *self._anchors.lines_below(at)[0])
        return replace(drafted(aim, says, [(canceller.place, there, waits)], [watched] if watched is not None else []), own_cancel=True)

    def _paused(self, says: str, cancels: OrderPlace, there: OrderPlace, before: OrderPlace) -> Order:
        """A task that would wait at one place is held before another until it is cancelled: before its start, or before an await that calls."""
        if before.access == "start":
            return replace(drafted("serial", says, [(cancels, there, None)]), own_cancel=True)
        held = drafted("serial", says, [(cancels, there, before)])
        key = next(key for key, place in held.places if place == before)
        return replace(held, inject=((key, PAUSE),), own_cancel=True)

    def _left(self, finding: Finding) -> Iterator[Order]:
        """The time limit expires at an await; to compare with, at the first await under it, before anything is done that others wait for."""
        gap, tried = finding.accesses[0], set[str]()
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            kin = actor.path.rpartition("#")[0] or actor.path
            if kin in tried or not self._cancellers.expires(actor, at):
                continue
            tried.add(kin)
            there = self._anchors.resumed(actor, at)
            awaits = self._anchors.resumptions_of(actor)
            first = next((place for when, place in awaits if self._cancellers.expires(actor, when)), there)
            earlier = self._before_limit(actor, at) or ((first, EXPIRE) if first != there else self._before_call(actor, at))
            if earlier is not None:
                place, deed = earlier
                says = f"its time limit expires while {actor.title} waits at"
                yield Order("bad", f"{says} {there.file}:{there.line}", (("a1", there),), (), (), (("a1", EXPIRE),))
                yield Order("serial", f"{says} {place.file}:{place.line}, before it has done anything", (("a1", place),), (), (), (("a1", deed),))

    def _itself(self, finding: Finding) -> Iterator[Order]:
        """The cancelled task ends before the other task cancels it."""
        a, at = self._anchors, {access.role: access.at for access in finding.accesses if access.at is not None}
        other = self._evidence.actor_at(at["cancels"])
        victims = [actor for actor in self._evidence.facts.actors.values() if actor.last_at == at["itself"] and actor.kind == "task"]
        if other is None or not victims:
            return
        who = a.actor_of(other)
        place, since = a.operation(other, at["cancels"], "acquire"), a.since_event(who, at["cancels"])
        says = f"{victims[0].title} ends before {who.title} cancels it"
        yield drafted("bad", says, [(a.end(victims[0]), place, since)])

    def _around_handover(self, finding: Finding) -> Iterator[Order]:
        """The waiter is cancelled when another actor has just resolved what it waits for, or is about to; to compare with, before that."""
        gap = next(access for access in finding.accesses if access.role == "cancel")
        gives = {(access.file, access.line) for access in finding.accesses if access.role == "hand over"}
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            cause, canceller = self._anchors.woken_by(actor, at), self._cancellers.of(actor, at)
            giver = None if cause is None else self._evidence.actor_at(cause)
            if cause is None or giver is None or canceller is None or giver == actor.id:
                continue
            place = self._anchors.operation(giver, cause, "acquire")
            if (place.file, place.line) in gives:
                yield from self._around_resolution(actor, at, giver, cause, place, canceller)
                return

    def _around_resolution(self, actor: Actor, at: At, giver: int, cause: At, place: OrderPlace, canceller: Canceller) -> Iterator[Order]:
        a, waits, who = self._anchors, self._anchors.resumed(actor, at), self._anchors.actor_of(giver)
        says = f"{actor.title} {canceller.says}"
        handed, earlier = f"handed it over at {place.file}:{place.line}", f"{says} before anything is handed over"
        if canceller.place is None:
            own_cancel = canceller != LIMIT
            # A step is atomic: checks that the giver makes in it before it resolves see the cancellation.
            before = a.preceding(giver, cause) if who.kind == "thread" else a.step_starts(giver, cause)
            for each, words in ((place, "just"), (before, "almost")):
                if each is not None:
                    said = f"{says} when {who.title} has {words} {handed}"
                    yield Order("bad", said, (("a1", each),), (), (), (("a1", f"expire {actor.path}"),), own_cancel=own_cancel)
            yield Order("serial", earlier, (("a1", waits),), (), (), (("a1", EXPIRE),), own_cancel=own_cancel)
        elif canceller.place.actor != who.path and (starts := a.step_starts(giver, cause)) is not None:
            cancelled = (canceller.place, waits, a.before_await(actor, *a.lines_below(at)[0]))
            late, early = (place, canceller.place, canceller.since), (canceller.place, starts, a.since_event(who, cause))
            yield replace(drafted("bad", f"{says} when {who.title} has just {handed}", [cancelled, late]), own_cancel=True)
            yield replace(drafted("serial", earlier, [cancelled, early]), own_cancel=True)

    def _before_resolution(self, finding: Finding) -> Iterator[Order]:
        """The waiter's time limit expires before the step in which another actor resolves what it waits for; to compare with, right after that.

        Only a time limit is injected, since it can expire at any time. The program's own `cancel()` may always come later: it is never invented,
        but a recorded one that nothing orders after the resolution is made to come first.
        """
        a, at = self._anchors, {access.role: access.at for access in finding.accesses if access.at is not None}
        giver, waiter = self._evidence.actor_at(at[SETTLES]), self._evidence.actor_at(at[CANCELLED])
        if giver is None or waiter is None:
            return
        waits = a.actor_of(waiter)
        limited = any(self._cancellers.limited(function.path, line) for function, line, _ in a.lines_below(at[CANCELLED]))
        yield from self._cancelled_first(waits, giver, at[SETTLES])
        before, after = a.step_begins(giver, at[SETTLES]), a.following(giver, at[SETTLES])
        if before is None or after is None or not (limited or self._cancellers.timed(waits) == LIMIT):
            return
        deed, says = f"expire {waits.path}", f"the time limit of {waits.title} expires when {a.actor_of(giver).title}"
        yield Order("bad", f"{says} is about to resolve what it waits for", (("a1", before),), (), (), (("a1", deed),))
        # `wait_for` cancels only some turns of the loop after its limit is over.
        waiting = f"the time limit of {waits.title} expires while it waits, before {a.actor_of(giver).title} resolves what it waits for"
        there = next((place for when, place in a.resumptions_of(waits) if when >= at[CANCELLED]), None)
        if there is not None:
            yield Order("bad", waiting, (("a1", there),), (), (), (("a1", EXPIRE),))
        yield Order("serial", f"{says} has settled what it waits for", (("a1", after),), (), (), (("a1", deed),))

    def _cancelled_first(self, waiter: Actor, giver: int, settles: At) -> Iterator[Order]:
        """The program's own `cancel()` of a waiter runs before the step in which another actor resolves what it waits for. Raises Unplaced."""
        a, evidence = self._anchors, self._evidence
        who, starts = a.actor_of(giver), a.step_starts(giver, settles)
        cancels = self._cancellers.cancels(waiter)
        event = next((each for each in cancels if each.actor not in (giver, waiter.id) and evidence.unordered(settles, At(each.at))), None)
        if event is None or starts is None:
            return
        canceller = a.actor_of(event.actor)
        cancel = a.operation(canceller.id, At(event.at), "acquire")
        says = f"{canceller.title} cancels {waiter.title} before {who.title} resolves what it waits for"
        yield drafted("bad", says, [(cancel, starts, a.since_event(who, settles))])

    def _function(self, file: str, line: int) -> str | None:
        facts = self._evidence.facts
        path = next((path for path in facts.sources if facts.shown(path) == file), None)
        found = None if path is None else self._texts.function(path, line)
        return None if found is None else found.name

    # What to compare with.

    def _before(self, actor: Actor, lines: Lines) -> OrderPlace | None:
        """The place before a task enters the innermost function on its stack: the await that calls it, or the task's start."""
        if not lines:
            return None
        return OrderPlace(actor.path, "start") if len(lines) == 1 else self._anchors.before_await(actor, *lines[1])

    def _is_limited_there(self, lines: Lines) -> bool:
        """Whether the await that calls the innermost function is that of a `wait_for`, whose limit does not apply yet."""
        nodes = ast.walk(statement(self._texts.around(lines[1][0].path, lines[1][1]))) if len(lines) > 1 else ()
        return any(isinstance(node, ast.Call) and is_wait_for(node) for node in nodes)

    def _before_call(self, actor: Actor, at: At) -> tuple[OrderPlace, str] | None:
        """The place before a task enters the function in which it waits, and what injects its time limit there."""
        lines = self._anchors.lines_below(at)
        before = self._before(actor, lines)
        return None if before is None else (before, "TimeoutError" if self._is_limited_there(lines) else EXPIRE)

    def _before_limit(self, actor: Actor, at: At) -> tuple[OrderPlace, str] | None:
        """The place where a task would time out before it does anything under the limit; None without an `async with timeout(…)`."""
        for function, line, _ in self._anchors.lines_below(at):
            for node in reversed(self._texts.around(function.path, line)):
                if isinstance(node, ast.AsyncWith) and line > node.lineno and any(_raises(item.context_expr) for item in node.items[:1]):
                    return self._anchors.before_await(actor, function, node.lineno, at), "TimeoutError"
        return None


def _raises(expression: ast.expr) -> bool:
    return limits(expression) and isinstance(expression, ast.Call) and called(expression) != "move_on_after"
