"""Objects with a finalizer that lose their last reference inside a critical section, or that only the garbage collector can free."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.evidence.table import DELETE, MUTATE
from causeway_core.analysis.source_text import called

MOST = 200
"""Accesses of a critical section that are looked at."""
_TAKING_OUT = frozenset({"pop", "popitem", "popleft", "remove", "discard", "clear"})


@dataclass(frozen=True, slots=True)
class FinalizedObject:
    """An access that removes an object and keeps no reference to it, and the access by which another actor had obtained that object before."""

    row: int
    keeper: int | None


def finalized_objects(evidence: Evidence, hold: Hold, classes: frozenset[str]) -> Iterator[FinalizedObject]:
    """The objects of some classes (bare names) that are dropped while a lock is held."""
    table = evidence.table
    actor = evidence.facts.work_of(hold.actor, hold.at)
    for row in evidence.rows_of(actor, hold.order, hold.until or 2**62, first=MOST):
        value = _before(evidence, row) if table.writes[row] else ""
        if value.startswith("<") and value[1:].partition(" ")[0].rpartition(".")[2] in classes and _drops_reference(evidence, row):
            yield FinalizedObject(row, _other_holder(evidence, row, value))


def _before(evidence: Evidence, row: int) -> str:
    """What the location held: the value recorded with the removal, otherwise the last value seen there."""
    table = evidence.table
    value = evidence.value(row) or ""
    if int(table.op[row]) in (DELETE, MUTATE) and value.startswith("<"):
        return value
    same = row > 0 and int(table.location[row - 1]) == int(table.location[row])
    return (evidence.value(row - 1) or "") if same and int(table.op[row]) != MUTATE else ""


def _drops_reference(evidence: Evidence, row: int) -> bool:
    """Whether the statement deletes or overwrites the object, or removes it and does nothing with it."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    if site is None:
        return False
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line)
    match next((node for node in reversed(around) if isinstance(node, ast.stmt)), None):
        case ast.Delete():
            return True
        case ast.Expr(value=ast.Call() as call):
            return called(call) in _TAKING_OUT
        case ast.Assign(targets=targets):
            return int(evidence.table.op[row]) not in (DELETE, MUTATE) and all(isinstance(each, ast.Attribute | ast.Subscript) for each in targets)
    return False


def _other_holder(evidence: Evidence, row: int, value: str) -> int | None:
    """The last read by which another actor obtained the object before it was removed."""
    table = evidence.table
    name, span = value[value.rfind("#") :], table.span(int(table.location[row]))
    reads = [
        each
        for each in range(span.start, span.stop)
        if not table.writes[each] and int(table.actor[each]) != int(table.actor[row]) and int(table.order[each]) < int(table.order[row])
    ]
    return next((each for each in reversed(reads) if (evidence.value(each) or "").endswith(name)), None)


def may_be_garbage(evidence: Evidence, lock: int, finalized: ast.ClassDef) -> bool:
    """Whether the garbage collector can free an object of a class while an actor holds a lock that the object's finalizer acquires.

    The holder of the lock has a reference to the object that the lock belongs to, so what is only in a cycle with that object is not garbage
    meanwhile. What counts is whether the class passes `self` to something that may refer back, or whether the lock belongs to no object.
    """
    thing = evidence.facts.objects.get(lock)
    owner = None if thing is None or thing.owner is None else evidence.facts.objects.get(thing.owner)
    if owner is None:
        return True
    if owner.type.rpartition(".")[2] == finalized.name:
        return False
    return any(_is_self(value) for node in ast.walk(finalized) for value in _passes_self(node))


def _passes_self(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(args=args, keywords=keywords):
            return [*args, *(each.value for each in keywords)]
        case ast.Assign(value=value):
            return [value]
    return []


def _is_self(value: ast.expr) -> bool:
    """Whether a value is the object itself or a literal container that includes it."""
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return any(_is_self(each) for each in value.elts)
    return isinstance(value, ast.Name) and value.id == "self"
