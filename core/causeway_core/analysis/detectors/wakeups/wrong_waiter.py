"""Conditions with two kinds of waiters and `notify()`: the one that is woken may be of the kind that cannot proceed."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import called, last_name, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncFlag, SyncOp

ONE_KIND = ("wakes", "wakes too", "would wait")
OTHER_KIND = ("is woken", "is woken too", "would wait there")
"""Roles of the notifications of two threads of each kind, and of where their function waits."""


def wrong_waiters(scene: Scene, evidence: Evidence, events: Iterable[Operation], reported: frozenset[str]) -> list[Finding]:
    """Two functions that wait for one condition in a loop, each for what the other does, and each notify one waiter; two threads ran each.

    Hints: a re-run that hangs confirms them. `reported` names conditions that are already reported.
    """
    notifies: defaultdict[int, list[Operation]] = defaultdict(list)
    for event in events:
        if event.op == SyncOp.NOTIFY and _by_a_thread(evidence, event):
            notifies[event.object].append(event)
    found: dict[str, Finding] = {}
    for object, operations in sorted(notifies.items()):
        name = scene.object(object)
        if name not in reported and name not in found:
            for finding in _between_kinds(scene, evidence, name, operations):
                found[name] = finding
                break
    return list(found.values())


def _by_a_thread(evidence: Evidence, event: Operation) -> bool:
    """Whether a named condition is notified by a thread that the program started."""
    thing, actor = evidence.facts.objects.get(event.object), evidence.facts.actors.get(event.actor)
    named = thing is not None and bool(thing.label) and thing.type.endswith("Condition")
    return named and not event.flags & SyncFlag.ASYNC and actor is not None and actor.kind == "thread" and actor.path != "main"


def _between_kinds(scene: Scene, evidence: Evidence, name: str, notifies: Iterable[Operation]) -> Iterator[Finding]:
    """For each pair of functions, the finding if one may wake the wrong kind."""
    kinds: dict[SourcePlace, dict[int, Operation]] = {}
    waits: dict[str, SourcePlace | None] = {}
    for each in notifies:
        place = scene.place(each.at)
        if place.function not in waits:
            line = _rechecking_wait(evidence, place, name.rpartition(".")[2])
            waits[place.function] = scene.line(place.path, line, place.function) if line else None
        wait = waits[place.function]
        if wait is not None:
            kinds.setdefault(wait, {}).setdefault(each.actor, each)
    for one, other in combinations(kinds, 2):
        some = list(kinds[one].values())
        others = [each for actor, each in kinds[other].items() if actor not in kinds[one]]
        if len(some) > 1 and len(others) > 1:
            yield _finding(scene, name, (one, some[:2]), (other, others[:2]))


def _rechecking_wait(evidence: Evidence, place: SourcePlace, condition: str) -> int:
    """The line at which the function waits for the condition and rechecks its state whenever it is woken; 0 if it does not."""
    function = evidence.texts.function(place.path, place.line)
    nodes = list(own_nodes(function)) if function is not None else []
    looped = {id(node) for loop in nodes if isinstance(loop, ast.While) for node in ast.walk(loop)}
    for call in (node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        again = (called(call) == "wait" and id(call) in looped and not call.args) or (called(call) == "wait_for" and len(call.args) == 1)
        if again and isinstance(call.func, ast.Attribute) and last_name(call.func.value) == condition:
            return call.lineno
    return 0


def _finding(scene: Scene, name: str, one: tuple[SourcePlace, list[Operation]], other: tuple[SourcePlace, list[Operation]]) -> Finding:
    events: list[Moment] = []
    for (place, notifies), (*roles, waits) in ((one, ONE_KIND), (other, OTHER_KIND)):
        events += [Moment(each.actor, each.at, role, f"notified one waiter of {name}") for each, role in zip(notifies, roles, strict=True)]
        events.append(Moment(notifies[0].actor, 0, waits, "would wait here", place))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.WRONG_WAITER,
        title=f"`{one[0].function}` and `{other[0].function}` wait on {name} for different things, and each notifies only one waiter",
        resource=name,
        events=events,
        recommendation=f"wake all waiters (`{name}.notify_all()`), or use one condition per kind of waiter, over the same lock",
        explanation="The notifier cannot choose which of several waiters `notify()` wakes. If that is one of its own kind, the right waiter is never "
        "woken. It did not happen in this run.",
    )
