"""Tasks that reach code that cancels themselves, and then await."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, Texts, called, last_name, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncOp

_MAKES = frozenset({"create_task", "ensure_future"})


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A function that a task of `body` may run. It cancels what `name` holds (that task) at line `cancels`, and awaits at line `awaits`."""

    path: str
    function: FunctionNode
    body: str
    name: str
    cancels: int
    awaits: int


def self_cancellations(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Tasks that another actor cancelled in this run, and that would have run the same `cancel()` themselves.

    A hint: a re-run where they do confirms it.
    """
    texts = evidence.texts
    suspects = list(_suspects(texts)) if texts.mentions("cancel") else []
    tasks = evidence.facts.tasks() if suspects else {}
    found: dict[tuple[str, int], Finding] = {}
    for event in events:
        victim = tasks.get(event.object) if event.op == SyncOp.CANCEL else None
        if victim is None or victim.id == event.actor:
            continue
        place = scene.place(event.at)
        for each in suspects:
            runs = victim.path.rpartition("/")[2].partition("#")[0] == each.body
            if runs and place.path == each.path and place.line == each.cancels and (each.path, each.cancels) not in found:
                found[each.path, each.cancels] = _finding(scene, each, event, victim.id)
    return list(found.values())


def _suspects(texts: Texts) -> Iterator[_Suspect]:
    kept = [each for _, function in texts.functions() for each in _stored_tasks(function)]
    for name, body in dict.fromkeys(kept):
        for path, start in list(texts.functions()):
            if not name or start.name != body:
                continue
            for reached in texts.reachable(start):
                place = next((path for path, function in texts.functions() if function is reached), path)
                for cancel in _cancels(reached, name):
                    waits = [node.lineno for node in own_nodes(reached) if isinstance(node, ast.Await | ast.AsyncWith) and node.lineno > cancel]
                    if waits:
                        yield _Suspect(place, reached, body, name, cancel, min(waits))


def _stored_tasks(function: FunctionNode) -> Iterator[tuple[str, str]]:
    """The attributes in which a function stores tasks that it creates, with their coroutine functions."""
    for node in own_nodes(function):
        match node:
            case ast.Assign(targets=targets, value=ast.Call(args=[ast.Call() as body, *_]) as call) if called(call) in _MAKES:
                yield from ((target.attr, called(body)) for target in targets if isinstance(target, ast.Attribute))


def _cancels(function: FunctionNode, name: str) -> list[int]:
    """The lines at which a function cancels what an attribute holds or held; none where it checks which task is running."""
    nodes = list(own_nodes(function))
    if any(isinstance(node, ast.Call) and called(node) == "current_task" for node in nodes):
        return []
    aliases = {name}
    for node in nodes:
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
            pairs += [pair for target, value in pairs for pair in zip(getattr(target, "elts", ()), getattr(value, "elts", ()), strict=False)]
            aliases |= {target.id for target, value in pairs if isinstance(target, ast.Name) and last_name(value) == name}
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cancel"]
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and last_name(call.func.value) in aliases]


def _finding(scene: Scene, suspect: _Suspect, event: Operation, victim: int) -> Finding:
    path, name = suspect.path, suspect.function.name
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.SELF_CANCELLATION,
        title=f"`{name}` cancels {suspect.name} (line {suspect.cancels}) and awaits: if that is the task that runs {suspect.body}, "
        "it cancels itself and stops there",
        resource=suspect.name,
        events=[
            Moment(event.actor, event.at, "cancels", f"cancels {scene.actor(victim)}", scene.line(path, suspect.cancels, name)),
            Moment(victim, 0, "itself", "would cancel itself and stop at its next await", scene.line(path, suspect.awaits, name)),
        ],
        recommendation=(
            "do not cancel the running task: compare with `asyncio.current_task()`, or drop the reference to the task before it calls this"
        ),
        explanation="A task that cancels itself is stopped at its next await, before it has done what follows.",
    )
