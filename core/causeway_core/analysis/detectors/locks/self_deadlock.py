"""Locks that their own holder may acquire again: in a finalizer, a signal handler, or a callback that is called synchronously."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import replace

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.locks.finalizers import FinalizedObject, finalized_objects, may_be_garbage
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.source_text import FunctionNode, Texts, called, called_by, last_name
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding
from causeway_core.wire.kinds import SyncFlag

_PLAIN = ("_thread.lock", "threading.Lock")
SAMPLE = 200


def self_deadlocks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Non-reentrant thread locks that are acquired both by ordinary code and by code that the interpreter may call in the middle of it."""
    texts = evidence.texts
    intruders = _intruders(texts)
    by_lock: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in evidence.holds.holds:
        thing = evidence.facts.objects.get(hold.object)
        if thing is not None and thing.label is not None and thing.type in _PLAIN and not hold.flags & SyncFlag.ASYNC:
            by_lock[hold.object].append(hold)
    found, seen = [], set[str]()
    for object, holds in sorted(by_lock.items()):
        finding = None if evidence.holds.signals(object) else _of_lock(scene, evidence, texts, intruders, holds[:SAMPLE])
        if finding is not None and finding.title not in seen:
            seen.add(finding.title)
            found.append(finding)
    return found


def signal_handlers(texts: Texts) -> dict[str, str]:
    """Names of functions that the source installs as signal handlers, and for which signal."""
    calls = [call for call in texts.calls() if called(call) == "signal" and len(call.args) == 2]
    return {last_name(call.args[1]): last_name(call.args[0]) for call in calls}


def _intruders(texts: Texts) -> list[tuple[str, FunctionNode, set[FunctionNode]]]:
    """What may be called in the middle of other code: how, the function, and all functions it leads to."""
    functions = [function for _, function in texts.functions()]
    finalizers = {last_name(call.args[1]) for call in texts.calls() if called(call) in ("finalize", "ref", "proxy") and len(call.args) >= 2}
    found = [("finalizer", function) for function in functions if function.name in {"__del__", *finalizers} - {""}]
    handlers = signal_handlers(texts)
    found += [("signal handler", function) for function in functions if function.name in handlers]
    return [(how, function, texts.reachable(function)) for how, function in found]


def _of_lock(
    scene: Scene, evidence: Evidence, texts: Texts, intruders: list[tuple[str, FunctionNode, set[FunctionNode]]], holds: list[Hold]
) -> Finding | None:
    where = {hold.id: texts.function(place.path, place.line) if (place := scene.place(hold.at)).line else None for hold in holds}
    for how, function, led in intruders:
        inside = next((hold for hold in holds if where[hold.id] in led and not _turns_back(where[hold.id], scene.place(hold.at).line)), None)
        # Its holder is interrupted in its own thread: signal handlers run in the main thread only.
        interrupted = [hold for hold in holds if where[hold.id] is not None and (how == "finalizer" or _in_main(evidence, hold))]
        interrupted = [hold for hold in interrupted if inside is None or hold.id != inside.id] or interrupted
        if inside is not None and interrupted and not _handles_all(texts, function):
            # What was put off, or comes again, comes in the middle of the next.
            hold = next((each for each in interrupted if each.order > inside.order and each.id != inside.id), interrupted[-1])
            finalized = texts.class_of(function) if how == "finalizer" else None
            if finalized is None:
                return _finding(scene, hold, inside, how, function.name)
            names = frozenset({finalized.name})
            dropped = next(((each, gone) for each in interrupted if each.id != inside.id for gone in finalized_objects(evidence, each, names)), None)
            if dropped is not None:
                return _finalizer_finding(scene, *dropped, inside, finalized.name, function.name)
            finding = _finding(scene, hold, inside, how, function.name)
            return finding if may_be_garbage(evidence, hold.object, finalized) else weights.COLLECTED_UNDER_LOCK.put_on(finding)
    for hold in holds:
        adding, callback = _added_callback(texts, scene, hold, where[hold.id])
        if callback is not None:
            led = texts.reachable(callback)
            inside = next((each for each in holds if where[each.id] in led and each.id != hold.id), None)
            if inside is not None:
                return _finding(scene, hold, inside, "callback", callback.name, adding)
    return None


def _in_main(evidence: Evidence, hold: Hold) -> bool:
    first = min((actor.first_at for actor in evidence.facts.actors.values() if actor.kind == "thread" and actor.first_at is not None), default=None)
    return first is not None and hold.at >> 40 == first >> 40


def _handles_all(texts: Texts, function: FunctionNode) -> bool:
    """Whether a handler only tries to acquire the lock: `acquire(blocking=False)`, or with a timeout."""
    return any(
        isinstance(node, ast.Call) and called(node) == "acquire" and (node.args or node.keywords)
        for each in texts.reachable(function)
        for node in ast.walk(each)
    )


def _turns_back(function: FunctionNode | None, line: int) -> bool:
    """Whether the code that acquires the lock at a line first sets a flag, and code that finds the flag set does not get that far."""
    for look in ast.walk(function) if function is not None else ():
        if isinstance(look, ast.If) and look.lineno < line and isinstance(look.body[-1], (ast.Raise, ast.Return)):
            marks = {node.attr for node in ast.walk(look.test) if isinstance(node, ast.Attribute)}
            marks |= {node.value for node in ast.walk(look.test) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            for node in ast.walk(function) if function is not None else ():
                targets = node.targets if isinstance(node, ast.Assign) else []
                if look.lineno < getattr(node, "lineno", 0) < line and any(last_name(target) in marks for target in targets):
                    return True
    return False


def _added_callback(texts: Texts, scene: Scene, hold: Hold, function: FunctionNode | None) -> tuple[int, FunctionNode | None]:
    """The line at which a callback is added to a future inside the `with` that acquired the lock, and the function.

    It is called at once if the future is done.
    """
    if function is None or isinstance(function, ast.AsyncFunctionDef):
        return 0, None
    line = scene.place(hold.at).line
    for block in ast.walk(function):
        if isinstance(block, ast.With) and block.lineno == line:
            for node in ast.walk(block):
                if isinstance(node, ast.Call) and called(node) == "add_done_callback" and node.args:
                    names = called_by(node.args[0])
                    return node.lineno, next((each for _, each in texts.functions() if each.name in names), None)
    return 0, None


def _finalizer_finding(scene: Scene, hold: Hold, gone: FinalizedObject, inside: Hold, kind: str, function: str) -> Finding:
    evidence, name = scene.evidence, scene.object(hold.object)
    keeps = [] if gone.keeper is None else [Moment(int(evidence.table.actor[gone.keeper]), evidence.at(gone.keeper), "keeps", f"has the {kind} too")]
    return scene.finding(
        kind="deadlock",
        weight=weights.REENTERED_LOCK,
        title=(
            f"`{scene.place(hold.at).function}` drops a {kind} while it holds {name}, which the finalizer `{function}` acquires too: a self-deadlock"
        ),
        resource=name,
        events=[
            Moment(hold.actor, hold.at, "acquire", f"acquired {name}"),
            Moment(hold.actor, evidence.at(gone.row), "drop", f"drops a {kind}"),
            *keeps,
            Moment(evidence.facts.work_of(inside.actor, inside.at), inside.at, "finalizer", f"acquired {name} in or for `{function}`"),
        ],
        recommendation=f"keep a reference to what is removed until {name} is released, and drop it then",
        explanation=(
            f"If it was the last reference, the finalizer runs at once. {name} cannot be acquired twice by one thread. In this run another "
            f"reference to the {kind} kept it alive."
        ),
    )


def _finding(scene: Scene, hold: Hold, inside: Hold, how: str, function: str, adding: int = 0) -> Finding:
    name, place = scene.object(hold.object), scene.place(hold.at)
    when = {
        "finalizer": f"; the finalizer `{function}`, which acquires it too, can run at any allocation",
        "signal handler": f"; the signal handler `{function}`, which acquires it too, can run at any instruction",
        "callback": f" and adds the callback `{function}`, which acquires it too, to a future that may be done",
    }[how]
    advice = {
        "finalizer": "let the finalizer only record what is to be done (`queue.SimpleQueue.put`, `deque.append`), and do it later; or use a "
        "threading.RLock, if what it protects may be re-entered",
        "signal handler": "let the handler only set a flag, and act on it in ordinary code",
        "callback": f"add the callback after {name} is released",
    }[how]
    at_once = "A callback that is added to a future that is already done is called at once. " if how == "callback" else ""
    return scene.finding(
        kind="deadlock",
        weight=weights.FINALIZER_UNDER_LOCK,
        title=f"`{place.function}` holds {name}{when}: a self-deadlock",
        resource=name,
        events=[
            Moment(hold.actor, hold.at, "acquire", f"acquired {name}"),
            Moment(scene.evidence.facts.work_of(inside.actor, inside.at), inside.at, how, f"acquired {name} in or for `{function}`"),
            *([Moment(hold.actor, hold.at, "add", f"adds `{function}`", replace(place, line=adding))] if adding else []),
        ],
        recommendation=advice,
        explanation=f"{at_once}{name} cannot be acquired twice by one thread. It did not happen in this run.",
    )
