"""Lost updates and check-then-act: a write that depends on a read, and another actor that can run between the two."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.filters.unchanged import same_scalar
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.windows import WindowClass, Windows
from causeway_core.model import ValueKind
from causeway_core.model.finding import Kind

ENOUGH = 12
"""Candidates of one pair of sites that are passed on to the filters."""
TURNED_AWAY = 4
"""Actors that did not come to the read itself which are tried."""


def lost_updates(evidence: Evidence, windows: Windows, partners: Partners) -> Iterator[Candidate]:
    """R[W]W and clone candidates of every pair of sites."""
    for found in windows.dependent():
        if not _iterated_elsewhere(evidence, found):
            yield from _of_class(evidence, windows, partners, found)


def _iterated_elsewhere(evidence: Evidence, found: WindowClass) -> bool:
    """Whether the read is that of a loop that another function runs: the decision was made there."""
    node = evidence.node(evidence.read_node(found.first_site))
    in_other_function = evidence.function_of(found.first_site) != evidence.function_of(found.last_site)
    return in_other_function and found.first_site < 0 and node is not None and node.place is not None and node.place.shape == "iterate"


def _of_class(evidence: Evidence, windows: Windows, partners: Partners, found: WindowClass) -> Iterator[Candidate]:
    given = 0
    for first, last, struck in windows.sample(found):
        through = evidence.locks_through(first, last)
        sites: set[int] = set()
        for candidate in _of_window(evidence, partners, found, first, last, struck):
            site = int(evidence.table.site[candidate.others[0]])
            # One of each site: a filter may drop this partner and not that one.
            if site in sites or through & evidence.locks_at(candidate.others[0]):
                continue
            sites.add(site)
            yield candidate
            given += 1
        if given >= ENOUGH:
            return


def _of_window(evidence: Evidence, partners: Partners, found: WindowClass, first: int, last: int, struck: bool) -> Iterator[Candidate]:
    """The window with each partner that can run inside it: writers first, then actors that only made the same read."""
    kind: Kind = "lost_update" if found.dependence == "data" else "atomicity_violation"

    def inside(pattern: Pattern, other: int) -> bool:
        # What is written again as it was read leaves true what was read.
        return struck and first < other < last and pattern is Pattern.READ_WRITE_WRITE and not same_scalar(evidence, first, other)

    # Who started the window's actor and then went on in the same step was done before the window opened, unless a lock happens to be taken.
    pairs = sorted(
        _partners(evidence, partners, found, first, last), key=lambda pair: (evidence.started_in_step_of(first, pair[1]), not inside(*pair))
    )
    for pattern, other in pairs:
        if evidence.can_run_between(first, last, other) and evidence.concurrent(first, other) and evidence.concurrent(last, other):
            if pattern is Pattern.READ_WRITE_WRITE and resets(evidence, last, other):
                late = _last_read_before_reset(evidence, first, last)
                yield Candidate(pattern, "lost_update", late, last, (other,), found.dependence, inside(pattern, other) and late < other)
            else:
                yield Candidate(pattern, kind, first, last, (other,), found.dependence, inside(pattern, other))


def resets(evidence: Evidence, last: int, other: int) -> bool:
    """Whether a window ends by writing a constant, while the other actor's write builds on the current value."""
    ends, counts = (evidence.node(evidence.write_node(int(evidence.table.site[row]))) for row in (last, other))
    return ends is not None and counts is not None and ends.constant and counts.accumulates


def _last_read_before_reset(evidence: Evidence, first: int, last: int) -> int:
    """The last read of the location before it is reset: the value counted up to then is the one that was used."""
    table = evidence.table
    rows = evidence.rows_of(int(table.actor[last]), int(table.order[first]), int(table.order[last]) - 1)
    return max((row for row in rows if table.location[row] == table.location[last] and not table.writes[row]), default=first)


def _partners(evidence: Evidence, partners: Partners, found: WindowClass, first: int, last: int) -> Iterator[tuple[Pattern, int]]:
    node = evidence.node(evidence.write_node(found.last_site))
    settles = node is not None and evidence.read_node(found.first_site) in node.settles
    # What is done once, by the first that comes, another can only do too: who takes back what he did himself does not come before it.
    for other in partners.near(first, last, writes=True, site=found.last_site if settles else None):
        yield Pattern.READ_WRITE_WRITE, other
    if int(evidence.table.vk[last]) == ValueKind.OBJECT and not _replaced_between(evidence, first, last):
        for other in partners.near(first, last, writes=False):
            # What another actor puts into the old object in place is gone with it.
            node = evidence.node(evidence.read_node(int(evidence.table.site[other])))
            if node is not None and node.changed_through:
                yield Pattern.READ_WRITE_WRITE, other
    alike = list(partners.near(first, last, writes=False, site=found.first_site)) or list(_stopped_at_check(evidence, found, first))
    for other in alike:
        if not _reads_outside_lock(evidence, found, first, last, other):
            yield Pattern.CLONE, other


def _reads_outside_lock(evidence: Evidence, found: WindowClass, first: int, last: int, other: int) -> bool:
    """Whether the other actor only reads without the lock that a writer must acquire.

    The writing function acquires a lock and calls the reading code under it. The other actor came to that read without any lock, so to write it would
    have to read again under the lock.
    """
    site = evidence.facts.sites.get(abs(found.last_site))
    if site is None or evidence.function_of(found.first_site) == evidence.function_of(found.last_site) or evidence.locks_at(other):
        return False
    around = evidence.texts.around(evidence.facts.functions[site.function].path, site.line)
    return any(isinstance(node, ast.With | ast.AsyncWith) for node in around) and bool(evidence.locks_through(first, last))


def _replaced_between(evidence: Evidence, first: int, last: int) -> bool:
    """Whether the window's own actor writes in between: what the final write overwrites is not what the read saw."""
    table = evidence.table
    rows = evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, int(table.order[last]) - 1)
    return any(bool(table.writes[row]) and table.location[row] == table.location[last] for row in rows)


def _stopped_at_check(evidence: Evidence, found: WindowClass, first: int) -> Iterator[int]:
    """Other actors that reached the window's check of the same object but read only its beginning, which decided for them."""
    table, graph = evidence.table, evidence.flow.graph
    read, owner = evidence.read_node(found.first_site), evidence.facts.locations[int(table.location[first])]
    if read is None or owner.kind != "attribute":
        return
    for site in evidence.deciding_sites_of(found.last_site):
        node = evidence.read_node(site)
        same = node is not None and evidence.function_of(site) == evidence.function_of(found.first_site) and graph.used_together(node, read)
        if not same or site == found.first_site:
            continue
        rows = [row for row in evidence.rows_at(site).tolist() if int(table.actor[row]) != int(table.actor[first])]
        rows = [row for row in rows if evidence.facts.locations[int(table.location[row])].object == owner.object]
        yield from sorted(rows, key=lambda row: abs(int(table.order[row]) - int(table.order[first])))[:TURNED_AWAY]
