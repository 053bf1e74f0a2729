"""Items that a task removes from a location to hand over, and that are lost if it is cancelled in between."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.changes import sees_cancellation, touches
from causeway_core.analysis.detectors.cancellation.partial_update import cancels, coroutines_that_ran, limits, moments
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Scene
from causeway_core.model import Finding

_TAKING = frozenset({"pop", "popleft", "popitem", "get_nowait"})
_EMPTYING = frozenset({"clear"})
_COPYING = frozenset({"list", "dict", "set", "tuple", "copy", "sorted"})


@dataclass(frozen=True, slots=True)
class _Removal:
    """A location that is emptied, or from which one item is removed, and the local that holds what was removed."""

    node: ast.stmt
    place: str
    local: str
    whole: bool = True


def lost_batches(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that ran, empty a shared location into a local and pass that on in an await, in a program that cancels tasks.

    Nothing puts the items back if the cancellation arrives there. The same for a single removed item, where the cancelling code goes on to process
    what is left in the location. Hints, for a re-run to confirm.
    """
    if not cancels(evidence.texts, events):
        return []
    found = []
    for path, function in coroutines_that_ran(evidence):
        for sweep in (*_emptied(function), *(each for each in _removed_items(function) if _canceller_handles(evidence.texts, each))):
            gap = next(_awaits_with_items(function, sweep), None)
            if gap is not None:
                found.append(_finding(scene, path, function, sweep, gap))
                break
    return found


def _emptied(function: ast.AsyncFunctionDef) -> Iterator[_Removal]:
    """`batch, self.waiting = self.waiting, []`; or `batch = self.waiting` (or a copy) followed by a new list or `self.waiting.clear()`."""
    held: dict[str, str] = {}
    for node in sorted((each for each in own_nodes(function) if isinstance(each, ast.stmt)), key=lambda each: (each.lineno, each.col_offset)):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=local), ast.Attribute() as place])], value=ast.Tuple(elts=[taken, new])):
                if ast.unparse(taken) == ast.unparse(place) and _is_empty(new):
                    yield _Removal(node, ast.unparse(place), local)
            case ast.Assign(targets=[ast.Name(id=local)], value=value):
                held.update({source: local for source in [_source(value)] if source})
            case ast.Assign(targets=[ast.Attribute() as place], value=value) if _is_empty(value) and ast.unparse(place) in held:
                yield _Removal(node, ast.unparse(place), held[ast.unparse(place)])
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute() as place, attr=method))):
                if method in _EMPTYING and ast.unparse(place) in held:
                    yield _Removal(node, ast.unparse(place), held[ast.unparse(place)])


def _removed_items(function: ast.AsyncFunctionDef) -> Iterator[_Removal]:
    """`item = self.waiting.pop()`, `item = await self.queue.get()`."""
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            awaited = isinstance(node.value, ast.Await)
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            takes = isinstance(call, ast.Call) and (called(call) == "get" if awaited else called(call) in _TAKING)
            owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and takes else None
            if isinstance(owner, ast.Attribute):
                yield _Removal(node, ast.unparse(owner), node.targets[0].id, whole=False)


def _canceller_handles(texts: Texts, take: _Removal) -> bool:
    """Whether the code that cancels, or whose time limit expires, processes what is in the location, by its name, itself or in a function that it
    calls.
    """
    name = take.place.rpartition(".")[2]
    for _, function in texts.functions():
        for node in _after_cancelling(function):
            if (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Call) and _mentions(texts, called(node), name)):
                return True
    return False


def _after_cancelling(function: FunctionNode) -> Iterator[ast.AST]:
    """What a function does after it has cancelled something, or after a time limit of its own has expired."""
    nodes = list(own_nodes(function))
    cancelled = min((node.lineno for node in nodes if isinstance(node, ast.Call) and called(node) == "cancel"), default=None)
    yield from (node for node in nodes if cancelled is not None and getattr(node, "lineno", 0) > cancelled)
    for block in nodes:
        if isinstance(block, ast.Try) and any(limits(node) for statement in block.body for node in ast.walk(statement)):
            late = [each for each in block.handlers if each.type is not None and "TimeoutError" in ast.unparse(each.type)]
            yield from (node for handler in late for statement in handler.body for node in ast.walk(statement))


def _mentions(texts: Texts, function: str, name: str) -> bool:
    found = [each for _, each in texts.functions() if each.name == function]
    return any(isinstance(node, ast.Attribute) and node.attr == name for each in found for node in own_nodes(each))


def _source(value: ast.expr) -> str:
    """The attribute that a value is, or of which it is a copy."""
    match value:
        case ast.Attribute():
            return ast.unparse(value)
        case ast.Subscript(value=ast.Attribute() as owner, slice=ast.Slice(lower=None, upper=None)):
            return ast.unparse(owner)
        case ast.Call(func=ast.Attribute(value=ast.Attribute() as owner, attr="copy"), args=[]):
            return ast.unparse(owner)
        case ast.Call(args=[ast.Attribute() as owner]) if called(value) in _COPYING:
            return ast.unparse(owner)
    return ""


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Constant(value=None):
            return True
        case ast.Call(args=[], keywords=[]):
            return called(value) in ("list", "dict", "set", "deque", "OrderedDict")
        case ast.Call(func=ast.Name(id="defaultdict")):
            return True
    return False


def _awaits_with_items(function: ast.AsyncFunctionDef, sweep: _Removal) -> Iterator[ast.Await]:
    """The first await that is given the removed items, unless a cancellation there is handled or shielded."""
    kept = {id(node) for block in own_nodes(function) if isinstance(block, ast.Try) and _puts_back(block, sweep) for node in ast.walk(block)}
    for node in sorted((each for each in own_nodes(function) if isinstance(each, ast.Await)), key=lambda each: (each.lineno, each.col_offset)):
        passed = [each for each in ast.walk(node.value) if isinstance(each, ast.Name) and each.id == sweep.local]
        shielded = isinstance(node.value, ast.Call) and called(node.value) == "shield"
        if node.lineno > sweep.node.lineno and passed and not shielded and id(node) not in kept:
            yield node


def _puts_back(block: ast.Try, sweep: _Removal) -> bool:
    """Whether a `try` handles a cancellation in code that refers to the location or to the removed items."""
    parts = [block.finalbody, *(handler.body for handler in block.handlers if sees_cancellation(handler))]
    return any(touches(part, each) for part in parts for each in (sweep.place, sweep.local))


def _finding(scene: Scene, path: str, function: ast.AsyncFunctionDef, sweep: _Removal, gap: ast.Await) -> Finding:
    moment = moments(scene, path, function)
    what = "all items of" if sweep.whole else f"{sweep.local} out of"
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.LOST_BATCH,
        title=f"`{function.name}` takes {what} {sweep.place} and hands over what it took in an await (line {gap.lineno}): lost if cancelled there",
        resource=sweep.place,
        events=[
            moment(sweep.node, "write", f"{'empties' if sweep.whole else 'removes from'} {sweep.place}"),
            moment(gap, "cancel", "awaits: a cancellation can arrive here"),
            moment(gap, "complete", "hands over what was taken"),
        ],
        recommendation=f"put it back in `except BaseException` (before what has arrived since), or remove it from {sweep.place} only after the await",
        explanation=NOT_CANCELLED_HERE,
    )
