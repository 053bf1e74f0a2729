"""An actor checks that a library object is open, then uses it; another actor can close it in between.

For objects whose close the recorder sees wherever it is called: event loops, executors and queues. See `use_after_close` for others.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.ordering.use_after_close import CLOSING
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import CLOSABLE, Operation
from causeway_core.analysis.evidence.table import Ints
from causeway_core.analysis.source_text import called
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding, ValueKind
from causeway_core.wire.kinds import SyncOp

CLOSED = "close it"
"""The role of the call that closes the object."""
USED = "uses it"
"""The role of the call that the check allows."""
LOOKS = frozenset({"is_closed", "closed", "is_closing", "is_running", "is_shutdown", "_closed", "_shutdown", "_shutdown_thread"})
"""Methods and attributes that tell whether an object is still open."""
SAMPLE = 64
"""Reads of one object, and at one place, that are looked at."""


def closed_after_checks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """One finding for each function with such a check and each line that closes: a hint, for a re-run to confirm.

    Only a re-run can tell whether the use of the closed object fails. Checks and closes under a common lock, or of which one needs the other to have
    come first, do not count.
    """
    found: dict[tuple[int, int], Finding] = {}
    closes = list(_closes(evidence))
    holders = _readers(evidence, {close.object for close in closes})
    for close in closes:
        for check in holders.get(close.object, ()):
            key = evidence.function_of(abs(int(evidence.table.site[check]))), close.object
            use = _use(evidence, check) if key not in found and _apart(evidence, check, close) else None
            if use is not None and scene.place(close.at).line:
                found[key] = _finding(scene, close, check, use)
    return list(found.values())


def _closes(evidence: Evidence) -> Iterator[Operation]:
    for each in evidence.facts.operations:
        thing = evidence.facts.objects.get(each.object)
        if each.op == SyncOp.EVENT_SET and thing is not None and thing.type.endswith(CLOSABLE):
            yield each


def _readers(evidence: Evidence, objects: set[int]) -> dict[int, list[int]]:
    """The reads of shared places that found one of these objects, some of each."""
    table = evidence.table
    found: defaultdict[int, list[int]] = defaultdict(list)
    if not objects:
        return {}
    rows = _some_of_each(table.site, np.flatnonzero((table.vk == ValueKind.OBJECT) & ~table.writes)).tolist()
    evidence.fetch_values(rows)
    names = {(each >> 32, f"#{each & 0xFFFFFFFF}>"): each for each in objects}
    for row in rows:
        value, process = evidence.value(row) or "", evidence.facts.locations[int(table.location[row])].process
        thing = names.get((process, value[value.rfind("#") :])) if process is not None else None
        if thing is not None and len(found[thing]) < SAMPLE:
            found[thing].append(row)
    return found


def _some_of_each(keys: Ints, rows: Ints) -> Ints:
    """The first `SAMPLE` of the rows with each key, in order: a recording may have millions of reads at few places."""
    grouped = rows[np.argsort(keys[rows], kind="stable")]
    begins = np.flatnonzero(np.append(True, np.diff(keys[grouped]) != 0)[: len(grouped)])
    index = np.arange(len(grouped)) - np.repeat(begins, np.diff(np.append(begins, len(grouped))))
    return np.sort(grouped[index < SAMPLE])


def _apart(evidence: Evidence, check: int, close: Operation) -> bool:
    """Whether nothing orders the two or keeps one out while the other holds a lock."""
    table, facts = evidence.table, evidence.facts
    if facts.thread_of(int(table.actor[check])) == close.actor or not evidence.unordered(evidence.at(check), At(close.at)):
        return False
    return not evidence.locks_at(check) & evidence.holds.locks(close.actor, close.order)


def _use(evidence: Evidence, check: int) -> ast.Call | None:
    """The call on the object that a check at a read allows, in a statement further down; None if the read is no such check."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[check])))
    path = None if site is None else evidence.facts.functions[site.function].path
    function = None if site is None or path is None else evidence.texts.function(path, site.line)
    if site is None or function is None:
        return None
    names = _names(function, site.line, site.name or "")
    test = next((node for node in ast.walk(function) if isinstance(node, ast.If | ast.While) and _looks(node.test, names, site.line)), None)
    if test is None:
        return None
    calls = (node for node in evidence.texts.own_calls(function) if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in names)
    uses = (node for node in calls if node.lineno > (test.test.end_lineno or 0) and called(node) not in LOOKS | CLOSING)
    return min(uses, key=lambda node: node.lineno, default=None)


def _names(function: ast.AST, line: int, name: str) -> frozenset[str]:
    """The expressions that denote what is read at a line under a name: the place itself, and locals to which that line assigns it."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Name) and node.lineno == line and name in (getattr(node, "attr", ""), getattr(node, "id", "")):
            found.add(ast.unparse(node))
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.NamedExpr) and node.lineno == line and ast.unparse(node.value) in found:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(ast.unparse(each) for each in targets)
    return frozenset(found)


def _looks(test: ast.expr, names: frozenset[str], line: int) -> bool:
    """Whether a condition at or after a line asks one of these whether it is open."""
    asks = (node for node in ast.walk(test) if isinstance(node, ast.Attribute) and node.attr in LOOKS)
    return test.lineno >= line and any(ast.unparse(node.value) in names for node in asks)


def _finding(scene: Scene, close: Operation, check: int, use: ast.Call) -> Finding:
    evidence, table = scene.evidence, scene.evidence.table
    user, at = int(table.actor[check]), evidence.at(check)
    looks, closes = scene.place(at), scene.place(close.at)
    one, two = scene.sides((user, looks.function), (close.actor, closes.function))
    what = scene.namer.resource(check)
    at_use = scene.line(looks.path, use.lineno, looks.function)
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CLOSED_AFTER_CHECK,
        title=f"{one} checks that {what} is open, then calls {called(use)}() on it; {two} could close it in between",
        resource=what,
        events=[
            Moment(user, at, "look", f"checks {what}"),
            Moment(user, 0, USED, f"calls {called(use)}()", at_use),
            Moment(close.actor, close.at, CLOSED, f"closes {what}"),
        ],
        recommendation=f"hold one lock over the check and the use of {what}, and over the close; or end what uses it before it is closed",
        explanation="Nothing orders the check and the close.",
        doubt="Only a re-run can tell whether the use of the closed object fails.",
        unordered=scene.namer.why_unordered(at, At(close.at)),
        worth_forcing=True,
    )
