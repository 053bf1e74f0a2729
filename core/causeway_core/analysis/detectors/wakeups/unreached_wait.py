"""Waits that the recorded run did not reach, on events that are cleared right before: a set between the check and the clear is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, called, last_name, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

NEAR = 12
"""How many accesses of its actor before a set tell what it is set for."""
MOST = 48
"""Sets that are looked at."""
UNREACHED = "would clear"
"""The role of a statement that the recorded run did not come to."""


@dataclass(frozen=True, slots=True)
class _Check:
    """A check of what an event stands for (a row), the write of that before the set, and the lines that would clear the event and wait."""

    row: int
    write: int
    sets: Operation
    clears: int
    waits: int


def unreached_waits(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Threads that check for work, found it, and would otherwise have cleared the event and waited.

    Hints, for a re-run to confirm. `reported` names events that are already reported.
    """
    sets: list[Operation] = []
    cleared: set[tuple[int, int]] = set()
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if event.op == SyncOp.EVENT_CLEAR:
            cleared.add((event.object, event.actor))
        elif event.op == SyncOp.EVENT_SET and thing is not None and thing.label and thing.label not in reported and thing.type.endswith("Event"):
            sets.append(event)
    found: dict[str, Finding] = {}
    for each in sets[-MOST:]:
        name = scene.object(each.object)
        for look in _looks(scene, evidence, each, name.rpartition(".")[2]) if name not in found else ():
            if (each.object, int(evidence.table.actor[look.row])) not in cleared:
                found[name] = _finding(scene, evidence, look, name)
                break
    return list(found.values())


def _looks(scene: Scene, evidence: Evidence, sets: Operation, event: str) -> Iterator[_Check]:
    table, facts = evidence.table, evidence.facts
    function = scene.place(sets.at).function
    for write in evidence.rows_of(facts.work_of(sets.actor, sets.at), 0, sets.order, last=NEAR):
        if not table.writes[write] or scene.place(evidence.at(write)).function != function:
            continue
        span = table.span(int(table.location[write]))
        for row in range(span.start, span.stop):
            site = facts.sites.get(int(table.site[row]))
            if table.writes[row] or site is None or evidence.stream(row) == evidence.stream(write):
                continue
            if evidence.locks_at(row) & evidence.locks_at(write):
                continue
            if evidence.unordered(evidence.at(write), evidence.at(row)):
                node = evidence.texts.function(facts.functions[site.function].path, site.line)
                for clears, waits in _lossy_clear(node, site.line, event, facts.locations[int(table.location[row])].key or ""):
                    yield _Check(row, write, sets, clears, waits)


def _lossy_clear(function: FunctionNode | None, line: int, event: str, state: str) -> Iterator[tuple[int, int]]:
    """The lines at which a function clears an event and waits for it after a check at a line, without another check after the clear."""
    nodes = list(own_nodes(function)) if function is not None else []
    if not any(isinstance(node, ast.If | ast.While) and node.lineno == line for node in nodes):
        return
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and last_name(node.func.value) == event]
    clears = [node.lineno for node in calls if called(node) == "clear" and node.lineno > line]
    waits = [node.lineno for node in calls if called(node) == "wait" and clears and node.lineno > min(clears)]
    if waits:
        looks = [node.lineno for node in nodes if isinstance(node, ast.Attribute | ast.Name) and last_name(node) == state]
        if not any(min(clears) < each <= min(waits) for each in looks):
            yield min(clears), min(waits)


def _finding(scene: Scene, evidence: Evidence, look: _Check, name: str) -> Finding:
    waiter, setter = int(evidence.table.actor[look.row]), evidence.facts.work_of(look.sets.actor, look.sets.at)
    state, place = scene.namer.resource(look.row), scene.place(evidence.at(look.row))
    one, two = scene.sides((waiter, place.function), (setter, scene.place(look.sets.at).function))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.UNREACHED_WAIT,
        title=f"{one} checks {state}, then clears {name} and waits; {two} could set both in between: a lost wake-up",
        resource=name,
        events=[
            Moment(waiter, evidence.at(look.row), "look", f"checks {state}"),
            Moment(setter, evidence.at(look.write), "change", f"changes {state}"),
            Moment(setter, look.sets.at, "notify", f"set {name}"),
            Moment(waiter, 0, UNREACHED, f"would clear {name}", scene.line(place.path, look.clears, place.function)),
            Moment(waiter, 0, "would wait", f"would wait for {name}", scene.line(place.path, look.waits, place.function)),
        ],
        recommendation=f"clear {name} first, then check {state}, then wait; or do not clear it at all; or use a condition",
        explanation=(
            f"The wait comes only if {state} is not set. Nothing makes the change happen before the check or after the event is cleared. It did not "
            "happen in this run."
        ),
    )
