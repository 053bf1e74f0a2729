"""Orders in which the program's own `cancel()` of a waiter comes later than recorded: when another task has handed over what it waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Actor, At, Finding, FindingAccess
from causeway_core.model.order import Order
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.cancellers import Cancellers
from causeway_core.proof.planning.draft import drafted

_MOST = 2
"""Waiters and givers that are tried."""


def cancelled_after_handover(anchors: Anchors, evidence: Evidence, finding: Finding) -> Iterator[Order]:
    """The waiter was cancelled before it was given anything. Here the `cancel()` runs when the giver has ended, and before the waiter resumes.

    To compare with: the recorded order, and a waiter that ends before the `cancel()`. Raises Unplaced.
    """
    gap, gives = (next(access for access in finding.accesses if access.role == role) for role in ("cancel", "hand over"))
    givers = [(actor, first) for actor, first, _ in _ran(evidence, gives) if actor.state == "finished"]
    cancellers, tried = Cancellers(anchors, evidence), 0
    for waiter, _, last in _ran(evidence, gap):
        cancel = next((event for event in cancellers.cancels(waiter) if event.actor != waiter.id), None)
        if cancel is None or evidence.at(last) < cancel.at:
            continue  # it is held at what it does once it is cancelled
        canceller, cancels = anchors.actor_of(cancel.actor), At(cancel.at)
        for giver, first in givers:
            if tried == _MOST or giver.id in (waiter.id, canceller.id) or not evidence.unordered(cancels, evidence.at(first)):
                continue
            tried += 1
            place, since = anchors.operation(canceller.id, cancels, "acquire"), anchors.since_event(canceller, cancels)
            cleanup = next(row for row in evidence.rows_of(waiter.id, 0, int(evidence.table.order[last])) if evidence.at(row) > cancels)
            says = f"{canceller.title} cancels {waiter.title}"
            held = [(anchors.end(giver), place, since), (place, anchors.access(cleanup), anchors.since(cleanup))]
            yield drafted("bad", f"{says} when {giver.title} has ended, and before it resumes", held)
            yield drafted("serial", f"{says} before {giver.title} gets to it", [(place, anchors.access(first), anchors.since(first))])
            yield drafted("serial", f"{says} when that has ended", [(anchors.end(waiter), place, since)])


def _ran(evidence: Evidence, where: FindingAccess) -> Iterator[tuple[Actor, int, int]]:
    """The tasks that ran the function of an access, each with its first and last access there."""
    facts, table = evidence.facts, evidence.table
    name = where.function.rpartition(".")[2]
    inside = {each.id for each in facts.functions.values() if facts.shown(each.path) == where.file and each.qualname.rpartition(".")[2] == name}
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row in np.argsort(table.order, kind="stable").tolist():
        if evidence.function_of(abs(int(table.site[row]))) in inside:
            rows[int(table.actor[row])].append(row)
    for actor, accesses in rows.items():
        if facts.actors[actor].kind == "task":
            yield facts.actors[actor], accesses[0], accesses[-1]
