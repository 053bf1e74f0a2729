"""Reads that were not recorded but must have been made: `counts.get(key, 0)` looks into `counts`, `total += 1` reads `total`.

The recorder sees the read of `counts`, not the look into it. Which key was meant is told by what the same function of the same actor does
with that container next. Of an augmented assignment to a global or a closure's variable it sees the write, and of `self.balance = self.balance + 1`
where a descriptor gives the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.table import READ, AccessTable
from causeway_core.model import Location, ValueKind

LOOK_AHEAD = 24
"""How many accesses of its actor the use of the key may be away."""


def with_implied_reads(evidence: Evidence) -> Evidence:
    """The evidence with a row added for each look into a container that another access of the same actor names the key of."""
    places = _places_by_object(evidence)
    rows: list[tuple[int, int, int]] = []
    for site in np.unique(evidence.table.site[~evidence.table.writes]).tolist():
        node = evidence.node(evidence.read_node(site))
        if node is not None and node.content is not None and site > 0:
            rows += [(row, location, site) for row in evidence.rows_at(site).tolist() for location in _looked_at(evidence, row, node.content, places)]
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
    """The place in the flow graph where the attribute is read that a site writes, in the same statement, if it is never seen to be."""
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


def _looked_at(evidence: Evidence, row: int, content: int, places: dict[int, dict[int, Location]]) -> list[int]:
    """The items of the container read at `row` that its actor names shortly after in the same function."""
    table = evidence.table
    if int(table.vk[row]) != ValueKind.OBJECT:
        return []
    value = evidence.value(row) or ""
    if evidence.flow.place(content).shape == "iterate" and not value.startswith("<list "):
        return []  # of others a loop gives the keys
    number = value.rpartition("#")[2].rstrip(">")
    inside = places.get(int(number)) if number.isdecimal() else None
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


def _added(table: AccessTable, rows: list[tuple[int, int, int]], looks: int) -> AccessTable:
    """The table with the rows; those from number `looks` on come right before what they were made for."""
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
