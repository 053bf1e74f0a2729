"""Waiters that decide to wait, and register what wakes them only in a later step: a set in between finds nobody to wake."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.table import READ, WRITE
from causeway_core.analysis.source_text import last_name
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

REGISTERS = "registers"
"""Role of the write by which the actor that wakes finds the waiter."""
NEAR = 8
"""How many accesses of its actor before a wake-up tell which state it belongs to."""
MOST = 48
"""Wake-ups that are looked at."""
MOST_ENTRIES = 20_000
"""Additions to lists, sets and deques whose values are looked at, the last ones."""


def stale_decisions(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Futures and events that a waiter registers, at a scheduling point after it has checked the state that they stand for.

    Another actor changes that state in the step in which it wakes who is registered. Nothing makes it do so after the registration, and the waiter
    does not check again. A hint, for a re-run that hangs to confirm. `reported` names events that are already reported.
    """
    wakes: list[Operation] = []
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if thing is None or event.op not in (SyncOp.RESULT_SET, SyncOp.EVENT_SET) or not thing.type.endswith((".Future", "Event")):
            continue
        if thing.label is None or thing.label not in reported:
            wakes.append(event)
    wakes = wakes[-MOST:]
    registered = _registrations(evidence, {event.object for event in wakes})
    found: dict[tuple[str, str], Finding] = {}
    for event in wakes:
        for entry in registered[event.object & 0xFFFFFFFF]:
            key = str(scene.place(evidence.at(entry))), str(scene.place(event.at))
            look = next(_looks(scene, evidence, event, entry), None) if key not in found and int(evidence.table.order[entry]) < event.order else None
            if look is not None:
                found[key] = _finding(scene, evidence, event, look, entry)
    return list(found.values())


def _registrations(evidence: Evidence, objects: set[int]) -> defaultdict[int, list[int]]:
    """The writes that add one of some objects to a list, set or deque, by the object's number. Items have keys: see `late_registration`."""
    numbers, found = {object & 0xFFFFFFFF for object in objects}, defaultdict[int, list[int]](list)
    if not numbers:
        return found
    structures = [location.id for location in evidence.facts.locations.values() if location.kind == "structure"]
    rows = np.flatnonzero(evidence.table.writes & np.isin(evidence.table.location, structures))[-MOST_ENTRIES:].tolist()
    evidence.fetch_values(rows)
    for row in rows:
        value = evidence.value(row) or ""
        number = value.rpartition("#")[2].removesuffix(">") if value.startswith("<") else ""
        if number.isdecimal() and int(number) in numbers:
            found[int(number)].append(row)
    return found


def _looks(scene: Scene, evidence: Evidence, wake: Operation, entry: int) -> Iterator[int]:
    """The waiter's last checks, in an earlier step than its registration, of what the other actor changes in the step of the wake-up."""
    table, waiter = evidence.table, int(evidence.table.actor[entry])
    setter, step = evidence.facts.work_of(wake.actor, wake.at), evidence.step_at(wake.at)
    if setter == waiter or step is None or not scene.place(wake.at).line:
        return
    unit = evidence.unit_of(wake.actor, step)
    before = evidence.rows_of(waiter, 0, int(table.order[entry]), last=LOOK_BACK)
    after = evidence.rows_of(waiter, int(table.order[entry]) + 1, wake.order, first=NEAR)
    for write in evidence.rows_of(setter, 0, wake.order, last=NEAR):
        if int(table.op[write]) != WRITE or evidence.atomic_unit(write) != unit or _kind(evidence, write) == "structure":
            continue
        location = int(table.location[write])
        read = next((row for row in reversed(before) if int(table.location[row]) == location and int(table.op[row]) == READ), None)
        if read is None or location == int(table.location[entry]) or evidence.value(read) == evidence.value(write):
            continue
        again = any(int(table.location[row]) == location and int(table.op[row]) == READ for row in after)
        if again or not _decides(evidence, read) or not _open(evidence, read, entry, write):
            continue
        if evidence.unordered(evidence.at(write), evidence.at(entry)):
            yield read


def _kind(evidence: Evidence, row: int) -> str:
    return evidence.facts.locations[int(evidence.table.location[row])].kind


def _decides(evidence: Evidence, row: int) -> bool:
    """Whether a read is in the test of an `if`, a loop or a conditional expression."""
    site = evidence.facts.sites.get(int(evidence.table.site[row]))
    key = evidence.facts.locations[int(evidence.table.location[row])].key
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line) if site is not None else ()
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    tests = [node.test for node in ast.walk(statement) if isinstance(node, ast.If | ast.While | ast.IfExp)] if statement is not None else []
    return any(isinstance(node, ast.Attribute | ast.Name) and last_name(node) == key for test in tests for node in ast.walk(test))


def _open(evidence: Evidence, look: int, entry: int, write: int) -> bool:
    """Whether the waiter can be interrupted by the write between its check and its registration."""
    if evidence.stream(look) == evidence.stream(entry) == evidence.stream(write) and evidence.atomic_unit(look) == evidence.atomic_unit(entry):
        return False
    return not evidence.locks_through(look, entry) & evidence.locks_at(write)


def _finding(scene: Scene, evidence: Evidence, wake: Operation, look: int, entry: int) -> Finding:
    state, name = scene.namer.resource(look), scene.namer.resource(entry)
    waiter, setter = int(evidence.table.actor[entry]), evidence.facts.work_of(wake.actor, wake.at)
    one, two = scene.sides((waiter, scene.place(evidence.at(look)).function), (setter, scene.place(wake.at).function))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.STALE_DECISION,
        title=f"{one} checks {state}, and registers in {name} only later; {two} could set {state} in between, and nobody wakes the waiter",
        resource=name,
        events=[
            Moment(waiter, evidence.at(look), "look", f"checks {state}"),
            Moment(setter, wake.at, "notify", f"changes {state} and wakes who is in {name}"),
            Moment(waiter, evidence.at(entry), REGISTERS, f"registers in {name}"),
            Moment(waiter, evidence.at(entry), "wait", "waits to be woken"),
        ],
        recommendation=f"check {state} again in the step that registers in {name}, or register before the first await after the check",
        explanation=f"Nothing makes the change of {state} happen after the registration. It did not happen in this run.",
    )
