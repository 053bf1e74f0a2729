"""Events that a waiter clears or replaces after it has checked for work: a set in between is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import called, last_name
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

NEAR = 12
"""How many accesses of its actor before a set tell what it is set for."""
MOST_WAITS = 24


def cleared_after_check(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Waits for an event that the waiter clears or replaces after it has read the state that the event stands for.

    The setter can run between the read and the reset. `reported` names events that are already reported.
    """
    waits: list[Operation] = []
    sets: list[Operation] = []
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if thing is not None and thing.label is not None and thing.label not in reported and thing.type.endswith("Event"):
            (waits if event.op == SyncOp.WAIT_BEGIN else sets if event.op == SyncOp.EVENT_SET else []).append(event)
    found: dict[tuple[str, str], Finding] = {}
    # The last first: what an earlier one misses, a later set may make up for.
    for wait in reversed(waits[-MOST_WAITS:]):
        key = scene.object(wait.object), str(scene.place(wait.at))
        if key in found or not scene.place(wait.at).line:
            continue
        given = next(_missed(scene, evidence, wait, [each for each in sets if scene.object(each.object) == key[0]]), None)
        if given is not None:
            found[key] = given
    return list(found.values())


def _missed(scene: Scene, evidence: Evidence, wait: Operation, sets: list[Operation]) -> Iterator[Finding]:
    before = evidence.rows_of(wait.actor, 0, wait.order, last=LOOK_BACK)
    reset = next((row for row in reversed(before) if _resets(evidence, row, wait.object)), None)
    if reset is None:
        return
    later = [row for row in before if _order(evidence, row) > _order(evidence, reset)]
    earlier = [row for row in before if _order(evidence, row) < _order(evidence, reset)]
    # The one that ended the wait comes first: it is known to be free to come whenever it likes.
    for each in sorted((each for each in sets if each.actor != wait.actor), key=lambda each: (each.order < wait.order, abs(each.order - wait.order))):
        state = _state(evidence, each)
        if not state or any(_name(evidence, row) in state for row in later):
            continue
        look = next((row for row in reversed(earlier) if _name(evidence, row) in state), None)
        if look is None or not _can_set_between(evidence, look, reset, each) or not scene.place(each.at).line:
            continue
        if evidence.unordered(At(each.at), evidence.at(look)) and evidence.unordered(At(each.at), evidence.at(reset)):
            yield _finding(scene, wait, each, look, reset)


def _resets(evidence: Evidence, row: int, event: int) -> bool:
    """Whether an access clears the event, or stores it as a new event where earlier ones were."""
    if not (evidence.value(row) or "").endswith(f"#{event & 0xFFFFFFFF}>"):
        return False
    site = evidence.facts.sites.get(int(evidence.table.site[row]))
    if site is None or evidence.table.writes[row]:
        return site is not None
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)] if statement is not None else []
    return any(called(call) == "clear" and isinstance(call.func, ast.Attribute) and last_name(call.func.value) == site.name for call in calls)


def _state(evidence: Evidence, sets: Operation) -> frozenset[str]:
    """The names of what the actor changed, without a scheduling point in between, before it set the event."""
    step = evidence.step_at(sets.at)
    if step is None:
        return frozenset()
    rows = evidence.rows_of(sets.actor, 0, sets.order, last=NEAR)
    rows = [row for row in rows if evidence.table.writes[row] and evidence.atomic_unit(row) == evidence.unit_of(sets.actor, step)]
    return frozenset(_name(evidence, row) for row in rows)


def _can_set_between(evidence: Evidence, look: int, reset: int, sets: Operation) -> bool:
    """Whether the set can come between the check and the reset: the waiter passes a scheduling point there, or is a thread, and shares no lock with
    the setter.
    """
    if int(evidence.table.at[look]) >> 40 == sets.at >> 40 and evidence.atomic_unit(look) == evidence.atomic_unit(reset):
        return False
    held = {evidence.holds.holds[each].object for each in evidence.holds.held(sets.actor, sets.order)}
    return not evidence.locks_through(look, reset) & held


def _order(evidence: Evidence, row: int) -> int:
    return int(evidence.table.order[row])


def _name(evidence: Evidence, row: int) -> str:
    return evidence.facts.locations[int(evidence.table.location[row])].name


def _finding(scene: Scene, wait: Operation, sets: Operation, look: int, reset: int) -> Finding:
    evidence = scene.evidence
    name, state = scene.object(wait.object), _name(evidence, look)
    one, two = scene.sides((wait.actor, scene.place(wait.at).function), (sets.actor, scene.place(sets.at).function))
    reset_by = f"replaces {name} with a new one" if evidence.table.writes[reset] else f"clears {name}"
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.UNGUARDED_NOTIFICATION,
        title=f"{one} checks {state}, then {reset_by} and waits; {two} could set it in between: a lost wake-up",
        resource=name,
        events=[
            Moment(wait.actor, int(evidence.at(look)), "look", f"checks {state}"),
            Moment(sets.actor, sets.at, "notify", f"set {name}"),
            Moment(wait.actor, int(evidence.at(reset)), "clear", reset_by),
            Moment(wait.actor, wait.at, "wait", f"waits for {name}"),
        ],
        recommendation=f"clear {name} (or create the new one) first, then check {state}, then wait",
        explanation=f"Nothing makes the change of {state} happen before the check or after the reset. It did not happen in this run.",
    )
