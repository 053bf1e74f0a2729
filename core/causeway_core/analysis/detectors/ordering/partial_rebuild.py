"""Tables that are rebuilt in place: cleared (or replaced by an empty one) first, and filled while others can look keys up."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import ITERATE, MUTATE, WRITE, Ints
from causeway_core.model import ValueKind

SAMPLE = 24
FEWEST = 2
"""Keys that a filling puts there at least, if not in a loop: who only begins to collect again puts one."""
MOST = 200
"""Accesses of the actor that rebuilds among which those that fill are sought."""
_KEYED = ("<dict ", "<OrderedDict ", "<set ")


def partial_rebuilds(evidence: Evidence) -> Iterator[Candidate]:
    """w…w[r] candidates: a dict or set is replaced or cleared and then filled in the same function; another actor looks up one of its keys in
    between. It does not count if the actor that looks up a missing key would add it.
    """
    contents = _contents(evidence)
    for row, number in (*_replaced(evidence), *_cleared(evidence)):
        for use in _lookups(evidence, row, contents[number], number):
            through = evidence.locks_through(row, use.fill)
            parted = evidence.can_run_between(row, use.fill, use.first) and not through & evidence.locks_at(use.first)
            if parted and evidence.concurrent(row, use.first) and evidence.concurrent(use.fill, use.last):
                others = tuple(dict.fromkeys((use.first, use.last)))
                candidate = Candidate(Pattern.PARTIAL_REBUILD, "atomicity_violation", row, use.fill, others)
                yield candidate.lowered("latent", GOOD_ORDER)
                break


@dataclass(frozen=True, slots=True)
class _Use:
    """Where an actor reads the table, where it looks up a key, and where that key is added."""

    first: int
    last: int
    fill: int


def _contents(evidence: Evidence) -> defaultdict[int, list[int]]:
    """The items (and structure) of each container, by its number."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for location in evidence.facts.locations.values():
        if location.object is not None and location.kind in ("item", "structure"):
            found[location.object & 0xFFFFFFFF].append(location.id)
    return found


def _replaced(evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Writes that replace a table by another of its kind, with the number of the new one."""
    table = evidence.table
    rows = np.flatnonzero((table.op == WRITE) & (table.vk == ValueKind.OBJECT))
    evidence.fetch_values(rows.tolist())
    before: dict[int, str] = {}
    given: defaultdict[int, int] = defaultdict(int)
    for row in rows.tolist():
        value, location = evidence.value(row) or "", int(table.location[row])
        kind = next((kind for kind in _KEYED if value.startswith(kind)), "")
        if kind and before.get(location) == kind and (number := value.rpartition("#")[2].rstrip(">")).isdecimal():
            given[int(table.site[row])] += 1
            if given[int(table.site[row])] <= SAMPLE:
                yield row, int(number)
        before[location] = kind


def _cleared(evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Calls of `clear()`, with the number of the cleared container."""
    table, facts = evidence.table, evidence.facts
    for row in _some(np.flatnonzero(table.op == MUTATE)):
        site, owner = facts.sites.get(int(table.site[row])), facts.locations[int(table.location[row])].object
        if site is not None and site.name == "clear" and owner is not None:
            yield row, owner & 0xFFFFFFFF


def _some(rows: Ints) -> list[int]:
    return [int(row) for row in (rows if len(rows) <= 100 * SAMPLE else rows[np.linspace(0, len(rows) - 1, 100 * SAMPLE).astype(np.int64)])]


def _lookups(evidence: Evidence, row: int, places: list[int], number: int) -> Iterator[_Use]:
    """One lookup by each other actor of a key that the actor of `row` adds afterwards: the key that is added last."""
    table, actor = evidence.table, int(evidence.table.actor[row])
    function, inside = evidence.function_of(int(table.site[row])), set(places)
    fills: dict[int, int] = {}
    for later in evidence.rows_of(actor, int(table.order[row]) + 1, 2**62, first=MOST):
        place = int(table.location[later])
        fits = place in inside and table.writes[later] and evidence.facts.locations[place].kind == "item"
        if fits and evidence.function_of(int(table.site[later])) == function:
            fills.setdefault(place, later)
    if len(fills) < FEWEST and not any(_repeated(evidence, fill) for fill in fills.values()):
        return
    done = {actor, *(int(table.actor[each]) for place in places for each in _rows(evidence, place) if table.writes[each])}
    for place, fill in sorted(fills.items(), key=lambda each: -int(table.order[each[1]])):
        for look in _rows(evidence, place):
            who = int(table.actor[look])
            if who in done or int(table.op[look]) == ITERATE:
                continue
            first = _table_read(evidence, row, look, number)
            if first is not None:
                done.add(who)
                yield _Use(first, look, fill)


def _repeated(evidence: Evidence, fill: int) -> bool:
    """Whether a filling access is in a loop or is an `update()`: only the keys that others touched are recorded."""
    site = evidence.facts.sites[int(evidence.table.site[fill])]
    path = evidence.facts.functions[site.function].path
    return site.name == "update" or any(isinstance(node, ast.For | ast.While | ast.AsyncFor) for node in evidence.texts.around(path, site.line))


def _rows(evidence: Evidence, place: int) -> range:
    span = evidence.table.span(place)
    return range(span.start, span.stop)


def _table_read(evidence: Evidence, row: int, look: int, number: int) -> int | None:
    """Where the looking actor reads the location of the table; the lookup itself if the table stays in place and is cleared."""
    table = evidence.table
    if int(table.op[row]) == MUTATE:
        return look
    name = f"#{number}>"
    reads = evidence.rows_of(int(table.actor[look]), 0, int(table.order[look]), last=8)
    same = [each for each in reads if int(table.location[each]) == int(table.location[row]) and not table.writes[each]]
    return next((each for each in reversed(same) if (evidence.value(each) or "").endswith(name)), None)
