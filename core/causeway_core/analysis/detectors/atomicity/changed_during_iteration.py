"""Containers that one actor changes while another iterates them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import ITERATE, READ, WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.model import Finding

SAMPLE = 40
_FAILING = ("dict", "set", "OrderedDict", "defaultdict", "Counter", "deque")


def iterations(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """Loops over a shared container whose body has a scheduling point, and another actor that adds or removes elements.

    Under asyncio the scheduling point is an await; under threads it is anywhere. The recording has one access per loop, at its start, so the end of
    the loop is not known: the actor must have gone on in another step, or on another thread than the writer.
    """
    table = evidence.table
    for site in np.unique(table.site[(table.op == ITERATE) | (table.op == READ)]).tolist():
        node = evidence.node(evidence.read_node(site))
        rows = evidence.rows_at(site)
        iterated = table.op[rows] == ITERATE
        if node is not None and node.iterated:
            # `enumerate(items)` was recorded as a look at all of them.
            iterated |= np.array([evidence.changes_structure(row) for row in rows.tolist()], np.bool_)
        rows = rows[iterated]
        for row in (rows if len(rows) <= SAMPLE else rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]).tolist():
            found = next(
                (other for other in partners.near(row, row, writes=True) if _disturbs(evidence, row, other, node is not None and node.loop_suspends)),
                None,
            )
            if found is not None:
                yield Candidate(Pattern.ITERATION, "atomicity_violation", row, row, (found,))


def is_changed_during_iteration(finding: Finding) -> bool:
    """Whether a finding is one of these."""
    return tuple(access.role for access in finding.accesses) == ("iterate", "mutate")


def _disturbs(evidence: Evidence, row: int, other: int, suspends: bool) -> bool:
    table = evidence.table
    same_thread = evidence.stream(row) == evidence.stream(other)
    if same_thread and not (suspends and evidence.runs_another_step(row)):
        return False
    if evidence.locks_at(row) & evidence.locks_at(other) or (int(table.op[other]) == WRITE and not evidence.changes_structure(other)):
        return False
    return evidence.concurrent(row, other)


def fails_when_changed(evidence: Evidence, row: int) -> bool:
    """Whether adding or removing during an iteration over this container raises an error. A list does not raise."""
    owner = evidence.facts.locations[int(evidence.table.location[row])].object
    thing = None if owner is None else evidence.facts.objects.get(owner)
    return thing is not None and thing.type.rpartition(".")[2] in _FAILING
