"""Check-then-use: a check allows a use, and another actor's write in between makes the check stale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import DELETE
from causeway_core.analysis.flow import Usage
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.windows import Windows
from causeway_core.model import ValueKind

ENOUGH = 6


def check_uses(evidence: Evidence, windows: Windows, partners: Partners) -> Iterator[Candidate]:
    """R[W]R candidates: the first read guards the second (or both are of one object), the second fails on a missing value, and the write removes it.
    """
    table = evidence.table
    for use_site in np.unique(table.site[~table.writes]).tolist():
        if not needs_value(evidence, use_site):
            continue
        node = evidence.read_node(use_site)
        deciders = evidence.flow.graph.deciders(node) if node is not None else set()
        for check_site in evidence.sites_of_reads(deciders):
            if check_site == use_site:
                continue
            found = windows.between(check_site, use_site, "control", last_writes=False)
            if found is None:
                continue
            given = 0
            for first, last, struck in windows.sample(found):
                for other in partners.near(first, last, writes=True):
                    if (
                        removes_value(evidence, other)
                        and needs_value(evidence, use_site, absent=leaves_absent(evidence, other))
                        and _can_interrupt(evidence, first, last, other)
                    ):
                        yield Candidate(
                            Pattern.READ_WRITE_READ, "atomicity_violation", first, last, (other,), "control", struck and first < other < last
                        )
                        given += 1
                        break
                if given >= ENOUGH:
                    break


def _can_interrupt(evidence: Evidence, first: int, last: int, other: int) -> bool:
    if not evidence.can_run_between(first, last, other) or evidence.locks_through(first, last) & evidence.locks_at(other):
        return False
    return evidence.concurrent(first, other) and evidence.concurrent(last, other)


def needs_value(evidence: Evidence, site: int, *, absent: bool | None = None) -> bool:
    """Whether a read, or what is done with its result, fails if the value is None or absent.

    `absent` restricts the question: True asks about an absent value only, False about None only.
    """
    node = evidence.node(evidence.read_node(site))
    if node is None:
        return False
    if absent is not False and node.usage & Usage.RAISES_WHEN_ABSENT:
        return True
    if absent and node.place is not None and node.place.shape == "attribute":
        return not node.usage & Usage.MAY_BE_ABSENT
    return absent is not True and bool(node.usage & (Usage.DEREFERENCED | Usage.ARITHMETIC))


def leaves_absent(evidence: Evidence, row: int) -> bool:
    """Whether a removing access leaves nothing at all, not even None."""
    table = evidence.table
    return int(table.op[row]) == DELETE or int(table.vk[row]) == ValueKind.ABSENT


def removes_value(evidence: Evidence, row: int) -> bool:
    """Whether an access deletes its location or sets it to None."""
    table = evidence.table
    return int(table.op[row]) == DELETE or int(table.vk[row]) in (ValueKind.NONE, ValueKind.ABSENT)
