"""Messages of several items: between two of them another actor takes one from the same queue."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

PART, REST, BETWEEN = "takes a part", "takes the rest", "takes in between"
"""Roles of two items that one actor takes for one message, and of the item that another takes."""
MOST_TOLD = 4
_GROWS = ("append", "extend", "write")


@dataclass(frozen=True, slots=True)
class _Get:
    at: At
    actor: int
    order: int
    place: SourcePlace


def split_messages(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Two items that one actor takes from a queue and puts together, with another actor that takes items from there and no lock around both; one
    finding per place.

    A hint until a re-run fails: which of two consumers gets an item does not matter if each item is complete.
    """
    found: dict[tuple[str, int], Finding] = {}
    for gets in _by_queue(scene, evidence):
        for part, rest in _neighbours(gets):
            key = part.place.path, part.place.line
            if key in found or not _put_together(evidence.texts, part.place, rest.place):
                continue
            other = next((each for each in gets if _may_come_between(evidence, part, rest, each)), None)
            if other is not None:
                found[key] = _finding(scene, part, rest, other)
        if len(found) >= MOST_TOLD:
            break
    return list(found.values())


def _by_queue(scene: Scene, evidence: Evidence) -> Iterator[list[_Get]]:
    """The items taken from each queue that several actors take from."""
    taken: defaultdict[int, list[_Get]] = defaultdict(list)
    for operation in evidence.facts.operations:
        if operation.op == SyncOp.GET:
            place = scene.place(operation.at)
            if place.line:
                taken[operation.object].append(_Get(At(operation.at), operation.actor, operation.order, place))
    yield from (gets for gets in taken.values() if len({get.actor for get in gets}) > 1)


def _neighbours(gets: list[_Get]) -> Iterator[tuple[_Get, _Get]]:
    """Items that one actor takes one after the other."""
    by_actor: defaultdict[int, list[_Get]] = defaultdict(list)
    for get in gets:
        by_actor[get.actor].append(get)
    for mine in by_actor.values():
        yield from pairwise(mine)


def _may_come_between(evidence: Evidence, part: _Get, rest: _Get, other: _Get) -> bool:
    if other.actor == part.actor or not (evidence.unordered(part.at, other.at) and evidence.unordered(rest.at, other.at)):
        return False
    held = (evidence.holds.locks(get.actor, get.order) for get in (part, rest, other))
    return not frozenset.intersection(*map(frozenset, held))


def _put_together(texts: Texts, part: SourcePlace, rest: SourcePlace) -> bool:
    """Whether the function that takes the items, or one that calls it, puts two of them together."""
    function = texts.function(part.path, part.line)
    if function is None or texts.function(rest.path, rest.line) is not function:
        return False
    if part.line != rest.line:
        return any(_in_row(body, part.line, rest.line) for body in _blocks(function))
    return _collects(function, "get") or any(
        _collects(caller, function.name) or _asks_twice(caller, function.name) for caller in texts.calling([function.name])
    )


def _blocks(function: FunctionNode) -> Iterator[list[ast.stmt]]:
    yield function.body
    for node in own_nodes(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _in_row(body: list[ast.stmt], *lines: int) -> bool:
    """Whether two lines are statements of one block, each of which keeps what it takes."""
    kept = [each.lineno for each in body if isinstance(each, ast.Assign | ast.AnnAssign)]
    return all(line in kept for line in lines)


def _asks_twice(function: FunctionNode, name: str) -> bool:
    """Whether one block keeps what two calls of a function return."""
    for body in _blocks(function):
        calls = [each for each in body if isinstance(each, ast.Assign) and _calls(each.value, name)]
        if len(calls) > 1:
            return True
    return False


def _collects(function: FunctionNode, name: str) -> bool:
    """Whether a loop adds what it takes, unprocessed, to a local that is then passed to a call as a whole."""
    for loop in own_nodes(function):
        if not isinstance(loop, ast.While | ast.For | ast.AsyncFor):
            continue
        items = {each.id for node in ast.walk(loop) for each in _bound(node, name)}
        grown = {local for node in ast.walk(loop) for local in _grown(node, items)}
        if any(_passes_on(node, grown) for node in own_nodes(function)):
            return True
    return False


def _bound(node: ast.AST, name: str) -> Iterator[ast.Name]:
    """The names that are bound to what a call of a function returns."""
    match node:
        case ast.Assign(targets=[ast.Name() as target], value=value) | ast.NamedExpr(target=ast.Name() as target, value=value) if _calls(value, name):
            yield target


def _calls(value: ast.expr, name: str) -> bool:
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and called(value) == name


def _grown(node: ast.AST, items: set[str]) -> Iterator[str]:
    """The local that a statement adds an item to, if it does nothing with the item before."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=local), attr=how), args=[added]) if how in _GROWS:
            pass
        case ast.AugAssign(target=ast.Name(id=local), value=added):
            pass
        case _:
            return
    named = {each.id for each in ast.walk(added) if isinstance(each, ast.Name)}
    if named & items and not any(isinstance(each, ast.Call) for each in ast.walk(added)):
        yield local


def _passes_on(node: ast.AST, locals_: set[str]) -> bool:
    """Whether a call gets one of these locals as a whole."""
    if not isinstance(node, ast.Call):
        return False
    own = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id in locals_
    names = {each.id for each in node.args if isinstance(each, ast.Name)}
    return bool(names & locals_) or (own and isinstance(node.func, ast.Attribute) and node.func.attr in ("decode", "getvalue"))


def _finding(scene: Scene, part: _Get, rest: _Get, other: _Get) -> Finding:
    one, two = scene.sides((part.actor, part.place.function), (other.actor, other.place.function))
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.SPLIT_MESSAGE,
        title=f"{one} puts several items of a queue together; {two} could take one of them in between",
        resource="queue",
        events=[
            Moment(part.actor, part.at, PART, "took an item"),
            Moment(rest.actor, rest.at, REST, "took the next one"),
            Moment(other.actor, other.at, BETWEEN, "took an item"),
        ],
        recommendation="hold a lock while the items of one message are taken, or put each message into the queue as one item",
        explanation="Nothing keeps the items of one message together.",
        unordered=scene.namer.why_unordered(rest.at, other.at),
    )
