"""An event that an actor sets only if a check before that lets it go on; who waits for it could make the check fail first."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

CHECKS = "goes on after"
"""Role of the read by which the setter decides whether it goes on."""
GIVES_UP_FIRST = "would end it"
"""Role of the write, by the actor that waits afterwards, of what the setter checks."""

_WAITED = (SyncOp.WAIT_END, SyncOp.WAIT_BEGIN)
NEAR = 12
"""Accesses before a wait among which the write is sought."""


class _Race(NamedTuple):
    event: Operation
    read: int
    write: int
    wait: Operation


def unreached_sets(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Waits for an event by an actor that has just written what the setter of the event checks, in a function that raises or returns if the check
    fails and sets the event only further down.

    Hints: only a re-run that hangs shows that nothing else ends the wait. One finding for each pair of places.
    """
    operations = list(events)
    sets: defaultdict[int, list[Operation]] = defaultdict(list)
    found: dict[tuple[int, int], Finding] = {}
    for operation in operations:
        if operation.op == SyncOp.EVENT_SET:
            sets[operation.object].append(operation)
    for operation in operations:
        if operation.op in _WAITED and operation.object in sets:
            for race in _races(scene, evidence, operation, sets[operation.object]):
                key = int(evidence.table.site[race.read]), int(evidence.table.site[race.write])
                found.setdefault(key, _finding(scene, race))
    return list(found.values())


def _races(scene: Scene, evidence: Evidence, wait: Operation, sets: list[Operation]) -> Iterator[_Race]:
    table = evidence.table
    setters = [each for each in sets if each.actor != wait.actor and abs(each.order - wait.order) < LOOK_BACK]
    if not setters or not scene.place(At(wait.at)).line:
        return
    before = evidence.rows_of(wait.actor, max(wait.order - LOOK_BACK, 0), wait.order)
    for write in (row for row in list(before)[-NEAR:] if table.writes[row]):
        span = table.span(int(table.location[write]))
        for event in setters:
            read = next((row for row in range(span.start, span.stop) if _decides(scene, evidence, row, write, event)), None)
            if read is not None:
                yield _Race(event, read, write, wait)


def _decides(scene: Scene, evidence: Evidence, read: int, write: int, event: Operation) -> bool:
    """Whether the setter reads what is written, before the write by chance only, and would not have come to the set otherwise."""
    table = evidence.table
    if table.writes[read] or int(table.actor[read]) != event.actor or not int(table.order[read]) < min(int(table.order[write]), event.order):
        return False
    return evidence.concurrent(read, write) and _gives_up(scene, evidence, read, event)


def _gives_up(scene: Scene, evidence: Evidence, read: int, event: Operation) -> bool:
    """Whether the function that sets the event has an early exit above that, which depends on the read by the names in its test."""
    sets, reads = scene.place(At(event.at)), scene.place(evidence.at(read))
    function = evidence.texts.function(sets.path, sets.line) if sets.line else None
    reader = evidence.texts.function(reads.path, reads.line) if reads.line else None
    site = evidence.facts.sites.get(abs(int(evidence.table.site[read])))
    if function is None or site is None:
        return False
    names = {site.name or ""} if reader is function else {reader.name if reader is not None else ""}
    blocks = (node for node in own_nodes(function) if isinstance(node, ast.Try) and _within(node.finalbody, sets.line))
    sheltered = {id(node) for block in blocks for node in ast.walk(block)}
    guards = (node for node in own_nodes(function) if isinstance(node, ast.If) and id(node) not in sheltered and node.lineno < sets.line)
    return any(isinstance(node.body[-1], ast.Raise | ast.Return) and names & _named(node.test) for node in guards)


def _within(block: list[ast.stmt], line: int) -> bool:
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for node in block)


def _named(test: ast.expr) -> set[str]:
    return {getattr(node, "attr", "") or getattr(node, "id", "") for node in ast.walk(test)} - {""}


def _finding(scene: Scene, race: _Race) -> Finding:
    evidence = scene.evidence
    read, write = evidence.at(race.read), evidence.at(race.write)
    setter, waiter = race.event.actor, race.wait.actor
    one, two = scene.sides((setter, scene.place(At(race.event.at)).function), (waiter, scene.place(At(race.wait.at)).function))
    what, name = scene.namer.resource(race.read), scene.object(race.event.object)
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.UNREACHED_SET,
        title=f"{one} sets {name} only if its check of {what} lets it go on; {two}, which waits for {name}, could write {what} before that check",
        resource=name,
        events=[
            Moment(setter, read, CHECKS, f"checks {what}"),
            Moment(waiter, write, GIVES_UP_FIRST, scene.namer.act(race.write)),
            Moment(waiter, At(race.wait.at), "waits", f"waits for {name}"),
            Moment(setter, At(race.event.at), "sets", f"sets {name}"),
        ],
        recommendation=f"set {name} in a `finally` that also covers the check",
        explanation=f"If the check fails, nobody sets {name}, and the wait does not end.",
        unordered=scene.namer.why_unordered(read, write),
    )
