"""Resources that one function acquires for another to release, and that are never released if the task is cancelled in between."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.changes import GIVES, TAKES, Change, changes, is_undone_by, sees_cancellation, touches
from causeway_core.analysis.detectors.cancellation.partial_update import MOST_AWAITS, SUSPENDING, cancels, coroutines_that_ran, moments
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

PUTS_BACK = "put back"
"""Role of the code that puts an item back which a function has got for its caller."""
GIVES_BACK = "gives back"
"""Role of the `finally` that gives back what a function has got before its `try`."""
_LEAVES = ast.Return | ast.Raise | ast.Continue | ast.Break


def unreleased_resources(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran and change something that a sibling function undoes, and then await before they return.

    A caller cancelled there never gets the resource, so it has nothing to release. A hint: something else may release it, which only a re-run can
    tell.
    """
    texts = evidence.texts
    if not cancels(texts, events):
        return []
    found, takers = [], dict(_takers(texts))
    for path, function in coroutines_that_ran(evidence):
        siblings = _siblings(texts, path, function)
        of_function, of_caller = _of_function(scene, evidence, path, function, siblings), _of_caller(scene, path, function, takers)
        finding = next(chain(of_function, of_caller, _before_try(scene, texts, path, function)), None)
        if finding is not None:
            found.append(finding)
    return found


def _of_function(scene: Scene, evidence: Evidence, path: str, function: ast.AsyncFunctionDef, siblings: Sequence[FunctionNode]) -> Iterator[Finding]:
    own = changes(function)
    for one in own:
        if any(other.target == one.target and is_undone_by(one, other) for other in own) or not _is_shared(function, one):
            continue
        givers = {each.name: other for each in siblings for other in changes(each) if other.target == one.target and is_undone_by(one, other)}
        gaps = _open_awaits(one, frozenset(givers)) if givers else []
        if gaps:
            yield _finding(scene, path, function, (one, next(iter(givers.values()))), gaps)


@dataclass(frozen=True, slots=True)
class _Taker:
    """A function that takes an item out of a collection and returns it, and the sibling functions that put one back, by name."""

    awaited: bool
    givers: dict[str, Change]


def _takers(texts: Texts) -> Iterator[tuple[str, _Taker]]:
    """The functions that take an item for their caller, by name; none that shares its name with a method of collections, unless it is awaited."""
    for path, function in texts.functions():
        taken, awaited = set(_removed_for_caller(function)), isinstance(function, ast.AsyncFunctionDef)
        if not taken or not (awaited or function.name not in TAKES):
            continue
        siblings = _siblings(texts, path, function)
        givers = {each.name: change for each in siblings for change in changes(each) if change.target in taken and change.does in GIVES}
        if givers:
            yield function.name, _Taker(awaited, givers)


def _removed_for_caller(function: FunctionNode) -> Iterator[str]:
    """The collections from which a function removes an item that it returns."""
    own = changes(function)
    for node in own_nodes(function):
        match node:
            case ast.Return(value=ast.Call() as call) | ast.Return(value=ast.Await(value=ast.Call() as call)):
                if called(call) in TAKES and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Attribute):
                    yield ast.unparse(call.func.value)
            case ast.Return(value=ast.Name(id=name)):
                yield from (each.target for each in own if each.does in TAKES and each.subject == name and isinstance(each.node, ast.Assign))


def _of_caller(scene: Scene, path: str, function: ast.AsyncFunctionDef, takers: Mapping[str, _Taker]) -> Iterator[Finding]:
    """An item that a function has got from a taker and is about to return, to store or to give back when it awaits."""
    for one in changes(function):
        taker = takers.get(one.does)
        if taker is None or not isinstance(one.node, ast.Assign) or isinstance(one.node.value, ast.Await) != taker.awaited:
            continue
        gaps = _open_awaits(one, frozenset(taker.givers), until_kept=True)
        if gaps:
            yield _lost(scene, path, function, (one, next(iter(taker.givers.values()))), gaps)


def _before_try(scene: Scene, texts: Texts, path: str, function: ast.AsyncFunctionDef) -> Iterator[Finding]:
    """What a function has got from a call and gives back in a `finally`, with awaits before the `try` begins."""
    for one in _gotten(function, ()):
        gaps: list[ast.AST] = []
        for statement in _following(one):
            gives = _gives_back(texts, statement, one.subject) if isinstance(statement, ast.Try) else None
            if gives is not None and gaps:
                yield _kept(scene, path, function, (one, gives), gaps[:MOST_AWAITS])
            if gives is not None or _stores(statement, one.subject):
                break
            gaps += (node for node in (statement, *own_nodes(statement)) if isinstance(node, SUSPENDING) and not _cares(texts, node, one.subject))


def _gotten(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Change]:
    """The calls whose result a function binds to a local."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.ClassDef | ast.Lambda):
            continue
        match child:
            case ast.Assign(targets=[ast.Name(id=name)], value=(ast.Call() as call) | ast.Await(value=ast.Call() as call)):
                yield Change(child, ast.unparse(call.func), called(call), (*around, node), name)
        yield from _gotten(child, (*around, node))


def _gives_back(texts: Texts, block: ast.Try, name: str) -> ast.Call | None:
    """The call by which a `try` passes a local to a function of the program, or puts it into a collection, however it ends."""
    for part in (block.finalbody, *(handler.body for handler in block.handlers if sees_cancellation(handler))):
        for node in chain.from_iterable(map(ast.walk, part)):
            if isinstance(node, ast.Call) and any(isinstance(each, ast.Name) and each.id == name for each in node.args):
                collection = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute) and called(node) in GIVES
                if collection or texts.named(called(node)):
                    return node
    return None


def _stores(statement: ast.stmt, name: str) -> bool:
    """Whether a statement binds a local anew, or stores it where other code may find it to give it back."""
    for node in (statement, *own_nodes(statement)):
        match node:
            case ast.Name(id=bound, ctx=ast.Store()) if bound == name:
                return True
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_], value=ast.Name(id=stored)) if stored == name:
                return True
    return False


def _cares(texts: Texts, node: ast.AST, name: str) -> bool:
    """Whether what is awaited may give a local back itself: it is shielded, or gets the local and handles cancellation."""
    call = node.value if isinstance(node, ast.Await) else None
    if not isinstance(call, ast.Call):
        return False
    gets = any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(call))
    handles = (block for each in texts.named(called(call)) for block in ast.walk(each) if isinstance(block, ast.Try))
    return called(call) == "shield" or (gets and any(block.finalbody or any(map(sees_cancellation, block.handlers)) for block in handles))


def _siblings(texts: Texts, path: str, function: FunctionNode) -> list[FunctionNode]:
    """The other methods of a function's class; for a function without a class, those in the same body."""
    tree = texts.tree(path)
    for node in ast.walk(tree) if tree is not None else ():
        body = getattr(node, "body", None)
        if isinstance(body, list) and function in body:
            return [each for each in body if isinstance(each, FunctionNode) and each is not function]
    return []


def _is_shared(function: FunctionNode, change: Change) -> bool:
    """Whether sibling functions name the changed location by the same words: an attribute of `self`, or a name that is not local."""
    root = change.target.partition(".")[0].partition("[")[0]
    bound = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)} - {"self", "cls"}
    bound |= {node.id for node in own_nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return root not in bound


def _open_awaits(one: Change, givers: frozenset[str], *, until_kept: bool = False) -> list[ast.AST]:
    """The awaits after a change, except those that are shielded or under a `try` that undoes it in every case.

    `until_kept`: only those before what the change has yielded is returned, stored, or handed to a call.
    """
    found: list[ast.AST] = []
    for statement in _following(one):
        if until_kept and _passes_on(statement, one.subject):
            break
        covered: set[int] = set()
        for block in ast.walk(statement):
            if isinstance(block, ast.Try) and _covers(block, one, givers):
                covered.update(map(id, ast.walk(block)))
        for node in (statement, *own_nodes(statement)):
            shielded = isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and called(node.value) == "shield"
            if isinstance(node, SUSPENDING) and id(node) not in covered and not shielded:
                found.append(node)
    return sorted(found, key=lambda node: getattr(node, "lineno", 0))[:MOST_AWAITS]


def _passes_on(statement: ast.stmt, name: str) -> bool:
    """Whether a statement returns or stores what a local name holds, enters it by `with`, or hands it to a call."""
    for node in (statement, *own_nodes(statement)):
        match node:
            case ast.Return(value=value) | ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_], value=value) if value is not None:
                parts = [value]
            case ast.Call(args=arguments, keywords=keywords):
                parts = [*arguments, *(each.value for each in keywords)]
            case ast.With(items=items) | ast.AsyncWith(items=items):
                parts = [item.context_expr for item in items]
            case _:
                continue
        if any(isinstance(each, ast.Name) and each.id == name for each in parts):
            return True
    return False


def _following(one: Change) -> Iterator[ast.stmt]:
    """The statements after a change in the blocks around it, up to one that leaves; none in a `try` that may undo it."""
    inner: ast.AST = one.node
    for around in reversed(one.around):
        block = next((each for name in ("body", "orelse", "finalbody") if inner in (each := getattr(around, name, None) or [])), [])
        for statement in block[block.index(inner) + 1 :] if inner in block else ():
            if not isinstance(statement, FunctionNode):
                yield statement
            if isinstance(statement, _LEAVES):
                return
        if isinstance(around, ast.Try) and (around.finalbody or any(map(sees_cancellation, around.handlers))):
            return
        inner = around


def _covers(block: ast.Try, one: Change, givers: frozenset[str]) -> bool:
    """Whether a `try` undoes a change on cancellation, itself or through what it calls."""
    clauses = [block.finalbody, *(handler.body for handler in block.handlers if sees_cancellation(handler))]
    return any(touches(body, one.target) or _calls(body, givers) for body in clauses)


def _calls(body: Sequence[ast.stmt], names: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Call) and called(node) in names for statement in body for node in ast.walk(statement))


def _finding(
    scene: Scene, path: str, function: ast.AsyncFunctionDef, pair: tuple[Change, Change], gaps: Sequence[ast.AST]
) -> Finding:
    (one, other), line = pair, getattr(gaps[0], "lineno", 0)
    moment = moments(scene, path, function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` changes {one.target} and awaits (line {line}) before its caller can undo that: it stays if cancelled there",
        resource=one.target,
        events=[
            moment(one.node, "write", f"changes {one.target}"),
            *(moment(gap, "cancel", "awaits: a cancellation can arrive here") for gap in gaps),
            moment(other.node, "give back", f"undoes the change to {other.target}"),
        ],
        recommendation=f"undo the change to {one.target} in `except BaseException` around the await, or make it after the await",
        explanation=NOT_CANCELLED_HERE,
    )


def _lost(scene: Scene, path: str, function: ast.AsyncFunctionDef, pair: tuple[Change, Change], gaps: Sequence[ast.AST]) -> Finding:
    (one, other), line = pair, getattr(gaps[0], "lineno", 0)
    moment, item = moments(scene, path, function), one.subject
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` gets {item} from `{one.target}.{one.does}` and awaits (line {line}) before it is passed on: lost if cancelled",
        resource=one.target,
        events=[
            moment(one.node, "write", f"gets {item}"),
            *(moment(gap, "cancel", "awaits: a cancellation can arrive here") for gap in gaps),
            moment(other.node, PUTS_BACK, f"puts an item back into {other.target}"),
        ],
        recommendation=f"put {item} back in `except BaseException` around the await, or store it before the await where the clean-up finds it",
        explanation=NOT_CANCELLED_HERE,
    )


def _kept(scene: Scene, path: str, function: ast.AsyncFunctionDef, pair: tuple[Change, ast.Call], gaps: Sequence[ast.AST]) -> Finding:
    (one, gives), line = pair, getattr(gaps[0], "lineno", 0)
    moment, item = moments(scene, path, function), one.subject
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_CLEANUP,
        title=f"`{function.name}` gets {item} from `{one.target}` and awaits (line {line}) before its `try`: not given back if cancelled there",
        resource=one.target,
        events=[
            moment(one.node, "write", f"gets {item}"),
            *(moment(gap, "cancel", "awaits: a cancellation can arrive here") for gap in gaps),
            moment(gives, GIVES_BACK, f"gives {item} back: `{ast.unparse(gives)}`"),
        ],
        recommendation=f"start the `try` right after the line that gets {item}",
        explanation=NOT_CANCELLED_HERE,
    )
