"""Late entries: an actor starts work and then stores the entry that the work removes when it is done; work that is done at once finds none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import needs_value
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import DELETE, WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 2
_NOTHING = (ValueKind.NONE, ValueKind.ABSENT)
_TOLERANT = "the removal does not fail where there is no entry; only a re-run can tell whether that is handled"


def late_entries(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """An item is stored for the first time after its writer has started what removes it, by a call that a missing item does not fail.

    Removals that fail are order violations of their own.
    """
    table = evidence.table
    for site in np.unique(table.site[table.op == WRITE]).tolist():
        given = 0
        for row in evidence.rows_at(site).tolist()[:SAMPLE]:
            if given >= ENOUGH or not _creates_item(evidence, row):
                continue
            use = next((other for other in partners.near(row, row, writes=True) if _may_come_first(evidence, row, other)), None)
            if use is not None:
                given += 1
                yield Candidate(Pattern.LATE_ENTRY, "order_violation", row, row, (use,)).lowered("hint", _TOLERANT, worth_forcing=True)


def _creates_item(evidence: Evidence, row: int) -> bool:
    table = evidence.table
    location = int(table.location[row])
    return evidence.facts.locations[location].kind == "item" and table.span(location).start == row and int(table.vk[row]) not in _NOTHING


def _may_come_first(evidence: Evidence, write: int, use: int) -> bool:
    """Whether the writer had started the work that removes the item before it wrote, and nothing makes that work wait for the write."""
    table = evidence.table
    if int(table.op[use]) != DELETE or not evidence.concurrent(write, use) or evidence.started_in_step_of(use, write):
        return False
    if needs_value(evidence, int(table.site[use]), absent=True):
        return False
    item = evidence.facts.work_items.at(evidence.at(use))
    started = evidence.facts.started_by(item.id if item is not None else int(table.actor[use]), int(table.actor[write]))
    return started is not None and started < evidence.at(write)
