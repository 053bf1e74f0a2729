"""Values handed over to a waiting task that is cancelled before it runs again: nothing owns them then."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.cancellation.partial_update import cancels
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, Texts, called, last_name, own_nodes
from causeway_core.analysis.wording.explanation import NOT_CANCELLED_HERE
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

_RESULT = "in `except CancelledError`, check whether the future is done and not cancelled, and pass on what it received: call `{}`"
_NOTIFIED = "in `except CancelledError`, notify the next waiter and re-raise; or make `{}` call `notify_all()`"
_ASKS = frozenset({"done", "cancelled", "result", "exception"})


def lost_handovers(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """Coroutines that lose what they are given when they are cancelled: through a future that another actor resolves, or through `notify()` of a
    condition. The first kind awaits a future that it has stored for another actor, and does not check, when cancelled, whether it has a result. The
    second waits for a condition, and does not notify the next waiter when cancelled. A hint: only a re-run with such a cancellation shows whether
    anything depends on it.
    """
    texts = evidence.texts
    if not cancels(texts, events):
        return []
    givers = [(path, function, call) for path, function in texts.functions() for call in _resolutions(function)]
    notifiers = _notifiers(texts)
    found = []
    for path, function in texts.functions():
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for wait, name in _waits(function):
            if not _recovers(function, name, {giver.name for _, giver, _ in givers}):
                found += [_finding(scene, evidence, (path, function, wait), giver, _RESULT) for giver in givers if giver[1] is not function][:1]
        for wait, name in _waits_notified(function):
            if not _notifies_after(function):
                pulses = [each for each in notifiers.get(name, ()) if each[1] is not function]
                found += [_finding(scene, evidence, (path, function, wait), pulse, _NOTIFIED) for pulse in pulses[:1]]
    return found


def _waits_notified(function: ast.AsyncFunctionDef) -> Iterator[tuple[ast.Await, str]]:
    """The awaits of a condition, with its name."""
    for node in own_nodes(function):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            name = last_name(node.value.func.value)
            if called(node.value) in ("wait", "wait_for") and name:
                yield node, name


def _notifiers(texts: Texts) -> dict[str, list[tuple[str, FunctionNode, ast.Call]]]:
    """By the name of a condition, the calls that notify one waiter of it. With `notify_all()`, no notification is lost."""
    found: defaultdict[str, list[tuple[str, FunctionNode, ast.Call]]] = defaultdict(list)
    for path, function in texts.functions():
        for node in texts.own_calls(function):
            if called(node) == "notify" and isinstance(node.func, ast.Attribute):
                found[last_name(node.func.value)].append((path, function, node))
    return found


def _notifies_after(function: ast.AsyncFunctionDef) -> bool:
    """Whether a cancelled waiter notifies the next one."""
    cleaning = [
        each
        for block in own_nodes(function)
        if isinstance(block, ast.Try)
        for each in (*block.finalbody, *(statement for handler in block.handlers for statement in handler.body))
    ]
    return any(isinstance(node, ast.Call) and called(node).startswith("notify") for each in cleaning for node in ast.walk(each))


def _resolutions(function: FunctionNode) -> Iterator[ast.Call]:
    """The calls of `set_result` on a future that a function has removed from a collection."""
    taken = {
        last_name(target)
        for node in own_nodes(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value) in ("pop", "popleft", "popitem")
        for target in node.targets
    }
    looped = {last_name(node.target) for node in own_nodes(function) if isinstance(node, ast.For)}
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and called(node) == "set_result" and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if last_name(owner) in taken | looped or (isinstance(owner, ast.Call) and called(owner) in ("pop", "popleft")):
                yield node


def _waits(function: ast.AsyncFunctionDef) -> Iterator[tuple[ast.Await, str]]:
    """The awaits of a future that the function created and stored."""
    made = {
        last_name(target)
        for node in own_nodes(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value) in ("create_future", "Future")
        for target in node.targets
    } - {""}
    for node in own_nodes(function):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Name) and node.value.id in made:
            yield node, node.value.id


def _recovers(function: ast.AsyncFunctionDef, name: str, givers: set[str]) -> bool:
    """Whether an except clause or `finally` checks how the future ended, or passes its value on by one of the giving functions."""
    for block in own_nodes(function):
        if not isinstance(block, ast.Try):
            continue
        cleaning = [*block.finalbody, *(statement for handler in block.handlers for statement in handler.body)]
        for node in (each for statement in cleaning for each in ast.walk(statement)):
            if isinstance(node, ast.Call) and (called(node) in givers or (called(node) in _ASKS and name in ast.unparse(node.func))):
                return True
    return False


def _finding(
    scene: Scene,
    evidence: Evidence,
    waiting: tuple[str, ast.AsyncFunctionDef, ast.Await],
    giving: tuple[str, FunctionNode, ast.Call],
    advice: str,
) -> Finding:
    (path, waiter, wait), (other, giver, call) = waiting, giving
    tasks = [each.id for each in evidence.facts.actors.values() if each.kind == "task"] or [1]
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.CANCELLED_RESULT,
        title=f"what `{giver.name}` hands over to the waiter in `{waiter.name}` is lost if the waiter is cancelled before it runs again",
        resource=waiter.name,
        events=[
            Moment(tasks[0], 0, "hand over", "hands over to the waiter", scene.line(other, call.lineno, giver.name)),
            Moment(tasks[-1], 0, "cancel", "a cancellation can arrive before it runs again", scene.line(path, wait.lineno, waiter.name)),
        ],
        recommendation=advice.format(giver.name),
        explanation=NOT_CANCELLED_HERE,
    )
