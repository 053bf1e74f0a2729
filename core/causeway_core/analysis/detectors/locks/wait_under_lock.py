"""Waits inside a critical section for an actor that needs the same lock before it can answer: a potential deadlock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from causeway_core.analysis import weights
from causeway_core.analysis.detectors.locks.lock_order import ONLY_A_HINT
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.source_text import Texts, called, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Edge, Finding
from causeway_core.wire.kinds import SyncFlag

_ANSWERS = frozenset({"join", "queue", "future", "event", "condition", "wake", "barrier", "semaphore"})
"""Kinds of edges that end a wait."""
_WAITING_CALLS = frozenset({"join", "result", "exception", "wait", "wait_for", "get", "put", "shutdown", "gather", "acquire", "as_completed"})
"""Names of calls that may wait, where one stands under a lock and did not have to in this run."""
SAMPLE = 24
_ADJACENT = 8
"""Words between two records that follow each other."""
MOST_TOLD = 4
MOST_HOLDS = 2_000


@dataclass(frozen=True, slots=True)
class _BlockedWait:
    """`hold` is kept while its actor waits at `wait`; `asks` is the acquisition that the answering actor needs; `answer` is where the answer came
    from.
    """

    hold: Hold
    wait: At
    asks: Hold
    answer: At | None
    words: str


def waits_under_lock(scene: Scene, evidence: Evidence, struck: frozenset[int]) -> list[Finding]:
    """Acquisitions under which their actor waits (or makes a call that may wait), while the answering actor acquires the same lock first.

    That acquisition is ordered with neither the first one nor the wait. Only hints, until a forced run blocks. `struck` are locks that are already
    reported.
    """
    texts = evidence.texts
    found: dict[tuple[str, str], Finding] = {}
    for hold in islice((each for each in evidence.holds.holds if each.object not in struck and _counts(evidence, each)), MOST_HOLDS):
        for stuck in (*_observed_waits(evidence, hold), *_written(scene, evidence, texts, hold)):
            key = str(scene.place(hold.at)), str(scene.place(stuck.asks.at))
            if key not in found and scene.place(hold.at).line and scene.place(stuck.asks.at).line:
                found[key] = _finding(scene, stuck)
        if len(found) >= MOST_TOLD:
            break
    return list(found.values())[:MOST_TOLD]


def _counts(evidence: Evidence, hold: Hold) -> bool:
    return not evidence.holds.ignores(hold.object) and not evidence.holds.signals(hold.object) and len(evidence.holds.of(hold.object)) > 1


# Waits that the recording shows.


def _observed_waits(evidence: Evidence, hold: Hold) -> Iterator[_BlockedWait]:
    end = hold.until_at
    if end is None:
        return
    for edge in evidence.facts.edges_into(hold.at, end):
        if edge.kind not in _ANSWERS or evidence.actor_at(edge.dst) != hold.actor or evidence.actor_at(edge.src) == hold.actor:
            continue
        if edge.dst == hold.at:
            continue  # what the acquisition itself waited for: the lock was not held yet
        if edge.kind == "condition" and edge.dst - hold.at <= _ADJACENT:
            continue  # the lock was taken again by the end of that very wait, during which it was free
        asks = _acquires_before_answer(evidence, hold, edge)
        if asks is not None:
            yield _BlockedWait(hold, edge.dst, asks, edge.src, "")


def _acquires_before_answer(evidence: Evidence, hold: Hold, edge: Edge) -> Hold | None:
    """The acquisition made before the answer: by the actor that gives it, or by another task on that actor's loop."""
    giver = evidence.actor_at(edge.src)
    for other in reversed(evidence.holds.of(hold.object)):
        if other.id == hold.id or not _may_swap(evidence, hold, other):
            continue
        if other.actor == giver and other.at < edge.src:
            return other
        same_loop = evidence.is_asynchronous(other.actor) and other.at >> 40 == edge.src >> 40 != hold.at >> 40
        if same_loop and not other.flags & SyncFlag.ASYNC and giver is not None and evidence.is_asynchronous(giver):
            return other
    return None


def _may_swap(evidence: Evidence, hold: Hold, other: Hold) -> bool:
    """Whether another acquisition could also have come while the lock was held."""
    if evidence.facts.work_of(hold.actor, hold.at) == evidence.facts.work_of(other.actor, other.at):
        return False
    return evidence.unordered(At(hold.at), At(other.at))


# Waits that the source shows, where the answer was there at once.


def _written(scene: Scene, evidence: Evidence, texts: Texts, hold: Hold) -> Iterator[_BlockedWait]:
    place = scene.place(hold.at)
    released = scene.place(hold.until_at) if hold.until_at is not None else None
    last = released.line if released is not None and (released.path, released.function) == (place.path, place.function) else sys.maxsize
    call = _call_under(texts, place.path, place.line, last) if place.line else None
    if call is None:
        return
    wait = At(hold.until_at if hold.until_at is not None else hold.at)
    for other in islice(evidence.holds.of(hold.object), SAMPLE):
        if other.id != hold.id and str(scene.place(other.at)) != str(place) and _may_swap(evidence, hold, other):
            yield _BlockedWait(hold, wait, other, None, ast.unparse(call))
            return


def _call_under(texts: Texts, path: str, line: int, last: int) -> ast.Call | None:
    """The first call that may wait under the lock acquired at a line: in its `with` block, otherwise in the function up to the release at line
    `last`; one call deep.
    """
    around = texts.around(path, line)
    block = next((node for node in reversed(around) if isinstance(node, ast.With | ast.AsyncWith) and node.lineno <= line), None)
    inside: list[ast.AST]
    owners: set[str] = set()
    if block is not None and any(item.context_expr.lineno <= line <= (item.context_expr.end_lineno or line) for item in block.items):
        inside = [node for statement in block.body for node in (statement, *own_nodes(statement))]
        owners = {ast.unparse(item.context_expr) for item in block.items[-1:]}
    elif around:
        inside = [node for node in own_nodes(around[0]) if line < getattr(node, "lineno", 0) <= last]
    else:
        return None
    calls = [node for node in inside if isinstance(node, ast.Call)]
    direct = next((call for call in calls if _may_wait(call, owners)), None)
    if direct is not None:
        return direct
    names = {called(call) for call in calls}
    for _, function in texts.functions():
        if function.name in names:
            found = next((node for node in own_nodes(function) if isinstance(node, ast.Call) and _may_wait(node, owners)), None)
            if found is not None:
                return found
    return None


def _may_wait(call: ast.Call, owners: set[str]) -> bool:
    """Whether a call looks like an unlimited wait. Waiting on the condition that is held (`owners`) does not count: it releases the lock."""
    name = called(call)
    if name not in _WAITING_CALLS or not isinstance(call.func, ast.Attribute) or ast.unparse(call.func.value) in owners:
        return False
    if any(keyword.arg == "timeout" for keyword in call.keywords):
        return False
    # `dict.get(key)`, `"".join(parts)`, `process.wait(3)`.
    return not call.args if name in ("get", "join", "result", "exception", "wait") else name != "acquire"


def _finding(scene: Scene, stuck: _BlockedWait) -> Finding:
    evidence, hold, asks = scene.evidence, stuck.hold, stuck.asks
    holder, asker = evidence.facts.work_of(hold.actor, hold.at), evidence.facts.work_of(asks.actor, asks.at)
    name = scene.object(hold.object)
    one, two = scene.sides((holder, scene.place(hold.at).function), (asker, scene.place(asks.at).function))
    giver = None if stuck.answer is None else evidence.actor_at(stuck.answer)
    waits = f"calls `{stuck.words}`, which may wait" if stuck.answer is None else "waits"
    moments = [
        Moment(holder, hold.at, "acquire", f"acquired {name}"),
        Moment(holder, stuck.wait, "wait", "waits for an answer" if stuck.answer is not None else f"released {name}: it did not wait in this run"),
        Moment(asker, asks.at, "ask", f"acquired {name}"),
    ]
    if stuck.answer is not None and giver is not None:
        moments.append(Moment(evidence.facts.work_of(giver, stuck.answer), stuck.answer, "answer", "answers"))
    return scene.finding(
        kind="deadlock",
        weight=weights.WAIT_UNDER_LOCK,
        title=f"{one} holds {name} and {waits} for {two}, which acquires it before it answers",
        resource=name,
        events=moments,
        recommendation=f"release {name} before waiting, and acquire it again afterwards",
        explanation=(
            "One side waits while holding the lock; the other side needs that lock before it can end the wait. It did not happen in this "
            "run."
        ),
        doubt=ONLY_A_HINT,
    )
