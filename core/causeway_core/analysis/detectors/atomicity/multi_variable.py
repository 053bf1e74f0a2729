"""Multi-variable atomicity violations: an actor reads one location and acts on another, while a second actor changes both or iterates the second.
Each side may do its part in one function or in functions that it calls. A check that raises guards what its caller does next.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.entry_cleanup import fails_on_nothing
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.table import DELETE, MUTATE, Ints
from causeway_core.analysis.filters.commutative import commutes
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.source_text import Texts, loop_testing
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 3
_SCALARS = (ValueKind.TRUE, ValueKind.FALSE, ValueKind.INT32)
NEAR = 64
"""How far apart, in accesses of its actor, the second actor's two accesses may be."""


def multi_variable_violations(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """x…y[x, y] candidates: an actor reads x and therefore writes y; the second actor writes x and accesses y in one function. The second access to y
    is a write, or, where the first actor adds to y, a read of its content that misses what is added later (callbacks that are called once).
    """
    yield from _guarded_by_raise(evidence, partners)
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
            if not (_within(evidence, site, write_site) or _called_to_decide(evidence, first, write_site)) or _is_owner(evidence, first, last):
                continue
            candidate = _of_pair(evidence, partners, first, last)
            if candidate is not None:
                given[site] = given.get(site, 0) + 1
                yield candidate


def _some(rows: Ints) -> Ints:
    return rows if len(rows) <= SAMPLE else rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]


def _is_owner(evidence: Evidence, first: int, last: int) -> bool:
    """Whether the first location merely holds the container of the last one. Reaching a location does not decide about it."""
    owner = evidence.facts.locations[int(evidence.table.location[last])].object
    value = evidence.value(first)
    return owner is not None and value is not None and value.endswith(f"#{owner & 0xFFFFFFFF}>")


def _within(evidence: Evidence, site: int, other: int) -> bool:
    """Whether two sites are in one function, or the second is in a function that the first one's calls."""
    one, two = evidence.function_of(site), evidence.function_of(other)
    return one == two or (one, two) in evidence.calls


def _called_to_decide(evidence: Evidence, look: int, write_site: int) -> bool:
    """Whether a read of a flag or number is in a function that the writing function calls to decide whether to write."""
    site = int(evidence.table.site[look])
    called = (evidence.function_of(write_site), evidence.function_of(site)) in evidence.calls
    return called and int(evidence.table.vk[look]) in _SCALARS and evidence.decided_by(write_site, site, writes=True)


def _of_pair(evidence: Evidence, partners: Partners, first: int, last: int) -> Candidate | None:
    table = evidence.table
    for one in partners.near(first, first, writes=True):
        two = _related_access(evidence, one, int(table.location[last]))
        if two is None and int(table.op[last]) == MUTATE and evidence.changes_structure(last):
            two = _related_access(evidence, one, int(table.location[last]), writes=False)
        if two is not None and (candidate := _of_four(evidence, first, last, one, two)) is not None:
            return candidate
    return None


def _of_four(evidence: Evidence, first: int, last: int, one: int, two: int) -> Candidate | None:
    order = evidence.table.order
    locked = evidence.locks_through(first, last) & evidence.locks_at(one)
    if not evidence.can_run_between(first, last, one) or locked or _unchanging(evidence, first, one):
        return None
    if not (evidence.concurrent(first, one) and evidence.concurrent(last, two) and evidence.concurrent(last, one)):
        return None
    if (commutes(evidence, last) and commutes(evidence, two)) or _both_remove(evidence, last, two) or _stops_loop(evidence, first, one):
        return None
    inside = int(order[first]) < min(int(order[one]), int(order[two])) and max(int(order[one]), int(order[two])) < int(order[last])
    candidate = Candidate(Pattern.MULTI_VARIABLE, "atomicity_violation", first, last, (one, two), "control", inside)
    return candidate if inside else candidate.lowered("latent", GOOD_ORDER)


def _stops_loop(evidence: Evidence, first: int, one: int) -> bool:
    """Whether a loop checks, once per round, a flag that the other actor sets to stop it. Seeing the flag one round late is by design."""
    site, node = evidence.facts.sites.get(abs(int(evidence.table.site[first]))), evidence.node(evidence.write_node(int(evidence.table.site[one])))
    if site is None or node is None or not node.constant:
        return False
    return loop_testing(evidence.texts.around(evidence.facts.functions[site.function].path, site.line), site.line) is not None


def _guarded_by_raise(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """The same where x is read in a check that otherwise raises, and y is written in what its caller does afterwards."""
    table, texts = evidence.table, evidence.texts
    for site in np.unique(table.site[~table.writes]).tolist():
        if evidence.read_node(site) not in evidence.flow.graph.raising_guards:
            continue
        given = 0
        for first in _some(evidence.rows_at(site)).tolist():
            for one in partners.near(first, first, writes=True):
                for last, two in _following(evidence, texts, first, one):
                    candidate = _of_four(evidence, first, last, one, two)
                    if candidate is not None and given < ENOUGH:
                        given += 1
                        yield candidate


def _following(evidence: Evidence, texts: Texts, first: int, one: int) -> Iterator[tuple[int, int]]:
    """What the checking actor writes later in a function that its caller calls next, with the other actor's write of the same location."""
    table = evidence.table
    order, function = int(table.order[one]), evidence.function_of(int(table.site[one]))
    nearby = evidence.rows_of(int(table.actor[one]), order - NEAR, order + NEAR)
    written = {
        int(table.location[row]): row for row in nearby if table.writes[row] and row != one and evidence.function_of(int(table.site[row])) == function
    }
    for last in evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, 2**62, first=NEAR):
        two = written.get(int(table.location[last]))
        if two is None or not table.writes[last] or int(table.location[two]) == int(table.location[first]):
            continue
        names = [evidence.facts.functions[evidence.function_of(int(table.site[row]))].qualname.rpartition(".")[2] for row in (first, last)]
        if names[0] != names[1] and texts.in_row(*names):
            yield last, two


def _related_access(evidence: Evidence, row: int, location: int, *, writes: bool = True) -> int | None:
    """The write (or last read) of `location` that the actor of `row` makes nearby, in the same function or later in one that this calls."""
    table = evidence.table
    site, actor = int(table.site[row]), int(table.actor[row])
    span = table.span(location)
    mine = (
        np.flatnonzero((table.actor[span] == actor) & (table.writes[span] == writes)) + span.start
        if span.stop - span.start <= 10 * LOOK_BACK
        else np.empty(0, np.int64)
    )
    near = [other for other in mine.tolist() if evidence.function_of(int(table.site[other])) == evidence.function_of(site)]
    if not near:
        near = [other for other in mine.tolist() if table.order[other] > table.order[row] and _within(evidence, site, int(table.site[other]))]
    near.sort(key=lambda other: abs(int(table.order[other]) - int(table.order[row])))
    return near[0] if near else None


def _both_remove(evidence: Evidence, last: int, two: int) -> bool:
    """Whether both remove the same thing and the first tolerates that it is gone: the result is the same either way."""
    table = evidence.table
    return int(table.op[last]) == int(table.op[two]) == DELETE and not fails_on_nothing(evidence, int(table.site[last]))


def _unchanging(evidence: Evidence, read: int, write: int) -> bool:
    """Whether a write leaves what was read unchanged. A write that adds to it does not, whenever it happens."""
    value, node = evidence.value(write), evidence.node(evidence.write_node(int(evidence.table.site[write])))
    return value is not None and value == evidence.value(read) and not (node is not None and node.accumulates)
