"""Torn reads: two locations that are written one after the other and read together in between, or the other way round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.partners import Partners
from causeway_core.model.access import Location

SAMPLE = 24
LOOK_AHEAD = 12
"""How many accesses of its actor the second place may be away from the first."""


def torn_reads(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """x…y[x y] candidates: one actor writes two attributes of an object with a gap; another reads both in one expression, or one because of the
    other.
    """
    table = evidence.table
    done: defaultdict[tuple[int, int], int] = defaultdict(int)
    for site in np.unique(table.site[table.writes]).tolist():
        rows = evidence.rows_at(site)
        rows = rows[table.writes[rows]]
        if len(rows) > SAMPLE:
            rows = rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]
        for first in rows.tolist():
            for last in _siblings(evidence, first, writes=True):
                key = site, int(table.site[last])
                if done[key] < 3:
                    for candidate in _of_pair(evidence, partners, first, last):
                        done[key] += 1
                        yield candidate


def _siblings(evidence: Evidence, row: int, *, writes: bool) -> list[int]:
    """Accesses of other attributes of the same object that the actor makes soon after in the same function; under a lock, also of their contents."""
    table, facts = evidence.table, evidence.facts
    owner = facts.locations[int(table.location[row])]
    if owner.kind not in ("attribute", "global"):
        return []
    actor, order, function = int(table.actor[row]), int(table.order[row]), evidence.function_of(int(table.site[row]))
    found = []
    for other in evidence.rows_of(actor, order + 1, 2**62, first=LOOK_AHEAD):
        place = facts.locations[int(table.location[other])]
        same = place.kind == owner.kind and place.object == owner.object and place.id != owner.id
        # A lock held through both says that what an object counts and what it keeps belong together.
        same = same or (_is_in_attribute(evidence, place, owner) and bool(evidence.locks_through(row, other)))
        if same and bool(table.writes[other]) == writes and evidence.function_of(int(table.site[other])) == function:
            found.append(other)
    return found


def _is_in_attribute(evidence: Evidence, place: Location, owner: Location) -> bool:
    """Whether a location is in (or is the size of) a container that an attribute of the other location's object holds."""
    thing = evidence.facts.objects.get(place.object or 0)
    return owner.kind == "attribute" and place.kind in ("item", "structure") and thing is not None and thing.owner == owner.object


def _of_pair(evidence: Evidence, partners: Partners, first: int, last: int) -> Iterator[Candidate]:
    table = evidence.table
    through = evidence.locks_through(first, last)
    for one in partners.near(first, first, writes=False):
        if not evidence.can_run_between(first, last, one) or through & evidence.locks_at(one) or not evidence.concurrent(first, one):
            continue
        two = _read_with(evidence, one, int(table.location[last]))
        if two is None or not evidence.concurrent(last, two):
            continue
        guarded = evidence.decided_by(int(table.site[two]), int(table.site[one]), writes=False)
        if guarded:
            candidate = Candidate(Pattern.TORN_READ, "order_violation", first, last, (one, two))
            yield candidate.lowered("latent", "the location that readers check is written before the one that they use")
        elif not evidence.decided_by(int(table.site[one]), int(table.site[two]), writes=False) and _together(evidence, one, two):
            yield Candidate(Pattern.TORN_READ, "atomicity_violation", first, last, (one, two)).lowered("latent", "both locations are read together")
        return


def _read_with(evidence: Evidence, row: int, location: int) -> int | None:
    """The read of `location` nearest to `row` that its actor makes in the same function."""
    table = evidence.table
    actor, order, function = int(table.actor[row]), int(table.order[row]), evidence.function_of(int(table.site[row]))
    reads = [
        other
        for other in evidence.rows_of(actor, order - 60, order + 60)
        if int(table.location[other]) == location and not table.writes[other] and evidence.function_of(int(table.site[other])) == function
    ]
    return min(reads, key=lambda other: abs(int(table.order[other]) - order), default=None)


def _together(evidence: Evidence, one: int, two: int) -> bool:
    first, second = (evidence.read_node(int(evidence.table.site[row])) for row in (one, two))
    return first is not None and second is not None and evidence.flow.graph.used_together(first, second)
