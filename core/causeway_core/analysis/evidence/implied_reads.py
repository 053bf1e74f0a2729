"""Reads that were not recorded but must have been made: `counts.get(key, 0)` looks into `counts`, `total += 1` reads `total`.

The recorder sees the read of `counts`, not the look-up in it. The key is known from what the same function of the same actor does next with that
container. Of an augmented assignment to a global or a closure's variable it sees only the write; also of `self.balance = self.balance + 1` where a
descriptor provides the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.facts import Facts
from causeway_core.analysis.evidence.table import READ, AccessTable, Flags
from causeway_core.model import Location, ValueKind

LOOK_AHEAD = 24
"""How many accesses of its actor the use of the key may be away."""
MOST_TAKEN = 2000
MOST_OF_OTHERS = 6
"""The most items of a container that are considered, of those that other actors who iterate it act on."""


def with_implied_reads(evidence: Evidence) -> Evidence:
    """The evidence with a row added for each lookup in a container whose key another access of the same actor names."""
    places = _places_by_object(evidence)
    rows: list[tuple[int, int, int]] = []
    for site in np.unique(evidence.table.site[~evidence.table.writes]).tolist():
        node = evidence.node(evidence.read_node(site))
        if node is not None and node.content is not None and site > 0:
            found = {row: _looked_at(evidence, row, node.content, places) for row in evidence.rows_at(site).tolist()}
            rows += [(row, location, site) for row, locations in found.items() for location in _with_items_passed(evidence, row, found)]
    summed = [*_augmented(evidence), *_described(evidence)]
    if not rows and not summed:
        return evidence
    sites = {-site: replace(evidence.facts.sites[site], id=-site, kind="method", name=None) for _, _, site in rows}
    content = {
        -site: node.content
        for site in {site for _, _, site in rows}
        if (node := evidence.node(evidence.read_node(site))) is not None and node.content is not None
    }
    for site in {site for _, _, site in summed}:
        read = evidence.read_place(site) if evidence.facts.sites[site].kind != "attr" else _look_of(evidence, site)
        assert read is not None
        sites[-site], content[-site] = replace(evidence.facts.sites[site], id=-site), read
    return evidence.extended(_added(evidence.table, [*rows, *summed], len(rows)), sites, content)


def _augmented(evidence: Evidence) -> Iterator[tuple[int, int, int]]:
    """The writes of globals and closures' variables by `x += …` in one step, which read first."""
    table = evidence.table
    for site in np.unique(table.site[table.writes]).tolist():
        row = evidence.facts.sites.get(site)
        node = evidence.node(evidence.write_node(site))
        if row is None or row.kind not in ("global", "cell") or node is None or not node.accumulates or node.place is None:
            continue
        number = evidence.read_place(site)
        read = evidence.node(number)
        if (
            number is None
            or read is None
            or read.place is None
            or (read.place.line, read.place.col, read.place.name) != (node.place.line, node.place.col, node.place.name)
            or evidence.sites_of_reads([number])  # `x += await …`, where the read is recorded
        ):
            continue
        for each in evidence.rows_at(site).tolist():
            if table.writes[each]:
                yield each, int(table.location[each]), site


def _described(evidence: Evidence) -> Iterator[tuple[int, int, int]]:
    """The writes of attributes that are computed from the attribute in the same statement, where no read is ever recorded: a descriptor makes it."""
    table = evidence.table
    for site in np.unique(table.site[table.writes]).tolist():
        row = evidence.facts.sites.get(site)
        if row is not None and row.kind == "attr" and _look_of(evidence, site) is not None:
            yield from ((each, int(table.location[each]), site) for each in evidence.rows_at(site).tolist() if table.writes[each])


def _look_of(evidence: Evidence, site: int) -> int | None:
    """The place in the flow graph where a site's statement reads the attribute that the site writes; None if such a read is recorded."""
    number = evidence.write_node(site)
    node = evidence.node(number)
    if number is None or node is None or node.place is None:
        return None
    for origin, how in evidence.flow.graph.origins(number).items():
        read = evidence.node(origin)
        if how != "data" or read is None or read.place is None or evidence.sites_of_reads([origin]):
            continue
        place = read.place
        if (place.shape, place.name, place.function, place.line) == ("attribute", node.place.name, node.place.function, node.place.line):
            return origin
    return None


def _places_by_object(evidence: Evidence) -> dict[int, dict[int, Location]]:
    found: defaultdict[int, dict[int, Location]] = defaultdict(dict)
    for location in np.unique(evidence.table.location).tolist():
        place = evidence.facts.locations[location]
        if place.object is not None and place.kind in ("item", "structure"):
            found[place.object & 0xFFFFFFFF][location] = place
    return found


def claimed_items(table: AccessTable, facts: Facts) -> Flags | None:
    """The accesses of items that only one actor names, in containers that several actors including this one iterate: in the recorded run, each may
    have found a different item free. None if there are none.
    """
    structures = {each.id: each.object & 0xFFFFFFFF for each in facts.locations.values() if each.kind == "structure" and each.object is not None}
    rows = np.flatnonzero(np.isin(table.location, list(structures)) & ~table.writes)
    iterated_by: defaultdict[int, set[int]] = defaultdict(set)
    for location, actor in set(zip(table.location[rows].tolist(), table.actor[rows].tolist(), strict=True)):
        iterated_by[structures[location]].add(actor)
    common = {wire: actors for wire, actors in iterated_by.items() if len(actors) > 1}
    items = {each.id: each.object & 0xFFFFFFFF for each in facts.locations.values() if each.kind == "item" and each.object is not None}
    inside = {location: wire for location, wire in items.items() if wire in common}
    if not inside:
        return None
    named = np.flatnonzero(np.isin(table.location, list(inside)))
    taken = [row for row in named.tolist() if int(table.actor[row]) in common[inside[int(table.location[row])]]][:MOST_TAKEN]
    wires = {inside[int(table.location[row])] for row in taken}
    looks = [row for row in rows.tolist() if structures[int(table.location[row])] in wires]
    found = np.zeros(len(table), np.bool_)
    found[[*taken, *looks]] = True
    return found


def _with_items_passed(evidence: Evidence, row: int, found: dict[int, list[int]]) -> list[int]:
    """The items that the use of a container named. If a loop over the whole container reached them, also the items on its way that other iterating
    actors named.
    """
    mine, table = found[row], evidence.table
    if not mine or not _is_iteration(evidence, row):
        return mine
    others = {location for other, named in found.items() if table.location[other] == table.location[row] for location in named}
    last = max(_index(evidence, location) for location in mine)
    passed = (location for location in others.difference(mine) if _index(evidence, location) < last)
    return [*mine, *sorted(passed)[:MOST_OF_OTHERS]]


def _index(evidence: Evidence, location: int) -> int:
    """The index of an item in a sequence; an item of a mapping may be the last."""
    key = evidence.facts.locations[location].key or ""
    return int(key) if key.isdecimal() else 2**62


def _is_iteration(evidence: Evidence, row: int) -> bool:
    """Whether an access is that of a loop to a container as a whole."""
    return evidence.facts.locations[int(evidence.table.location[row])].kind == "structure"


def _looked_at(evidence: Evidence, row: int, content: int, places: dict[int, dict[int, Location]]) -> list[int]:
    """The items of the container read at `row` that its actor names shortly after in the same function."""
    table = evidence.table
    inside = places.get(_container(evidence, row, content) or 0)
    if not inside:
        return []
    function = evidence.function_of(int(table.site[row]))
    order = int(table.order[row])
    following = evidence.rows_of(int(table.actor[row]), order + 1, 2**62, first=LOOK_AHEAD)
    named = {
        int(table.location[each])
        for each in following
        if int(table.location[each]) in inside and evidence.function_of(int(table.site[each])) == function
    }
    return sorted(location for location in named if inside[location].kind == "item")[:2]


def _container(evidence: Evidence, row: int, content: int) -> int | None:
    """The wire id of the container whose items are read: the value of the access, or, for a loop over a local, the container that it iterates."""
    table, loop = evidence.table, evidence.flow.place(content).shape == "iterate"
    node = evidence.node(evidence.read_node(int(table.site[row])))
    viewed = node is not None and node.viewed
    if _is_iteration(evidence, row):
        place = evidence.facts.locations[int(table.location[row])]
        thing = evidence.facts.objects.get(place.object or 0)
        if not loop or place.object is None or node is None or node.place is None:
            return None
        # A list or dict that is read as an attribute or the like is the value of that row.
        is_known_container = thing is not None and thing.type.rpartition(".")[2] in ("list", "dict") and node.place.shape != "name"
        return None if is_known_container else place.object & 0xFFFFFFFF
    if int(table.vk[row]) != ValueKind.OBJECT:
        return None
    value = evidence.value(row) or ""
    if loop and not value.startswith("<list ") and not viewed:
        return None  # for others, a loop yields the keys
    number = value.rpartition("#")[2].rstrip(">")
    return int(number) if number.isdecimal() else None


def _added(table: AccessTable, rows: list[tuple[int, int, int]], looks: int) -> AccessTable:
    """The table with the rows added; those from number `looks` on come right before the access that they were made for."""
    index = np.array([row for row, _, _ in rows])
    added = table.select(index)
    added = replace(
        added,
        location=np.array([location for _, location, _ in rows]),
        site=-added.site,
        op=np.full(len(rows), READ, np.int8),
        vk=np.full(len(rows), ValueKind.UNCAPTURED, np.int8),
        id=-added.id,
        order=added.order - (np.arange(len(rows)) >= looks),
        writes=np.zeros(len(rows), np.bool_),
    )
    merged = AccessTable(*(np.concatenate((getattr(table, name), getattr(added, name))) for name in AccessTable.__slots__))
    return merged.select(np.lexsort((merged.order, merged.location)))
