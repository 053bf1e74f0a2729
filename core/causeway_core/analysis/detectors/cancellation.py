"""Changes that a cancelled task would leave half done."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.operations import Operation
from causeway_core.analysis.telling.scene import Moment, Scene
from causeway_core.analysis.text import FunctionNode, Texts, called, last_name, own_nodes
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

_CANCELS = frozenset({"wait_for", "timeout", "timeout_at", "move_on_after", "fail_after", "TaskGroup"})
_UNDOES = {"append": ("remove", "pop", "discard"), "add": ("discard", "remove"), "appendleft": ("remove", "popleft")}
_SUSPENDING = ast.Await | ast.AsyncFor | ast.AsyncWith


@dataclass(frozen=True, slots=True)
class _Change:
    """A statement that changes a place: its target as text, what it does, and the statements around it, outermost first."""

    node: ast.stmt
    target: str
    does: str
    around: tuple[ast.AST, ...]


def cancellations(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran, change something and change it back (or its counterpart) after an await that no `finally` covers, in a program that
    cancels: by `cancel()`, a timeout or a task group. Latent: it takes a cancellation at that await.
    """
    texts = Texts(evidence.facts.sources)
    cancelled = any(event.op == SyncOp.CANCEL for event in events) or texts.mentions("cancel")
    if not cancelled and not any(called(call) in _CANCELS for call in texts.calls()):
        return []
    ran = {(function.path, function.first_line): function.qualname for function in evidence.facts.functions.values() if function.kind == "coroutine"}
    found = []
    for path, function in texts.functions():
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        if isinstance(function, ast.AsyncFunctionDef) and ((path, first) in ran or (path, function.lineno) in ran):
            told = _of_function(scene, evidence, path, function)
            if told is not None:
                found.append(told)
    return found


def _of_function(scene: Scene, evidence: Evidence, path: str, function: ast.AsyncFunctionDef) -> Finding | None:
    changes = list(_changes(function, ()))
    for number, one in enumerate(changes):
        for other in changes[number + 1 :]:
            kind = _belong_together(one, other)
            if kind is None or _other_branch(one, other):
                continue
            gap = _open_await(function, one, other)
            if gap is not None:
                return _told(scene, evidence, path, function, one, other, gap, kind)
    return None


def _changes(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[_Change]:
    """The changes of what is not a local, in order of the text."""
    for child in ast.iter_child_nodes(node):
        inside = (*around, node)
        if isinstance(child, FunctionNode | ast.ClassDef | ast.Lambda):
            continue
        match child:
            case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target, op=ast.Add() | ast.Sub() as operator):
                yield _Change(child, ast.unparse(target), "+" if isinstance(operator, ast.Add) else "-", inside)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=ast.Constant(value=value)) if value is None or isinstance(
                value, bool
            ):
                yield _Change(child, ast.unparse(target), str(value), inside)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute() | ast.Subscript() as owner) as method)):
                yield _Change(child, ast.unparse(owner), method.attr, inside)
        yield from _changes(child, inside)


def _belong_together(one: _Change, other: _Change) -> str | None:
    """Whether the second change takes the first back (`undo`), or moves to another attribute of the same object what it took (`move`)."""
    if one.target == other.target:
        undoes = {("+", "-"), ("-", "+"), ("True", "False")}
        return "undo" if (one.does, other.does) in undoes or other.does in _UNDOES.get(one.does, ()) else None
    owners = [change.target.rpartition(".")[0] for change in (one, other)]
    moves = {one.does, other.does} == {"+", "-"} and owners[0] == owners[1] != ""
    return "move" if moves else None


def _other_branch(one: _Change, other: _Change) -> bool:
    """Whether the two stand in different branches of one statement, or in an except clause."""
    if any(isinstance(node, ast.ExceptHandler) for node in other.around):
        return True
    shared = [node for node in one.around if isinstance(node, ast.If) and node in other.around]
    return any(_part(node, one) != _part(node, other) for node in shared)


def _part(branching: ast.AST, change: _Change) -> str:
    chain = (*change.around, change.node)
    child = chain[chain.index(branching) + 1]
    return next((name for name in ("body", "orelse") if child in getattr(branching, name)), "")


def _open_await(function: ast.AsyncFunctionDef, one: _Change, other: _Change) -> ast.AST | None:
    """The first await between the two that nothing protects: no shield, no `try` whose `finally` (or except of everything) takes the change back."""
    protecting = {id(node) for node in _protected(function, other)}
    for node in sorted((each for each in own_nodes(function) if isinstance(each, _SUSPENDING)), key=lambda each: (each.lineno, each.col_offset)):
        if not (one.node.end_lineno or one.node.lineno) < node.lineno <= (other.node.end_lineno or other.node.lineno):
            continue
        if isinstance(node, ast.AsyncWith) and node in other.around and node in one.around:
            continue
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and called(node.value) == "shield":
            continue
        if id(node) not in protecting:
            return node
    return None


def _protected(function: ast.AsyncFunctionDef, other: _Change) -> Iterator[ast.AST]:
    """The nodes of `try` bodies that end in a `finally`, or in an except clause that sees cancellations, by which the change is taken back."""
    for block in own_nodes(function):
        if not isinstance(block, ast.Try):
            continue
        wide = [handler for handler in block.handlers if _sees_cancellation(handler)]
        if _touches(block.finalbody, other.target) or any(_touches(handler.body, other.target) for handler in wide):
            yield from (node for part in block.body for node in ast.walk(part))


def _sees_cancellation(handler: ast.ExceptHandler) -> bool:
    names = {last_name(node) for node in ast.walk(handler.type)} if handler.type is not None else {"BaseException"}
    return bool(names & {"BaseException", "CancelledError"})


def _statements(body: Sequence[ast.stmt]) -> list[ast.AST]:
    return [node for statement in body for node in ast.walk(statement)]


def _touches(body: Sequence[ast.stmt], target: str) -> bool:
    """Whether some statements mention a place, or call something that may."""
    return any(isinstance(node, ast.Attribute | ast.Subscript) and ast.unparse(node) == target for node in _statements(body))


def _told(
    scene: Scene, evidence: Evidence, path: str, function: ast.AsyncFunctionDef, one: _Change, other: _Change, gap: ast.AST, kind: str
) -> Finding:
    shown = evidence.facts.shown(path)
    actor = next((each.id for each in evidence.facts.actors.values() if each.kind == "task"), 1)
    line = getattr(gap, "lineno", 0)

    def moment(node: ast.AST, role: str, words: str) -> Moment:
        return Moment(actor, 0, role, words, SourcePlace(path, shown, getattr(node, "lineno", 0), function.name, At(0)))

    if kind == "undo":
        said = f"before it changes it back: cancelled there, the change to {one.target} stays"
        advice = "begin the `try` right after the change and undo it in `finally`"
    else:
        said = f"before {other.target} follows: cancelled there, only the first of the two changes is made"
        advice = "make both changes in one step after the await, or undo the first in `except BaseException`"
    return scene.finding(
        kind="atomicity_violation",
        tier="latent",
        rank=11.4,
        confidence=0.45,
        title=f"`{function.name}` changes {one.target} and awaits (line {line}) {said}",
        resource=one.target,
        events=[
            moment(one.node, "write", f"changes {one.target}"),
            moment(gap, "cancel", "awaits: a cancellation arrives here"),
            moment(other.node, "restore" if kind == "undo" else "complete", f"changes {other.target}"),
        ],
        recommendation=advice,
        explanation="The program cancels tasks (a timeout is a cancellation too). It did not happen at this await in this run.",
    )
