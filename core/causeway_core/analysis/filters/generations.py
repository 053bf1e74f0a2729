"""Locks by key whose registry drops a lock only when it is no longer in use."""

from __future__ import annotations

import ast

from causeway_core.analysis.candidate import Candidate, Pattern, Verdict
from causeway_core.analysis.detectors.atomicity.check_then_use import removes_value
from causeway_core.analysis.evidence import LOOK_BACK, Evidence

_LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition")
_SUCCEEDED = "both sides hold the lock of their key; the two are different locks only because the first was no longer in use"
_WINDOWS = (Pattern.READ_WRITE_WRITE, Pattern.CLONE, Pattern.MULTI_VARIABLE, Pattern.WRITE_WRITE_READ, Pattern.READ_WRITE_READ)


def generations(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Lowers a window to a hint if both sides hold a lock by the same name, and the first lock was retired safely before the second was requested.

    Retired safely means: a removal from the registry behind an in-use check, or a weak mapping. Two locks created for each call, or dropped without a
    check, do not count.
    """
    if candidate.pattern not in _WINDOWS or candidate.struck:
        return None
    mine = evidence.locks_through(candidate.first, candidate.last)
    for other in candidate.others:
        theirs = evidence.locks_at(other)
        if not any(_succeeds(evidence, one, two) for lock in mine for counterpart in theirs for one, two in in_turn(evidence, lock, counterpart)):
            return None
    return Verdict("hint", _SUCCEEDED, worth_forcing=True)


def in_turn(evidence: Evidence, lock: int, counterpart: int) -> list[tuple[int, int]]:
    """The two locks, the earlier first, if they are alike and were never in use at the same time."""
    things = evidence.facts.objects.get(lock), evidence.facts.objects.get(counterpart)
    if lock == counterpart or any(thing is None for thing in things) or len({(thing.type, thing.label) for thing in things if thing}) != 1:
        return []
    for one, two in ((lock, counterpart), (counterpart, lock)):
        before, after = evidence.holds.of(one), evidence.holds.of(two)
        if all(hold.until is not None and hold.until < after[0].order for hold in before):
            return [(one, two)]
    return []


def _succeeds(evidence: Evidence, one: int, two: int) -> bool:
    """Whether the registry dropped lock `one` safely before `two` was requested."""
    return _removed_with_care(evidence, one, evidence.holds.of(two)[0].order) or _weakly_registered(evidence)


def _removed_with_care(evidence: Evidence, lock: int, before: int) -> bool:
    table = evidence.table
    owner = evidence.facts.objects[lock].owner
    for location in evidence.registries(each for each in (lock, owner) if each is not None):
        span = table.span(location)
        writes = (row for row in range(span.start, span.stop) if table.writes[row] and int(table.order[row]) < before)
        removals = [row for row in writes if removes_value(evidence, row)]
        if removals:
            return all(_checked_at_once(evidence, row) for row in removals)
    return False


def _checked_at_once(evidence: Evidence, removal: int) -> bool:
    """Whether the removal is guarded by a check with no scheduling point in between."""
    table = evidence.table
    guards = evidence.deciding_sites(removal)
    unit = evidence.atomic_unit(removal)
    checks = evidence.rows_of(int(table.actor[removal]), 0, int(table.order[removal]) - 1, last=LOOK_BACK)
    return any(int(table.site[row]) in guards and evidence.atomic_unit(row) == unit for row in checks)


def _weakly_registered(evidence: Evidence) -> bool:
    """Whether the program keeps locks in a weak mapping."""
    texts = [text for text in evidence.facts.sources.values() if "WeakValueDictionary" in text]
    return any(_stores_locks_weakly(text) for text in texts)


def _stores_locks_weakly(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    weak: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if _called(value) == "WeakValueDictionary":
                weak.update(_name(target) for target in targets)
            elif _called(value) in _LOCKS:
                stored.update(_name(target.value) for target in targets if isinstance(target, ast.Subscript))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
            stored.update(_name(node.func.value) for each in node.args if isinstance(each, ast.Call) and _called(each) in _LOCKS)
    return bool(weak & stored)


def _called(call: ast.Call) -> str:
    return _name(call.func)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "?"
