"""Data races between threads that no other detector explains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.filters.commutative import COMMUTING
from causeway_core.analysis.partners import Partners

SAMPLE = 16


def data_races(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """A write and another access to one location by two threads, without an order or a common lock; one per pair of sites.

    These are hints, since the interpreter lock makes most of them harmless. A single container operation, or an attribute that both set, is not
    reported.
    """
    table = evidence.table
    seen: set[tuple[int, int]] = set()
    for site in np.unique(table.site[table.writes]).tolist():
        if evidence.facts.sites.get(site) is not None and evidence.facts.sites[site].name in (*COMMUTING, "setdefault"):
            continue
        rows = evidence.rows_at(site)
        rows = rows[table.writes[rows]]
        if len(rows) > SAMPLE:
            rows = rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]
        for row in rows.tolist():
            for other in (*partners.near(row, row, writes=True), *partners.near(row, row, writes=False)):
                pair = (min(site, int(table.site[other])), max(site, int(table.site[other])))
                if pair in seen or evidence.stream(row) == evidence.stream(other):
                    continue
                if not evidence.locks_at(row) & evidence.locks_at(other) and evidence.concurrent(row, other):
                    seen.add(pair)
                    first, second = sorted((row, other))
                    yield Candidate(Pattern.DATA_RACE, "data_race", first, first, (second,)).lowered(
                        "hint", "nothing orders the two, but no harm is visible"
                    )
