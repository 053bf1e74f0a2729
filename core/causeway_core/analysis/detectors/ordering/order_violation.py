"""Order violations: an access needs another to happen first, or not yet, and nothing enforces it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import leaves_absent, needs_value, removes_value
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.handover import could_have
from causeway_core.analysis.evidence.table import DELETE, READ, WRITE, Ints
from causeway_core.analysis.partners import Partners
from causeway_core.model import ValueKind

SAMPLE = 40
ENOUGH = 4

_RAISING = ("dict", "OrderedDict")
"""Mappings in which a key that is not there is an error."""
_NOTHING = (ValueKind.NONE, ValueKind.ABSENT)


def order_violations(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """Use before initialization and use after close: a read that needs a value, unordered with the write that provides or removes it."""
    table = evidence.table
    provides = _providing(evidence)
    for site in np.unique(table.site[table.writes]).tolist():
        rows = evidence.rows_at(site)
        rows = rows[table.writes[rows]]
        removes = np.array([removes_value(evidence, int(row)) for row in _some(rows)], np.bool_)
        chosen = _some(rows)
        given: dict[int, int] = {}
        for row, removing in zip(chosen.tolist(), removes.tolist(), strict=True):
            if not removing and not provides[row]:
                continue
            for other in partners.near(row, row, writes=False):
                use_site = int(table.site[other])
                if given.get(use_site, 0) < ENOUGH and _breaks(evidence, row, other) and (removing or could_have(evidence, other, row)):
                    given[use_site] = given.get(use_site, 0) + 1
                    yield _flip(evidence, row, other)


def _flip(evidence: Evidence, write: int, use: int) -> Candidate:
    candidate = Candidate(Pattern.ORDER, "order_violation", write, write, (use,)).lowered("latent", GOOD_ORDER)
    if _by_callback(evidence, write, use) or _by_callback(evidence, use, write):
        return candidate.lowered("hint", "one side is a callback, and the event loop may always use this order for reasons that are not recorded")
    return candidate


def _by_callback(evidence: Evidence, row: int, other: int) -> bool:
    """Whether one access is a callback's and the other follows from what scheduled it: the loop may run them one after the other by design."""
    actor = evidence.facts.actors[int(evidence.table.actor[row])]
    if actor.kind != "callback":
        return False
    return actor.created_at is None or not evidence.unordered(actor.created_at, evidence.at(other))


def _some(rows: Ints) -> Ints:
    return rows if len(rows) <= SAMPLE else rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]


def _providing(evidence: Evidence) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which rows store a value where there was none."""
    table = evidence.table
    nothing = np.isin(table.vk, [int(kind) for kind in _NOTHING])
    before = np.append(False, nothing[:-1])
    same = np.append(False, table.location[1:] == table.location[:-1]) if len(table) else np.empty(0, np.bool_)
    provides = np.asarray((table.op == WRITE) & ~nothing & before & same, np.bool_)
    for row in np.flatnonzero((table.op == WRITE) & ~same).tolist():
        provides[row] = _makes(evidence, row)
    return provides


def _makes(evidence: Evidence, row: int) -> bool:
    """Whether the first recorded write creates the location: an attribute that no class defines, or a key that a dict did not have."""
    place = evidence.facts.locations[int(evidence.table.location[row])]
    if place.kind == "attribute":
        return place.key not in evidence.flow.class_names and evidence.facts.lacked(place.object or 0, place.key)
    thing = evidence.facts.objects.get(place.object or 0)
    if place.kind != "item" or thing is None or thing.type.rpartition(".")[2] not in _RAISING:
        return False
    return evidence.facts.lacked(place.object or 0, place.key)


def _absent_before(evidence: Evidence, write: int) -> bool:
    table = evidence.table
    if write == 0 or int(table.location[write - 1]) != int(table.location[write]):
        place = evidence.facts.locations[int(table.location[write])]
        return not (place.kind == "attribute" and place.key in evidence.flow.class_nones)
    return int(table.vk[write - 1]) == ValueKind.ABSENT or int(table.op[write - 1]) == DELETE


def _breaks(evidence: Evidence, write: int, use: int) -> bool:
    """Whether the read at `use` needs what `write` provides or removes, and no order, lock or check of its own protects it."""
    table = evidence.table
    absent = leaves_absent(evidence, write) if removes_value(evidence, write) else _absent_before(evidence, write)
    if int(table.op[use]) != READ or int(table.vk[use]) in _NOTHING or not needs_value(evidence, int(table.site[use]), absent=absent):
        return False
    if not evidence.concurrent(write, use):
        return False
    return not _checked(evidence, use, write) and (removes_value(evidence, write) or not (_would_provide(evidence, use) or _own(evidence, use)))


def _checked(evidence: Evidence, use: int, write: int) -> bool:
    """Whether the user checked, without a scheduling point in between, that there is a value."""
    table = evidence.table
    for check in evidence.latest(int(table.actor[use]), evidence.deciding_sites(use), int(table.order[use])):
        same = int(table.location[check]) == int(table.location[use])
        if same and (not evidence.can_run_between(check, use, write) or evidence.locks_through(check, use) & evidence.locks_at(write)):
            return True
    return False


def _own(evidence: Evidence, use: int) -> bool:
    """Whether the user itself wrote the location before. A constructor's None does not count: it is there for others to replace."""
    table = evidence.table
    span = table.span(int(table.location[use]))
    something = table.writes[span] & ~np.isin(table.vk[span], [int(kind) for kind in _NOTHING])
    mine = something & (table.actor[span] == table.actor[use]) & (table.order[span] < table.order[use])
    return bool(mine.any())


def _would_provide(evidence: Evidence, use: int) -> bool:
    """Whether the user checked for a value before, on a path where it would otherwise have provided one."""
    table, flow = evidence.table, evidence.flow
    location = int(table.location[use])
    for row in reversed(evidence.rows_of(int(table.actor[use]), 0, int(table.order[use]) - 1, last=LOOK_BACK)):
        node = evidence.read_node(int(table.site[row])) if int(table.location[row]) == location and not table.writes[row] else None
        if node is None:
            continue
        looked = flow.place(node)
        for target in flow.graph.decided_writes(node):
            place = flow.place(target)
            if (place.name, place.shape, place.scope) == (looked.name, looked.shape, looked.scope) and place.line >= looked.line:
                return True
    return False
