"""Updates that a cancelled task leaves half done."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.changes import TAKES, Change, changes, is_undone_by, sees_cancellation, touches
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import Texts, called, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

_CANCELS = frozenset({"wait_for", "timeout", "timeout_at", "move_on_after", "fail_after", "TaskGroup"})
_TELLING = frozenset({"print", "debug", "info", "warning", "error", "exception", "critical", "log"})
MOST_AWAITS = 3
"""Awaits of a window that are reported."""
SUSPENDING = ast.Await | ast.AsyncFor | ast.AsyncWith


def partial_updates(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran, change something and undo it (or make a counterpart change) after an await that no `finally` covers.

    Only in a program that cancels: by `cancel()`, a timeout or a task group. Latent: it takes a cancellation at that await.
    """
    texts = evidence.texts
    if not cancels(texts, events):
        return []
    found = []
    for path, function in coroutines_that_ran(evidence):
        finding = _of_function(scene, evidence, path, function)
        if finding is not None:
            found.append(finding)
    return found


def coroutines_that_ran(evidence: Evidence, kinds: tuple[str, ...] = ("coroutine",)) -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """The asynchronous functions of the recorded code that were called, with their files."""
    ran = {(function.path, function.first_line) for function in evidence.facts.functions.values() if function.kind in kinds}
    for path, function in evidence.texts.functions():
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        if isinstance(function, ast.AsyncFunctionDef) and ((path, first) in ran or (path, function.lineno) in ran):
            yield path, function


def cancels(texts: Texts, events: Iterable[Operation]) -> bool:
    """Whether a program cancels tasks, or could: by `cancel()`, a timeout or a task group."""
    cancelled = any(event.op == SyncOp.CANCEL for event in events) or texts.mentions("cancel")
    return cancelled or any(limits(call) for call in texts.calls())


def limits(node: ast.AST) -> bool:
    """Whether a call cancels what takes too long, or is a group that cancels its tasks when one fails."""
    return isinstance(node, ast.Call) and called(node) in _CANCELS and not _of_condition(node)


def _of_condition(call: ast.Call) -> bool:
    """Whether it is a condition's `wait_for`, which has no time limit."""
    return called(call) == "wait_for" and len(call.args) + len(call.keywords) == 1


def _of_function(scene: Scene, evidence: Evidence, path: str, function: ast.AsyncFunctionDef) -> Finding | None:
    own = _locals(function)
    handed = _published_names(function)
    made = [change for change in changes(function) if change.target not in own - handed]
    for number, one in enumerate(made):
        for other in made[number + 1 :]:
            kind = _belong_together(one, other)
            if kind is None or _other_branch(one, other):
                continue
            gaps = _open_awaits(function, one, other)
            if gaps:
                return _finding(scene, path, function, one, other, gaps, kind)
    return _uncleaned(scene, evidence, path, function)


def _locals(function: ast.AsyncFunctionDef) -> set[str]:
    """The names that a function binds in its body. What they hold is private until it is passed on."""
    return {node.id for node in own_nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _published_names(function: ast.AsyncFunctionDef) -> set[str]:
    """The local names whose value the function also stores in an attribute or item, where other actors find it."""
    found: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            found |= {name.id for name in (node.value, *node.targets) if isinstance(name, ast.Name)}
    return found


def _uncleaned(scene: Scene, evidence: Evidence, path: str, function: ast.AsyncFunctionDef) -> Finding | None:
    """A `try` that cleans up when what it awaits fails, but not when it is cancelled: since Python 3.8, `except Exception` does not catch that."""
    for block in own_nodes(function):
        if not isinstance(block, ast.Try) or any(sees_cancellation(handler) for handler in block.handlers):
            continue
        waits = [node for statement in block.body for node in ast.walk(statement) if isinstance(node, SUSPENDING)]
        for handler in block.handlers:
            cleaning = [each for each in handler.body if not isinstance(each, ast.Raise | ast.Pass) and not _only_logs(each)]
            if waits and cleaning and isinstance(handler.body[-1], ast.Raise):
                gaps = sorted(waits, key=lambda node: getattr(node, "lineno", 0))[:MOST_AWAITS]
                return _uncleaned_finding(scene, path, function, gaps, cleaning[0])
    return None


def _only_logs(statement: ast.stmt) -> bool:
    """Whether a statement only logs or prints."""
    match statement:
        case ast.Expr(value=ast.Call() as call):
            return called(call) in _TELLING
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(), *_], value=value):
            return not any(isinstance(node, ast.Call) for node in ast.walk(value))
    return False


def _belong_together(one: Change, other: Change) -> str | None:
    """Whether the second change undoes the first (`undo`), or moves what it removed to another attribute of the same object (`move`).

    Moving also covers two tables of which each is keyed by the values of the other.
    """
    if one.target == other.target:
        same = one.subject == other.subject != "" if one.does in TAKES else one.does != "[]" or one.subject == other.subject
        return "undo" if same and is_undone_by(one, other) else None
    owners = [change.target.rpartition(".")[0] for change in (one, other)]
    moves = ({one.does, other.does} == {"+", "-"} and _same_amount(one, other)) or _in_both_tables(one, other)
    return "move" if moves and owners[0] == owners[1] != "" else None


def _same_amount(one: Change, other: Change) -> bool:
    """Whether what is added to one location may be what is taken from the other: not so where a number is another number, or no number."""
    numbers = [change.value for change in (one, other) if change.value.isdecimal()]
    return not numbers or one.value == other.value


def _in_both_tables(one: Change, other: Change) -> bool:
    """Whether a key is entered with a value in one table and the value with the key in another; or what is removed from the one is the key that is
    removed from the other.
    """
    if one.does == other.does == "[]":
        return one.value == other.subject and one.subject == other.value
    return one.does in TAKES and isinstance(one.node, ast.Assign) and other.does in ("del", "pop") and one.subject == other.subject != ""


def _other_branch(one: Change, other: Change) -> bool:
    """Whether the two are in different branches of one statement, or in an except clause."""
    if any(isinstance(node, ast.ExceptHandler) for node in other.around):
        return True
    shared = [node for node in one.around if isinstance(node, ast.If) and node in other.around]
    return any(_part(node, one) != _part(node, other) for node in shared)


def _part(branching: ast.AST, change: Change) -> str:
    chain = (*change.around, change.node)
    child = chain[chain.index(branching) + 1]
    return next((name for name in ("body", "orelse") if child in getattr(branching, name)), "")


def _open_awaits(function: ast.AsyncFunctionDef, one: Change, other: Change) -> list[ast.AST]:
    """The first unprotected awaits between the two: no shield, and no `try` whose `finally` (or except of everything) undoes the change."""
    found: list[ast.AST] = []
    protecting = {id(node) for node in protected(function, other.target)}
    for node in sorted((each for each in own_nodes(function) if isinstance(each, SUSPENDING)), key=lambda each: (each.lineno, each.col_offset)):
        if not (one.node.end_lineno or one.node.lineno) < node.lineno <= (other.node.end_lineno or other.node.lineno):
            continue
        if isinstance(node, ast.AsyncWith) and node in other.around and node in one.around:
            continue
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and called(node.value) == "shield":
            continue
        if id(node) not in protecting:
            found.append(node)
    return found[:MOST_AWAITS]


def protected(function: ast.AsyncFunctionDef, target: str) -> Iterator[ast.AST]:
    """The nodes of `try` bodies with a `finally`, or an except clause that catches cancellation, that mentions a location."""
    for block in own_nodes(function):
        if not isinstance(block, ast.Try):
            continue
        wide = [handler for handler in block.handlers if sees_cancellation(handler)]
        if touches(block.finalbody, target) or any(touches(handler.body, target) for handler in wide):
            yield from (node for part in block.body for node in ast.walk(part))


def _finding(
    scene: Scene, path: str, function: ast.AsyncFunctionDef, one: Change, other: Change, gaps: Sequence[ast.AST], kind: str
) -> Finding:
    line = getattr(gaps[0], "lineno", 0)
    moment = moments(scene, path, function)
    if kind == "undo":
        consequence = "before it undoes that: if it is cancelled there, the change stays"
        advice = "start the `try` right after the change, and undo the change in `finally`"
    else:
        consequence = f"before it changes {other.target}: if it is cancelled there, only the first change is made"
        advice = "make both changes in one step after the await, or undo the first in `except BaseException`"
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_UPDATE,
        title=f"`{function.name}` changes {one.target} and awaits (line {line}) {consequence}",
        resource=one.target,
        events=[
            moment(one.node, "write", f"changes {one.target}"),
            *(moment(gap, "cancel", "awaits: a cancellation can arrive here") for gap in gaps),
            moment(other.node, "restore" if kind == "undo" else "complete", f"changes {other.target}"),
        ],
        recommendation=advice,
        explanation=NOT_CANCELLED_HERE,
    )


def _uncleaned_finding(
    scene: Scene, path: str, function: ast.AsyncFunctionDef, gaps: Sequence[ast.AST], cleaning: ast.stmt
) -> Finding:
    line, cleans = getattr(gaps[0], "lineno", 0), ast.unparse(cleaning).partition("\n")[0]
    moment = moments(scene, path, function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_UPDATE_ELSEWHERE,
        title=f"`{function.name}` cleans up when its await in line {line} fails, but not when it is cancelled there",
        resource=function.name,
        events=[
            *(moment(gap, "cancel", "awaits: a cancellation can arrive here") for gap in gaps),
            moment(cleaning, "clean up", f"cleans up after errors, not after a cancellation: `{cleans}`"),
        ],
        recommendation="clean up in `except BaseException` (or `finally`): CancelledError is not a subclass of Exception",
        explanation=NOT_CANCELLED_HERE,
    )


def moments(scene: Scene, path: str, function: ast.AsyncFunctionDef) -> Callable[[ast.AST, str, str], Moment]:
    """A function that makes moments of a task that ran a coroutine function (of any task, if the recording does not tell)."""
    tasks = [each for each in scene.evidence.facts.actors.values() if each.kind == "task"]
    named = [each for each in tasks if each.path.rpartition("/")[2].partition("#")[0] == function.name]
    actor = next((each.id for each in (*named, *tasks)), 1)

    def moment(node: ast.AST, role: str, words: str) -> Moment:
        return Moment(actor, 0, role, words, scene.line(path, getattr(node, "lineno", 0), function.name))

    return moment
