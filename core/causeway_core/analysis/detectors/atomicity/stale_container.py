"""Stale container: a change to a container after another actor has replaced it is lost with the old one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.partners import Partners
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 3


def stale_changes(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """R[W]M candidates: an actor reads a container, passes a scheduling point and changes it; another actor stores a different one in that location.
    """
    table = evidence.table
    for site in np.unique(table.site[table.writes]).tolist():
        given = 0
        rows = [row for row in evidence.rows_at(site).tolist() if evidence.changes_structure(row)]
        for last in rows[:SAMPLE]:
            first = _last_read(evidence, last)
            if first is None or given >= ENOUGH:
                continue
            candidate = _replaced(evidence, partners, first, last)
            if candidate is not None:
                given += 1
                yield candidate


def _last_read(evidence: Evidence, last: int) -> int | None:
    """Where the actor last read the container that it changes: in the same function, before a scheduling point, and without removing it itself."""
    table = evidence.table
    name = f"#{(evidence.facts.locations[int(table.location[last])].object or 0) & 0xFFFFFFFF}>"
    function, actor, order = evidence.function_of(int(table.site[last])), int(table.actor[last]), int(table.order[last])
    taken: set[int] = set()
    rows = evidence.rows_of(actor, 0, order, last=LOOK_BACK)
    evidence.fetch_values(rows)
    for row in reversed(rows):
        if row == last:
            continue
        if table.writes[row]:
            taken.add(int(table.location[row]))
        elif (evidence.value(row) or "").endswith(name):
            fresh = evidence.function_of(int(table.site[row])) != function or int(table.location[row]) in taken
            return None if fresh or evidence.atomic_unit(row) == evidence.atomic_unit(last) else row
    return None


def _replaced(evidence: Evidence, partners: Partners, first: int, last: int) -> Candidate | None:
    table = evidence.table
    through = evidence.locks_through(first, last)
    for other in partners.near(first, first, writes=True):
        if int(table.vk[other]) != ValueKind.OBJECT or evidence.value(other) == evidence.value(first) or through & evidence.locks_at(other):
            continue
        if evidence.can_run_between(first, last, other) and evidence.concurrent(first, other) and evidence.concurrent(last, other):
            inside = int(table.order[first]) < int(table.order[other]) < int(table.order[last])
            candidate = Candidate(Pattern.STALE_CONTAINER, "atomicity_violation", first, last, (other,), "data", inside)
            return candidate if inside else candidate.lowered("latent", "the change may be meant for the container that it started with")
    return None
