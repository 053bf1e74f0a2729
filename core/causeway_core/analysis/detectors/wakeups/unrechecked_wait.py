"""Condition waits behind an `if` instead of a `while`: the state can change back before the woken waiter has the lock again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.wakeups.notify_before_wait import state_check
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncFlag, SyncOp

NEAR = 6
"""Accesses of a waiter before its wait, and after it, that are looked at."""
MOST = 48
"""Waits that are looked at."""
UNDOES = "undoes"


def unrechecked_waits(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Threads that check once, wait for a condition and proceed, while another actor may acquire the lock first and set the state back.

    Latent. `reported` names conditions that are already reported.
    """
    found: dict[str, Finding] = {}
    waits = [each for each in events if each.op == SyncOp.WAIT_BEGIN and not each.flags & SyncFlag.ASYNC]
    for wait in waits[:MOST]:
        thing = evidence.facts.objects.get(wait.object)
        if thing is None or not thing.label or not thing.type.endswith("Condition") or not scene.place(wait.at).line:
            continue
        name = scene.object(wait.object)
        if name not in reported and name not in found and state_check(scene, evidence.texts, wait) == "once":
            for look, undoing, continuation in _reverted(scene, evidence, wait):
                found[name] = _finding(scene, evidence, wait, look, undoing, continuation)
                break
    return list(found.values())


def _reverted(scene: Scene, evidence: Evidence, wait: Operation) -> Iterator[tuple[int, int, int]]:
    """The check before a wait, the first later write by another actor that restores the state that made the actor wait, and the actor's next access,
    as rows.
    """
    table, function = evidence.table, scene.place(wait.at).function
    before = [row for row in evidence.rows_of(wait.actor, 0, wait.order, last=NEAR) if not table.writes[row]]
    after = evidence.rows_of(wait.actor, wait.order + 1, 2**62, first=NEAR)
    after = [row for row in after if scene.place(evidence.at(row)).function == function]
    for look in reversed(before):
        if scene.place(evidence.at(look)).function != function or not evidence.locks_at(look) or not after:
            continue
        span = table.span(int(table.location[look]))
        for row in range(span.start, span.stop):
            undoes = table.writes[row] and int(table.actor[row]) != wait.actor and table.order[row] > table.order[after[0]]
            if undoes and _restores(evidence, look, row) and evidence.locks_at(row) & evidence.locks_at(look) and evidence.concurrent(after[0], row):
                yield look, row, after[0]


def _restores(evidence: Evidence, look: int, row: int) -> bool:
    """Whether a location has the value again that the check found."""
    value = evidence.value(look)
    return value is not None and value == evidence.value(row)


def _finding(scene: Scene, evidence: Evidence, wait: Operation, look: int, undoing: int, continuation: int) -> Finding:
    name, state, value = scene.object(wait.object), scene.namer.resource(look), evidence.value(undoing)
    other = int(evidence.table.actor[undoing])
    one, two = scene.sides((wait.actor, scene.place(wait.at).function), (other, scene.place(evidence.at(undoing)).function))
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.UNGUARDED_NOTIFICATION,
        title=f"{one} checks {state} once (`if`) and waits for {name}; {two} could set it back before the waiter continues",
        resource=name,
        events=[
            Moment(wait.actor, evidence.at(look), "look", f"checks {state}"),
            Moment(wait.actor, wait.at, "wait", f"waits for {name}"),
            Moment(wait.actor, evidence.at(continuation), "goes on", "goes on"),
            Moment(other, evidence.at(undoing), UNDOES, f"sets {state} back to {value}"),
        ],
        recommendation=f"wait for {name} in a loop over {state} (`while`, not `if`), or by wait_for",
        explanation=(
            "Between the notification and the moment when the waiter has its lock again, other actors can hold the lock. The waiter "
            "would proceed all the same. It did not happen in this run."
        ),
    )
