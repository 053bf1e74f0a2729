"""Notifications that would be lost if they came a little earlier."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import Texts, called
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncFlag, SyncOp

_NOTIFIES = (SyncOp.NOTIFY, SyncOp.NOTIFY_ALL)


def early_notifications(scene: Scene, evidence: Evidence, events: Iterable[Operation], struck: frozenset[int]) -> list[Finding]:
    """Waits that the notification can precede: on a condition without checking its state, or on an event that is cleared too early or too late. Too
    early: as soon as it is set. Too late: right before the wait. `struck` are objects whose lost wake-ups are already reported.
    """
    by_object: defaultdict[int, list[Operation]] = defaultdict(list)
    arrived: set[tuple[int, str]] = set()
    for event in events:
        if event.op == SyncOp.BARRIER_ARRIVE:
            arrived.add((event.actor, str(scene.place(event.at))))
        elif event.op == SyncOp.WAIT_BEGIN and arrived and (event.actor, str(scene.place(event.at))) in arrived:
            continue  # the condition within a barrier of asyncio, which stands for how many have come
        if event.object > 0 and event.object not in struck:
            by_object[event.object].append(event)
    texts = evidence.texts
    found, seen = [], set[tuple[str, tuple[str, ...]]]()
    for object, operations in sorted(by_object.items()):
        thing = evidence.facts.objects.get(object)
        if thing is None or thing.label is None:
            continue
        if thing.type.endswith("Condition"):
            finding = _condition(scene, evidence, texts, operations)
        elif thing.type.endswith("Event"):
            finding = _pulse(scene, evidence, texts, operations) or _cleared_before_wait(scene, evidence, texts, operations)
        else:
            continue
        if finding is not None and (finding.title, finding.lanes) not in seen:
            seen.add((finding.title, finding.lanes))
            found.append(finding)
    return found


# Conditions.


def _condition(scene: Scene, evidence: Evidence, texts: Texts, operations: Sequence[Operation]) -> Finding | None:
    waits = [event for event in operations if event.op == SyncOp.WAIT_BEGIN]
    notifies = [event for event in operations if event.op in _NOTIFIES]
    for wait in waits:
        looks = state_check(scene, texts, wait)
        if looks == "again":
            continue
        place = str(scene.place(wait.at))
        others = [each for each in waits if each.actor != wait.actor and str(scene.place(each.at)) == place]
        if looks == "once" and not others:
            continue
        notify = next((each for each in notifies if each.actor != wait.actor and _can_notify_first(evidence, wait, each)), None)
        if notify is not None and scene.place(notify.at).line:
            return _condition_finding(scene, wait, notify, looks, others)
    return None


def state_check(scene: Scene, texts: Texts, wait: Operation) -> str:
    """How a waiter checks the state: `again` (in a loop, by wait_for, or not known), `once` or `never`."""
    around, calls = _wait_calls(scene, texts, wait)
    if not calls or not around:
        return "again"
    loop = next((node for node in reversed(around) if isinstance(node, ast.While | ast.For | ast.AsyncFor)), None)
    if loop is not None and not _proceeds_unchecked(around[around.index(loop) :]):
        return "again"
    return "once" if any(isinstance(node, ast.If | ast.IfExp | ast.Match) for node in around) or _guarded_by_exit(around) else "never"


def _proceeds_unchecked(around: Sequence[ast.AST]) -> bool:
    """Whether a loop proceeds after a wait behind an `if` as if the state held: the loop repeats for the next work item, not to check again. `around`
    starts with the loop.
    """
    branch = next((number for number, node in enumerate(around) if isinstance(node, ast.If)), 0)
    if not branch or any(isinstance(node, ast.Continue) for node in ast.walk(around[branch])):
        return False
    blocks = ast.While | ast.For | ast.AsyncFor | ast.With | ast.AsyncWith
    return any(isinstance(block, blocks) and node in block.body[:-1] for block, node in pairwise(around[: branch + 1]))


def _wait_calls(scene: Scene, texts: Texts, wait: Operation) -> tuple[Sequence[ast.AST], list[ast.Call]]:
    """The nodes around a wait in its function, and the calls of `wait` in its statement."""
    place = scene.place(wait.at)
    around = texts.around(place.path, place.line) if place.line else []
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    nodes = ast.walk(statement) if statement is not None else ()
    return around, [node for node in nodes if isinstance(node, ast.Call) and called(node) == "wait"]


def _guarded_by_exit(around: Sequence[ast.AST]) -> bool:
    """Whether the function returns early on some condition before this point."""
    last = getattr(around[-1], "lineno", 0)
    return any(isinstance(node, ast.If) and node.lineno < last for outer in around[:1] for node in ast.walk(outer))


def _can_notify_first(evidence: Evidence, wait: Operation, notify: Operation) -> bool:
    """Whether only locks make the notification come after the wait. What the waiter did under the lock that it waits with does not order them either.
    """
    holds = evidence.holds.held(wait.actor, wait.order)
    begun = min((evidence.holds.holds[hold].at for hold in holds), default=wait.at)
    return not evidence.order.happens_before(At(begun), At(notify.at), must=True) and not evidence.order.happens_before(
        At(notify.at), At(begun), must=True
    )


def _condition_finding(scene: Scene, wait: Operation, notify: Operation, looks: str, others: Sequence[Operation]) -> Finding:
    name = scene.object(wait.object)
    one, two = scene.sides((wait.actor, scene.place(wait.at).function), (notify.actor, scene.place(notify.at).function))
    if looks == "never":
        title = f"{one} waits for {name} without checking any state; {two} could notify it before the wait: a lost wake-up"
        why = "A notification is not stored: one that comes before the wait is lost."
    else:
        title = f"{one} checks its state once (`if`) and waits for {name}: of several woken waiters, the later ones use a stale check"
        why = "Between the notification and the moment when the waiter has its lock again, another waiter can take what it waited for."
    moments = [Moment(wait.actor, wait.at, "wait", f"waits for {name}"), Moment(notify.actor, notify.at, "notify", f"notified {name}")]
    holds = scene.evidence.holds
    held = min((holds.holds[each].at for each in holds.held(notify.actor, notify.order - 1)), default=None)
    if looks == "once" and held is not None:
        moments += [Moment(others[0].actor, others[0].at, "also", f"waits for {name} too"), Moment(notify.actor, held, "hold", f"acquired {name}")]
    return scene.finding(
        kind="lost_wakeup" if looks == "never" else "atomicity_violation",
        weight=weights.UNGUARDED_NOTIFICATION,
        title=title,
        resource=name,
        events=moments,
        recommendation=(
            f"wait for {name} in a loop that checks the state (`while not ready: condition.wait()`, or wait_for), and change that state "
            "under the lock before the notification"
        ),
        explanation=f"{why} It did not happen in this run.",
    )


# Events.


def _pulse(scene: Scene, evidence: Evidence, texts: Texts, operations: Sequence[Operation]) -> Finding | None:
    """An event that its setter clears again without a scheduling point in between."""
    last: dict[int, Operation] = {}
    waits = [event for event in operations if event.op == SyncOp.WAIT_BEGIN]
    for event in operations:
        before = last.get(event.actor)
        last[event.actor] = event
        if event.op != SyncOp.EVENT_CLEAR or before is None or before.op != SyncOp.EVENT_SET:
            continue
        if _worked(evidence, before, event) or _in_different_steps(evidence, before, event):
            continue
        for wait in waits:
            # A task that is busy misses it as well; but where it waits in a loop, it may be meant so.
            asynchronous = bool(wait.flags & SyncFlag.ASYNC) and state_check(scene, texts, wait) == "again"
            if wait.actor != event.actor and evidence.unordered(At(before.at), At(wait.at)) and scene.place(before.at).line:
                why = "but clears it at once: a waiter that is busy at that moment never sees it"
                finding = _event_finding(scene, wait, before, event, why)
                return weights.REPEATED_PULSE.put_on(finding) if asynchronous else finding
    return None


def _cleared_before_wait(scene: Scene, evidence: Evidence, texts: Texts, operations: Sequence[Operation]) -> Finding | None:
    """An event that its waiter clears after its work, right before it waits again: a set during the work is lost."""
    last: dict[int, Operation] = {}
    sets = [event for event in operations if event.op == SyncOp.EVENT_SET]
    woken: dict[int, Operation] = {}
    for event in operations:
        before = last.get(event.actor)
        last[event.actor] = event
        if event.op == SyncOp.WAIT_END:
            woken[event.actor] = event
        since = woken.get(event.actor)
        if event.op != SyncOp.WAIT_BEGIN or before is None or before.op != SyncOp.EVENT_CLEAR or since is None or since.order > before.order:
            continue
        if not _worked(evidence, since, before) or _worked(evidence, before, event):
            continue
        if event.flags & SyncFlag.ASYNC and not _in_different_steps(evidence, since, before):
            continue
        for each in sets:
            if each.actor != event.actor and evidence.unordered(At(each.at), At(before.at)) and scene.place(before.at).line:
                why = "which clears it only before it waits again: a set during its work is lost"
                return _event_finding(scene, event, each, before, why)
    return None


def _worked(evidence: Evidence, one: Operation, other: Operation) -> bool:
    """Whether the actor accessed a shared location between two of its operations, other than the one that holds their object."""
    name = f"#{one.object & 0xFFFFFFFF}>"
    rows = evidence.rows_of(one.actor, one.order, other.order, first=16)
    return any(not (evidence.value(row) or "").endswith(name) for row in rows)


def _in_different_steps(evidence: Evidence, one: Operation, other: Operation) -> bool:
    """Whether the actor passed a scheduling point between two of its operations."""
    first, last = evidence.step_at(one.at), evidence.step_at(other.at)
    actor = evidence.facts.actors.get(one.actor)
    if first is None or last is None or actor is None or actor.kind == "thread":
        return False
    return evidence.unit_of(one.actor, first) != evidence.unit_of(one.actor, last)


def _event_finding(scene: Scene, wait: Operation, wake: Operation, clear: Operation, why: str) -> Finding:
    name = scene.object(wait.object)
    one, two = scene.sides((wake.actor, scene.place(wake.at).function), (wait.actor, scene.place(wait.at).function))
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.EVENT_SET_TOO_EARLY,
        title=f"{one} sets {name} for {two}, {why}",
        resource=name,
        events=[
            Moment(wake.actor, wake.at, "notify", f"set {name}"),
            Moment(clear.actor, clear.at, "clear", f"cleared {name}"),
            Moment(wait.actor, wait.at, "wait", f"waits for {name}"),
        ],
        recommendation=(
            f"clear {name} in the waiter, right after its wait has ended and before it checks what is to be done; never clear it in the actor that "
            "sets it"
        ),
        explanation="Nothing makes the wait start before the event is set. It did not happen in this run, or the wait had a timeout.",
    )
