"""Early publication: a flag that says something is ready is set before that something is filled in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import needs_value
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import MUTATE, TEST, WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 3
NEAR = 64
"""Accesses of the actor that sets the mark among which those that fill are sought."""
SOON = 24
"""Accesses of the other actor after its look at the mark among which its use is sought."""
_NOTHING = (ValueKind.NONE, ValueKind.ABSENT)
_SCALARS = (ValueKind.TRUE, ValueKind.FALSE, ValueKind.INT32, ValueKind.TEXT)


def early_publications(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """W…W[R R] candidates: an actor finds a flag unset, sets it and then fills an empty location; another finds the flag set and uses that location.
    The use is in the function that checked the flag or in its caller. This is double-checked locking in the wrong order. A table or other object that
    is stored first and filled afterwards is a flag itself: an actor that finds it may use what it still lacks. The location may also be filled by an
    actor that the first one starts and waits for.
    """
    table = evidence.table
    for site in np.unique(table.site[table.op == WRITE]).tolist():
        mark = evidence.node(evidence.write_node(site))
        looks = frozenset(read for read, how in evidence.depends(site).items() if how == "control")
        if mark is None or not looks:
            continue
        given, kinds = 0, _SCALARS if mark.constant else (ValueKind.OBJECT, ValueKind.TUPLE)
        for first in [row for row in evidence.rows_at(site).tolist() if int(table.vk[row]) in kinds][:SAMPLE]:
            fills: dict[int, int] | None = None
            for look in partners.near(first, first, writes=False):
                if given >= ENOUGH or int(table.site[look]) not in looks or not _saw_flag(evidence, look, first):
                    continue
                fills = _filled(evidence, first, looks) if fills is None else fills
                for last, use in _used(evidence, first, look, fills):
                    given += 1
                    candidate = Candidate(Pattern.EARLY_PUBLICATION, "atomicity_violation", first, last, (look, use))
                    yield candidate.lowered("latent", GOOD_ORDER)
                    break


def _saw_flag(evidence: Evidence, look: int, mark: int) -> bool:
    """Whether a read found the flag set, or the object there."""
    if int(evidence.table.op[look]) == TEST:
        return int(evidence.table.vk[look]) == ValueKind.TRUE
    return evidence.value(look) == evidence.value(mark)


def _filled(evidence: Evidence, first: int, looks: frozenset[int]) -> dict[int, int]:
    """By location, the write that fills it after the flag is set, by the actor that sets it or by one that it starts."""
    table = evidence.table
    own = list(_fills(evidence, first, looks)) if int(table.vk[first]) != ValueKind.TUPLE else []
    return {int(table.location[row]): row for row in (*_by_helpers(evidence, first), *reversed(own))}


def _used(evidence: Evidence, first: int, look: int, fills: dict[int, int]) -> Iterator[tuple[int, int]]:
    """What is filled in after the flag is set, with the other actor's use of it after its check."""
    table, owner = evidence.table, _owner(evidence, first)
    for use in evidence.rows_of(int(table.actor[look]), int(table.order[look]) + 1, 2**62, first=SOON):
        last = fills.get(int(table.location[use]))
        if last is None or table.writes[use] or (int(table.vk[use]) in _NOTHING and not evidence.changes_structure(last)):
            continue
        # Who finds a container empty goes another way, wherever that is.
        misses = evidence.changes_structure(last) or needs_value(evidence, int(table.site[use]))
        if int(table.actor[last]) != int(table.actor[first]) and not (misses and _follows(evidence, look, use)):
            continue
        if not _follows(evidence, look, use) and not (owner is not None and misses):
            continue
        locked = evidence.locks_through(first, last) & (evidence.locks_at(look) | evidence.locks_at(use))
        if evidence.can_run_between(first, last, look) and not locked and evidence.concurrent(first, look) and evidence.concurrent(last, use):
            yield last, use


def _fills(evidence: Evidence, first: int, looks: frozenset[int]) -> Iterator[int]:
    """The writes to other, empty locations that follow where the actor found the flag unset, or in functions that it calls."""
    table = evidence.table
    setting, owner = evidence.function_of(int(table.site[first])), _owner(evidence, first)
    for row in evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, 2**62, first=NEAR):
        function = evidence.function_of(int(table.site[row]))
        guards = evidence.depends(int(table.site[row]))
        goes_on = any(guards.get(each) == "control" for each in looks) if function == setting else (setting, function) in evidence.calls
        inside = owner is None or _inside(evidence, row, owner)
        fills = int(table.op[row]) == WRITE or (int(table.op[row]) == MUTATE and owner is not None and evidence.changes_structure(row))
        if fills and goes_on and inside and int(table.vk[row]) not in _NOTHING and _was_empty(evidence, row):
            yield row


def _by_helpers(evidence: Evidence, first: int) -> Iterator[int]:
    """The writes to empty locations by an actor that the first one started and has waited for: it uses them later in the function that sets the flag.
    """
    table, marker = evidence.table, int(evidence.table.actor[first])
    setting = evidence.function_of(int(table.site[first]))
    for use in evidence.rows_of(marker, int(table.order[first]) + 1, 2**62, first=NEAR):
        if table.writes[use] or evidence.function_of(int(table.site[use])) != setting or not needs_value(evidence, int(table.site[use])):
            continue
        span = table.span(int(table.location[use]))
        for row in range(span.start, span.stop):
            made = evidence.facts.actors[int(table.actor[row])].created_at
            meanwhile = int(table.order[first]) < int(table.order[row]) < int(table.order[use])
            fills = int(table.op[row]) == WRITE and int(table.vk[row]) not in _NOTHING
            if meanwhile and fills and made is not None and evidence.actor_at(made) == marker and _was_empty(evidence, row):
                yield row


def _owner(evidence: Evidence, mark: int) -> int | None:
    """The wire id of the object that serves as the flag, if there is one."""
    number = (evidence.value(mark) or "").rpartition("#")[2].rstrip(">")
    return int(number) if int(evidence.table.vk[mark]) == ValueKind.OBJECT and number.isdecimal() else None


def _inside(evidence: Evidence, row: int, owner: int) -> bool:
    """Whether an access is to a location of an object, or to a container in one of its locations."""
    locations = evidence.facts.locations
    place = locations[int(evidence.table.location[row])].object
    if place is None or place & 0xFFFFFFFF == owner:
        return place is not None
    thing = evidence.facts.objects.get(place)
    if thing is not None and thing.owner is not None and thing.owner & 0xFFFFFFFF == owner:
        return True
    homes = evidence.registries((place,))
    return any((locations[home].object or 0) & 0xFFFFFFFF == owner for home in homes)


def _was_empty(evidence: Evidence, row: int) -> bool:
    """Whether the location was empty before: this is its first access, or all earlier ones found or left nothing there. A container must be
    unchanged.
    """
    table = evidence.table
    span = table.span(int(table.location[row]))
    before = [each for each in range(span.start, span.stop) if int(table.order[each]) < int(table.order[row])]
    place = evidence.facts.locations[int(table.location[row])]
    if place.kind == "structure":
        return not any(bool(table.writes[each]) for each in before)
    return all(int(table.vk[each]) in _NOTHING for each in before) and (bool(before) or place.kind == "item")


def _follows(evidence: Evidence, look: int, use: int) -> bool:
    """Whether the use stands further down in the function that looked, or in one that calls that."""
    table, flow = evidence.table, evidence.flow
    one, two = evidence.read_node(int(table.site[look])), evidence.read_node(int(table.site[use]))
    if one is None or two is None:
        return False
    looked, used = flow.place(one), flow.place(two)
    if looked.scope == used.scope:
        return used.line > looked.line
    return any(line <= used.line for line in flow.graph.call_lines(used.scope, looked.scope))
