"""Flags that an actor sets for itself, checks and clears, in a location where another actor takes them for its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 3
NEAR = 64
"""Accesses of an actor after it has set a mark among which its own look and clearing are sought."""


def shared_flags(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """W[R]R candidates: an actor sets a flag, finds it set and therefore clears it; another actor that did not set it would clear it too.

    The other actor checks it in another function and does something else because of it. A flag that all actors clear in one function means the same
    to each.
    """
    table = evidence.table
    for site in np.unique(table.site[(table.op == WRITE) & (table.vk == ValueKind.TRUE)]).tolist():
        given = 0
        for first in evidence.rows_at(site).tolist()[:SAMPLE]:
            last = _own_check(evidence, first)
            if last is None or given >= ENOUGH:
                continue
            through = evidence.locks_through(first, last)
            for other in partners.near(first, last, writes=False):
                free = evidence.can_run_between(first, last, other) and not through & evidence.locks_at(other)
                if free and _would_clear(evidence, first, last, other) and evidence.concurrent(first, other) and evidence.concurrent(last, other):
                    given += 1
                    candidate = Candidate(Pattern.SHARED_FLAG, "atomicity_violation", first, last, (other,), "control")
                    yield candidate.lowered("latent", GOOD_ORDER)
                    break


def _own_check(evidence: Evidence, first: int) -> int | None:
    """The read at which the actor that set a flag finds it set and therefore clears it."""
    table, look = evidence.table, None
    for row in evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, 2**62, first=NEAR):
        if int(table.location[row]) != int(table.location[first]):
            continue
        if table.writes[row]:
            cleared = look is not None and int(table.vk[row]) == ValueKind.FALSE
            return look if cleared and look is not None and evidence.decided_by(int(table.site[row]), int(table.site[look]), writes=True) else None
        look = row if look is None else look
    return None


def _would_clear(evidence: Evidence, first: int, look: int, other: int) -> bool:
    """Whether a read by an actor that never sets the flag decides, in a different function from the first's, about clearing it."""
    table, flow = evidence.table, evidence.flow
    span = table.span(int(table.location[first]))
    sets = bool((table.writes[span] & (table.actor[span] == table.actor[other])).any())
    node, mine = evidence.read_node(int(table.site[other])), evidence.read_node(int(table.site[look]))
    if sets or node is None or mine is None or int(table.vk[other]) != ValueKind.FALSE or flow.place(node).scope == flow.place(mine).scope:
        return False
    look_at = flow.place(node)
    targets = [(each, flow.place(each)) for each in flow.graph.decided_writes(node)]
    return any(
        flow.graph.nodes[each].constant and (place.scope, place.name, place.shape) == (look_at.scope, look_at.name, look_at.shape)
        for each, place in targets
    )
