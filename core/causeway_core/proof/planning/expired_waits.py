"""Waits of threads whose time limits expire, for what no detector predicts: the answer comes before the waiter has said that it waits no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from causeway_core.analysis import Analysis, weights
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import own_nodes
from causeway_core.analysis.wording import Namer, Scene
from causeway_core.analysis.wording.scene import Moment
from causeway_core.model import At, Finding
from causeway_core.model.order import Order
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.places import Unplaced
from causeway_core.wire.kinds import SyncOp

MOST_WAITS = 3
"""Waits that are tried."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """A wait of a thread under a time limit that another thread's `set` ended."""

    wait: Operation
    answer: Operation


def late_answers(analysis: Analysis, anchors: Anchors) -> Iterator[Finding]:
    """A finding, with its orders, for each recorded wait of a thread for an event, under a time limit, that another thread set under a
    lock which the waiter takes afterwards: there it says that it waits no more.

    They are hints. In the bad order the limit expires, then the event is set, and only then the waiter goes on; in the serial one the waiter has left
    the function that waits before the event is set. Not for waits in loops, which try again. A limit of more than some seconds cannot be waited for.
    """
    evidence = analysis.evidence
    scene = Scene(evidence, Namer(evidence, analysis.graph.why_unordered), analysis.graph.place)
    known: set[tuple[tuple[str, int], ...]] = set()
    for each in _answered(analysis):
        try:
            orders = tuple(_orders(each, analysis, anchors))
        except Unplaced:
            continue
        places = dict(orders[0].places) if orders else {}
        key = tuple(sorted((place.file, place.line) for place in places.values()))
        if not orders or key in known or len(known) == MOST_WAITS:
            continue
        known.add(key)
        yield replace(_finding(scene, each), orders=orders)


def _answered(analysis: Analysis) -> Iterator[_Answered]:
    facts = analysis.evidence.facts
    answers: dict[int, Operation] = {}
    for each in facts.operations:
        if facts.actors[each.actor].kind != "thread":
            continue
        if each.op == SyncOp.EVENT_SET:
            answers[each.object] = each
        elif each.op == SyncOp.WAIT_END:  # what was set before is not waited for at all
            answer = answers.get(each.object)
            if answer is not None and each.actor != answer.actor:
                yield _Answered(each, answer)


def _orders(it: _Answered, analysis: Analysis, anchors: Anchors) -> Iterator[Order]:
    waiter, other = it.wait.actor, it.answer.actor
    wait = anchors.operation(waiter, At(it.wait.at), "acquire")
    if not _is_limited(analysis, wait.file, wait.line):
        return
    rest, last = anchors.following(waiter, At(it.wait.at)), anchors.last_in_call(waiter, At(it.wait.at))
    holds, call = analysis.evidence.holds.holds, anchors.entered(At(it.wait.at))
    held = {hold.object: hold for hold in holds if hold.actor == other and hold.at < it.answer.at < (hold.until_at or it.answer.at + 1)}
    later = (hold for hold in holds if hold.actor == waiter and hold.object in held and hold.at > it.wait.at)
    withdraws = next((hold for hold in later if anchors.entered(At(hold.at)) == call), None)
    if withdraws is None or rest is None or last is None:
        return
    enters = anchors.operation(other, At(held[withdraws.object].at), "acquire")
    sets = anchors.operation(other, At(it.answer.at), "acquire")
    who, whom = anchors.actor_of(waiter).title, anchors.actor_of(other).title
    says = f"the wait of {who} times out, then {whom} answers, and only then {who} continues"
    yield drafted("bad", says, [(wait, enters, enters), (sets, rest, wait)])
    yield drafted("serial", f"the wait of {who} times out, and {whom} answers once it has left the function", [(last, enters, enters)])


def _is_limited(analysis: Analysis, file: str, line: int) -> bool:
    """Whether the statement at a line, outside of loops of its function, calls `wait` with an argument."""
    facts = analysis.evidence.facts
    for path, function in analysis.evidence.texts.functions():
        if facts.shown(path) == file and function.lineno <= line <= (function.end_lineno or function.lineno):
            nodes = list(own_nodes(function))
            calls = [node for node in nodes if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno)]
            waits = [node for node in calls if isinstance(node.func, ast.Attribute) and node.func.attr == "wait" and (node.args or node.keywords)]
            loops = [node for node in nodes if isinstance(node, ast.While | ast.For | ast.AsyncFor)]
            if waits and not any(node.lineno <= line <= (node.end_lineno or node.lineno) for node in loops):
                return True
    return False


def _finding(scene: Scene, it: _Answered) -> Finding:
    label, function = scene.object(it.wait.object), scene.place(it.wait.at).function
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.LATE_ANSWER,
        title=f"`{function}` waits for {label} under a time limit: an answer that comes between its end and what it does next is lost",
        resource=label,
        events=[
            Moment(it.wait.actor, it.wait.at, "wait", f"waits for {label}; the time limit expires"),
            Moment(it.answer.actor, it.answer.at, "set", f"sets {label} before the waiter has gone on"),
        ],
        recommendation="read the answer again under the lock under which you withdraw the question, whether the wait timed out or not",
        explanation="The time limit did not expire in this run.",
    )
