"""How a program may cancel a task that waits at an await, by what the recording and the source show."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import called, own_nodes
from causeway_core.model import Actor, At
from causeway_core.model.order import OrderPlace
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.places import Unplaced
from causeway_core.wire.kinds import SyncOp

_LIMITS = frozenset({"timeout", "timeout_at", "move_on_after", "fail_after"})
_TIMERS = frozenset({"call_later", "call_at"})
_GROUPS = frozenset({"create_task", "start_soon"})
_LIBRARIES = frozenset({"asyncio", "anyio", "async_timeout"})


@dataclass(frozen=True, slots=True)
class Canceller:
    """What cancels a task: the statement or the end of an actor (`place`); without a place, a time limit or a timer that can expire at any await.

    `says` completes a sentence that begins with the task: `is cancelled by task Task-3`. `since` is the last place before the step of `place`.
    """

    says: str
    place: OrderPlace | None = None
    since: OrderPlace | None = None


LIMIT = Canceller("reaches its time limit")
TIMER = Canceller("is cancelled by its timer")


class Cancellers:
    """Finds what cancels a task. Only what the program itself does counts, so that its own clean-up follows in a re-run:

    - a time limit or a timer that cancels it: both can be made to expire at any await;
    - a `cancel()` in the recorded run of the task, or of the task that awaits it, which nothing orders after the await;
    - the failure, in the recorded run, of another task of its group.

    A `cancel()` that did not run does not count: what the code around it does afterwards would be missing.
    """

    def __init__(self, anchors: Anchors, evidence: Evidence) -> None:
        self._anchors = anchors
        self._evidence = evidence
        self._texts = evidence.texts

    def of(self, actor: Actor, at: At) -> Canceller | None:
        """What can cancel a task that waits at an event; None if nothing is seen to do that."""
        if any(self.limited(function.path, line) for function, line, _ in self._anchors.lines_below(at)[1:]):
            return LIMIT
        return self.timed(actor) or self._recorded(actor, at)

    def timed(self, actor: Actor) -> Canceller | None:
        """The time limit or timer that can cancel a task wherever it waits: its own, or that of a task that awaits it."""
        return next((found for each in self._reaching(actor) if (found := self._expiring(each)) is not None), None)

    def expires(self, actor: Actor, at: At) -> bool:
        """Whether a task waits at an event under a time limit, be it one that the very function began in which it waits."""
        here = self._anchors.lines_below(at)[:1]
        return any(self.limited(function.path, line) for function, line, _ in here) or self.of(actor, at) == LIMIT

    def cancels(self, actor: Actor) -> Iterator[Operation]:
        """The recorded cancellations of a task."""
        if actor.object is not None:
            yield from (event for event in self._evidence.facts.operations if event.op == SyncOp.CANCEL and event.object == actor.object)

    def limited(self, path: str, line: int) -> bool:
        """Whether a line is under a time limit: in `async with timeout(…)`, or as the argument of `wait_for`."""
        around = self._texts.around(path, line)
        for node in around:
            if isinstance(node, ast.AsyncWith | ast.With) and line > node.lineno and any(limits(item.context_expr) for item in node.items):
                return True
        return bool(around) and any(isinstance(node, ast.Call) and is_wait_for(node) for node in ast.walk(statement(around)))

    def _recorded(self, actor: Actor, at: At) -> Canceller | None:
        """What cancels a task in the recorded run, at a time that nothing orders after an event."""
        for each in self._reaching(actor):
            for event in self.cancels(each):
                if event.actor not in (actor.id, each.id) and self._may_precede(At(event.at), at):
                    found = self._explicit(event)
                    if found is not None:
                        return found
            for other in self._failed_siblings(each):
                if other.last_at is not None and self._may_precede(other.last_at, at):
                    return Canceller(f"is cancelled by its group when {other.title} fails", self._anchors.end(other))
        return None

    def _may_precede(self, one: At, other: At) -> bool:
        return not self._evidence.order.happens_before(other, one, must=True)

    def _explicit(self, event: Operation) -> Canceller | None:
        """A recorded cancellation that a statement of the program makes; None for what a library or the end of the loop does."""
        with suppress(Unplaced):
            place = self._anchors.operation(event.actor, At(event.at), "acquire")
            if "cancel" in place.text:
                who = self._anchors.actor_of(event.actor)
                return Canceller(f"is cancelled by {who.title}", place, self._anchors.since_event(who, At(event.at)))
        return None

    def _failed_siblings(self, actor: Actor) -> Iterator[Actor]:
        """The tasks that failed in the recorded run and were created in the same group."""
        group, creator = self._group(actor), _creator(actor)
        failed = (each for each in self._evidence.facts.actors.values() if each.state == "failed" and each.id != actor.id)
        if group:
            yield from (each for each in failed if _creator(each) == creator and self._group(each) == group)

    def _expiring(self, actor: Actor) -> Canceller | None:
        """The time limit around the creation of a task, or the timer that cancels it."""
        made = self._made(actor)
        if made is None:
            return None
        if self.limited(*made):
            return LIMIT
        names = {_last(target) for target in _targets(statement(self._texts.around(*made)))} - {""}
        return TIMER if names & self._cancelled_by_timers else None

    @cached_property
    def _cancelled_by_timers(self) -> frozenset[str]:
        """The names whose `cancel` is handed to a timer of the event loop: `call_later(60, task.cancel)`."""
        calls = (node for _, function in self._texts.functions() for node in own_nodes(function) if isinstance(node, ast.Call))
        given = (each for call in calls if called(call) in _TIMERS for each in call.args)
        return frozenset(_last(each.value) for each in given if isinstance(each, ast.Attribute) and each.attr == "cancel")

    def _reaching(self, actor: Actor) -> Iterator[Actor]:
        """A task, and the tasks above it whose cancellation reaches it: each awaits it where it creates it, or creates it in its group."""
        yield actor
        made = self._made(actor)
        above = self._evidence.actor_at(actor.created_at) if actor.created_at is not None else None
        parent = None if above is None else self._evidence.facts.actors.get(above)
        if made is None or parent is None or parent.kind != "task":
            return
        if self._group(actor) or _awaits(statement(self._texts.around(*made))):
            yield from self._reaching(parent)

    def _group(self, actor: Actor) -> str:
        """The name of the group in which a task was created, in the function that opens the group; else empty."""
        made = self._made(actor)
        around = [] if made is None else self._texts.around(*made)
        calls = [node for node in ast.walk(statement(around)) if isinstance(node, ast.Call) and called(node) in _GROUPS]
        return next((name for call in calls if (name := _opened(call, around[0]))), "")

    def _made(self, actor: Actor) -> tuple[str, int] | None:
        """Path and line at which a task was created."""
        if actor.created_at is None:
            return None
        lines = self._anchors.lines_below(actor.created_at)
        return (lines[0][0].path, lines[0][1]) if lines else None


def limits(expression: ast.expr) -> bool:
    """Whether an expression is a time limit that is entered by `with`."""
    return isinstance(expression, ast.Call) and called(expression) in _LIMITS


def is_wait_for(call: ast.Call) -> bool:
    """Whether a call is the `wait_for` of asyncio, not of a condition."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return called(call) == "wait_for" and (owner is None or _last(owner) in _LIBRARIES)


def statement(around: Sequence[ast.AST]) -> ast.AST:
    """The innermost statement of the nodes that span a line; of a compound one only what stands in its head."""
    found = next((node for node in reversed(around) if isinstance(node, ast.stmt)), ast.Pass())
    if isinstance(found, ast.AsyncWith | ast.With):
        return ast.Tuple([item.context_expr for item in found.items], ast.Load())
    if isinstance(found, ast.For | ast.AsyncFor):
        return found.iter
    if isinstance(found, ast.If | ast.While):
        return found.test
    return ast.Pass() if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try) else found


def _awaits(creation: ast.AST) -> bool:
    """Whether the statement that creates a task also awaits it, so that cancelling the creator cancels the task."""
    nodes = list(ast.walk(creation))
    shielded = any(isinstance(node, ast.Call) and called(node) == "shield" for node in nodes)
    return not shielded and any(isinstance(node, ast.Await) for node in nodes)


def _opened(call: ast.Call, function: ast.AST) -> str:
    """The name of the group that a call creates a task in, if the function opens it."""
    owner = _last(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    opened = [item.optional_vars for node in ast.walk(function) if isinstance(node, ast.AsyncWith) for item in node.items]
    return owner if any(target is not None and _last(target) == owner for target in opened) else ""


def _creator(actor: Actor) -> str:
    return actor.path.rpartition("/")[0]


def _targets(creation: ast.AST) -> list[ast.expr]:
    """What a statement binds its value to, or puts it into."""
    match creation:
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
