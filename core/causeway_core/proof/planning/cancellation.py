"""Orders for findings about cancellation: it comes at an await at which the program itself may cancel the task."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from causeway_core.analysis.detectors.futures.resolved_after_cancel import CANCELLED, SETTLES
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import called, own_nodes
from causeway_core.model import Actor, At, Finding, FindingAccess, Function
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import drafted
from causeway_core.wire.kinds import SyncOp

EXPIRE, CANCEL = "expire", "CancelledError"
LEFT = "left out"
"""Role of an await at which only a run that hangs proves anything."""
_LIMITS = frozenset({"timeout", "timeout_at", "move_on_after", "fail_after"})
_LIBRARIES = frozenset({"asyncio", "anyio", "async_timeout"})
_MOST_TRIED = 3
"""Executions of an await that are tried."""


class CancellingOrders:
    """Makes orders that cancel. Only tasks that the program itself may cancel: by a time limit, by `cancel()`, or in a group."""

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence
        self._texts = evidence.texts

    def orders(self, finding: Finding) -> Iterator[Order]:
        """The cancellation at the await of a finding and, to compare with, one before the call of the function that contains it.

        Raises Unplaced.
        """
        if any(access.role == "cancels" for access in finding.accesses):
            yield from self._itself(finding)
            return
        if any(access.role == "hand over" for access in finding.accesses):
            yield from self._handed_over(finding)
            return
        if any(access.role == SETTLES for access in finding.accesses):
            yield from self._gone(finding)
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
        tried: set[tuple[str, str | None]] = set()
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            if function is None or len(tried) >= _MOST_TRIED:
                return
            comes = self.comes(actor, at)
            kin = actor.path.rpartition("#")[0] or actor.path, comes
            before = None if comes is None or kin in tried else self._before(actor, at, comes)
            if before is None or comes is None:
                continue
            tried.add(kin)
            there = self._anchors.resumed(actor, at)
            restores = any(access.role == "restore" for access in finding.accesses)
            watched = self._anchors.changed_before(actor, at, gap.file, changed[0]) if changed and restores else None
            places = (("a1", there), *((("a2", watched),) if watched is not None else ()))
            watch = ("a2",) if watched is not None else ()
            what = "its time limit expires" if comes == EXPIRE else "it is cancelled"
            yield Order("bad", f"{what} while {actor.title} waits at {there.file}:{there.line}", places, (), watch, (("a1", comes),))
            place, instead = before
            yield Order("serial", f"{what} before {actor.title} calls {function}", (("a1", place),), (), (), (("a1", instead),))
            if watched is not None:
                yield Order("serial", "nothing is cancelled at that place", (("a2", watched),), (), ("a2",))

    def _left(self, finding: Finding) -> Iterator[Order]:
        """The time limit expires at an await; to compare with, at the first await under it, before anything is done that others wait for."""
        gap, tried = finding.accesses[0], set[str]()
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            kin = actor.path.rpartition("#")[0] or actor.path
            if kin in tried or not self.expires(actor, at):
                continue
            tried.add(kin)
            there = self._anchors.resumed(actor, at)
            first = next((place for when, place in self._anchors.resumptions_of(actor) if self.expires(actor, when)), there)
            place, deed = self._before_limit(actor, at) or ((first, EXPIRE) if first != there else self._before(actor, at, EXPIRE) or (first, ""))
            if deed:
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

    def _handed_over(self, finding: Finding) -> Iterator[Order]:
        """The waiter is cancelled when another actor has just resolved what it waits for, or is about to; to compare with, before that."""
        gap = next(access for access in finding.accesses if access.role == "cancel")
        gives = {(access.file, access.line) for access in finding.accesses if access.role == "hand over"}
        for actor, at in self._anchors.resumptions(gap.file, gap.line):
            cause, comes = self._anchors.woken_by(actor, at), self.comes(actor, at)
            giver = None if cause is None else self._evidence.actor_at(cause)
            if cause is None or giver is None or comes is None or giver == actor.id:
                continue
            place = self._anchors.operation(giver, cause, "acquire")
            if (place.file, place.line) not in gives:
                continue
            deed = f"expire {actor.path}" if comes == EXPIRE else f"cancel {actor.path}"
            says = f"{actor.title} is cancelled when {self._anchors.actor_of(giver).title} has"
            # A step is atomic: checks that the giver makes in it before it resolves see the cancellation.
            thread = self._anchors.actor_of(giver).kind == "thread"
            before = self._anchors.preceding(giver, cause) if thread else self._anchors.step_starts(giver, cause)
            for each, words in ((place, "just handed it over"), (before, "almost handed it over")):
                if each is not None:
                    yield Order("bad", f"{says} {words} at {place.file}:{place.line}", (("a1", each),), (), (), (("a1", deed),))
            waits = self._anchors.resumed(actor, at)
            yield Order("serial", f"{actor.title} is cancelled before anything is handed over", (("a1", waits),), (), (), (("a1", comes),))
            return

    def _gone(self, finding: Finding) -> Iterator[Order]:
        """The waiter's time limit expires before the step in which another actor resolves what it waits for; to compare with, right after that.

        Only a time limit is injected, since it can expire at any time. The program's own `cancel()` may always come later: it is never invented,
        but a recorded one that nothing orders after the resolution is made to come first.
        """
        a, at = self._anchors, {access.role: access.at for access in finding.accesses if access.at is not None}
        giver, waiter = self._evidence.actor_at(at[SETTLES]), self._evidence.actor_at(at[CANCELLED])
        if giver is None or waiter is None:
            return
        waits = a.actor_of(waiter)
        limited = any(self._limited(function.path, line) for function, line, _ in a.lines_below(at[CANCELLED]))
        yield from self._cancelled_first(waits, giver, at[SETTLES])
        before, after = a.step_begins(giver, at[SETTLES]), a.following(giver, at[SETTLES])
        if before is None or after is None or not (limited or self._comes_to(waits, set()) == EXPIRE):
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
        cancels = (event for event in evidence.facts.operations if event.op == SyncOp.CANCEL and event.object == waiter.object is not None)
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

    # Who may be cancelled.

    def comes(self, actor: Actor, at: At) -> str | None:
        """How the program may cancel a task that waits at an event: by a time limit around the call in which it waits, or by itself."""
        for number, (function, line, _) in enumerate(self._anchors.lines_below(at)):
            if self._limited(function.path, line) and number:
                return EXPIRE
        return None if self._ended_before(actor, at) else self._comes_to(actor, set())

    def expires(self, actor: Actor, at: At) -> bool:
        """Whether a task waits at an event under a time limit, be it one that the very function began in which it waits."""
        return self.comes(actor, at) == EXPIRE or any(self._limited(function.path, line) for function, line, _ in self._anchors.lines_below(at)[:1])

    def _ended_before(self, actor: Actor, at: At) -> bool:
        """Whether every recorded cancellation of a task came after an event of that task, by a must edge."""
        if actor.object is None:
            return False
        cancels = [event.at for event in self._evidence.facts.operations if event.op == SyncOp.CANCEL and event.object == actor.object]
        return bool(cancels) and all(self._evidence.order.happens_before(at, At(each), must=True) for each in cancels)

    def _comes_to(self, actor: Actor, seen: set[int]) -> str | None:
        """How a task can be cancelled wherever it waits: by how it was created, by an explicit `cancel()`, or through the task that created it."""
        made = self._made(actor)
        if made is not None and self._limited(*made):
            return EXPIRE
        if self._is_cancelled(actor, made):
            return CANCEL
        seen.add(actor.id)
        parent = None if actor.created_at is None else self._evidence.actor_at(actor.created_at)
        above = None if parent is None or parent in seen else self._evidence.facts.actors.get(parent)
        if made is None or above is None or above.kind != "task" or not self._awaits_at_once(*made):
            return None
        for function, line, _ in self._anchors.lines_below(actor.created_at or At(0)):
            if self._limited(function.path, line):
                return EXPIRE
        return self._comes_to(above, seen)

    def _made(self, actor: Actor) -> tuple[str, int] | None:
        """Path and line at which a task was created."""
        if actor.created_at is None:
            return None
        lines = self._anchors.lines_below(actor.created_at)
        return (lines[0][0].path, lines[0][1]) if lines else None

    def _limited(self, path: str, line: int) -> bool:
        """Whether a line is under a time limit: in `async with timeout(…)`, or as the argument of `wait_for`."""
        around = self._texts.around(path, line)
        for node in around:
            if isinstance(node, ast.AsyncWith | ast.With) and line > node.lineno and any(_limits(item.context_expr) for item in node.items):
                return True
        return bool(around) and any(isinstance(node, ast.Call) and _is_wait_for(node) for node in ast.walk(_statement(around)))

    def _awaits_at_once(self, path: str, line: int) -> bool:
        """Whether the statement that creates a task also awaits it, so that cancelling the creator cancels the task."""
        around = self._texts.around(path, line)
        return bool(around) and any(isinstance(node, ast.Await) for node in ast.walk(_statement(around)))

    def _is_cancelled(self, actor: Actor, made: tuple[str, int] | None) -> bool:
        """Whether a task was cancelled in the recorded run, is in a task group, or may be cancelled by a `cancel()` in the code.

        Such a `cancel()` is called on the name that the task is bound to, or on the items of the collection that it is in.
        """
        if actor.object is not None and any(event.op == SyncOp.CANCEL and event.object == actor.object for event in self._evidence.facts.operations):
            return True
        around = [] if made is None else self._texts.around(*made)
        if not around:
            return False
        statement = _statement(around)
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and called(node) in ("create_task", "start_soon")]
        if any(_of_group(call, around[0]) for call in calls):
            return True
        names = {_last(target) for target in _targets(statement)} - {""}
        return bool(names & self._cancelled_names())

    def _cancelled_names(self) -> set[str]:
        """The names on which code calls or passes `cancel`; for a loop variable, also those of the collection."""
        found: set[str] = set()
        for _, function in self._texts.functions():
            for node in own_nodes(function):
                if isinstance(node, ast.Attribute) and node.attr == "cancel":
                    found.add(_last(node.value))
            for node in own_nodes(function):
                if isinstance(node, ast.For) and _last(node.target) in found:
                    found |= {_last(each) for each in ast.walk(node.iter)}
        return found - {"", "self"}

    # What to compare with.

    def _before(self, actor: Actor, at: At, comes: str) -> tuple[OrderPlace, str] | None:
        """The place before the task enters the function in which it waits, and how it is cancelled there; None if no limit applies there yet."""
        lines = self._anchors.lines_below(at)
        if not lines:
            return None
        if len(lines) == 1:
            return OrderPlace(actor.path, "start"), comes
        function, line, began = lines[1]
        statement = _statement(self._texts.around(function.path, line))
        waits_for = any(isinstance(node, ast.Call) and _is_wait_for(node) for node in ast.walk(statement))
        return self._place_before(actor, function, line, began), "TimeoutError" if waits_for and comes == EXPIRE else comes

    def _before_limit(self, actor: Actor, at: At) -> tuple[OrderPlace, str] | None:
        """The place where a task would time out before it does anything under the limit; None without an `async with timeout(…)`."""
        for function, line, _ in self._anchors.lines_below(at):
            for node in reversed(self._texts.around(function.path, line)):
                if isinstance(node, ast.AsyncWith) and line > node.lineno and any(_raises(item.context_expr) for item in node.items[:1]):
                    return self._place_before(actor, function, node.lineno, at), "TimeoutError"
        return None

    def _place_before(self, actor: Actor, function: Function, line: int, began: At) -> OrderPlace:
        return self._anchors.before_await(actor, function, line, began)


def _limits(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and called(expression) in _LIMITS


def _raises(expression: ast.expr) -> bool:
    return _limits(expression) and isinstance(expression, ast.Call) and called(expression) != "move_on_after"


def _is_wait_for(call: ast.Call) -> bool:
    """Whether a call is that of asyncio, not of a condition."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return called(call) == "wait_for" and (owner is None or _last(owner) in _LIBRARIES)


def _of_group(call: ast.Call, function: ast.AST) -> bool:
    """Whether a task is made in a group that a function opens."""
    owner = _last(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    opened = [item for node in ast.walk(function) if isinstance(node, ast.AsyncWith) for item in node.items]
    return any(item.optional_vars is not None and _last(item.optional_vars) == owner != "" for item in opened)


def _statement(around: Sequence[ast.AST]) -> ast.AST:
    """The innermost statement of the nodes that span a line; of a compound one only what stands in its head."""
    found = next((node for node in reversed(around) if isinstance(node, ast.stmt)), ast.Pass())
    if isinstance(found, ast.AsyncWith | ast.With):
        return ast.Tuple([item.context_expr for item in found.items], ast.Load())
    if isinstance(found, ast.For | ast.AsyncFor):
        return found.iter
    if isinstance(found, ast.If | ast.While):
        return found.test
    return ast.Pass() if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try) else found


def _targets(statement: ast.AST) -> list[ast.expr]:
    """What a statement binds its value to, or puts it into."""
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target):
            return [target]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="append" | "add"))):
            return [owner]
    return []


def _last(node: ast.AST) -> str:
    """The last name of an expression; of an item that of what holds it."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
