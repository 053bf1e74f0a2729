"""Two places that belong together: decided on one, acted on the other, while another actor changes both, or goes through the other's content."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.table import MUTATE, Ints

SAMPLE = 24
ENOUGH = 3
NEAR = 64
"""How far apart, in accesses of its actor, the second actor's two accesses may be."""


def crossed(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """x…y[x, y] candidates: read x, write y because of it; the second actor writes x and touches y in one function: writes it, or, where the first
    adds to it, takes in what is there and will not see what comes later (callbacks that are called once).
    """
    table = evidence.table
    for write_site in np.unique(table.site[table.writes]).tolist():
        reads = evidence.depends(write_site)
        if reads:
            yield from _of_site(evidence, partners, write_site, frozenset(reads))


def _of_site(evidence: Evidence, partners: Partners, write_site: int, read_sites: frozenset[int]) -> Iterator[Candidate]:
    table = evidence.table
    rows = evidence.rows_at(write_site)
    rows = rows[table.writes[rows]]
    given: dict[int, int] = {}
    for last in _some(rows).tolist():
        actor = int(table.actor[last])
        for first in evidence.latest(actor, read_sites, int(table.order[last])):
            site = int(table.site[first])
            if given.get(site, 0) >= ENOUGH or int(table.location[first]) == int(table.location[last]) or table.writes[first]:
                continue
            if evidence.function_of(site) != evidence.function_of(write_site) or _is_owner(evidence, first, last):
                continue
            candidate = _of_pair(evidence, partners, first, last)
            if candidate is not None:
                given[site] = given.get(site, 0) + 1
                yield candidate


def _some(rows: Ints) -> Ints:
    return rows if len(rows) <= SAMPLE else rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]


def _is_owner(evidence: Evidence, first: int, last: int) -> bool:
    """Whether the first location merely holds the container that the last lies in: the way to a place does not decide about it."""
    owner = evidence.facts.locations[int(evidence.table.location[last])].object
    value = evidence.value(first)
    return owner is not None and value is not None and value.endswith(f"#{owner & 0xFFFFFFFF}>")


def _of_pair(evidence: Evidence, partners: Partners, first: int, last: int) -> Candidate | None:
    table = evidence.table
    through = evidence.locks_through(first, last)
    for one in partners.near(first, first, writes=True):
        if not evidence.parted(first, last, one) or through & evidence.locks_at(one) or not evidence.concurrent(first, one):
            continue
        two = _companion(evidence, one, int(table.location[last]))
        if two is None and int(table.op[last]) == MUTATE and evidence.changes_structure(last):
            two = _companion(evidence, one, int(table.location[last]), writes=False)
        if two is not None and evidence.concurrent(last, two) and evidence.concurrent(last, one) and not _unchanging(evidence, first, one):
            inside = int(table.order[first]) < min(int(table.order[one]), int(table.order[two])) and max(
                int(table.order[one]), int(table.order[two])
            ) < int(table.order[last])
            candidate = Candidate(Pattern.CROSSED, "atomicity_violation", first, last, (one, two), "control", inside)
            return candidate if inside else candidate.lowered("latent", "two places are involved and it went well in this run")
    return None


def _companion(evidence: Evidence, row: int, location: int, *, writes: bool = True) -> int | None:
    """The write (or the last read) of `location` that the actor of `row` makes near it in the same function."""
    table = evidence.table
    function, actor = evidence.function_of(int(table.site[row])), int(table.actor[row])
    span = table.span(location)
    mine = (
        np.flatnonzero((table.actor[span] == actor) & (table.writes[span] == writes)) + span.start
        if span.stop - span.start <= 10 * LOOK_BACK
        else np.empty(0, np.int64)
    )
    near = [other for other in mine.tolist() if evidence.function_of(int(table.site[other])) == function]
    near.sort(key=lambda other: abs(int(table.order[other]) - int(table.order[row])))
    return near[0] if near else None


def _unchanging(evidence: Evidence, read: int, write: int) -> bool:
    value = evidence.value(write)
    return value is not None and value == evidence.value(read)
