"""Updates that a run lost, by what it recorded: no dependence in the text is needed where two actors went the same way."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import ValueKind

_PLACES = ("attribute", "item", "global", "cell")
_SCALARS = (ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT, ValueKind.TEXT, ValueKind.TUPLE)
MOST_ROWS = 20_000
"""Accesses of shared places of a run that are looked at."""


def overwritten(evidence: Evidence) -> tuple[str, ...]:
    """The places that two actors read and wrote at the same lines, the one between the other's read and write, each another value.

    Only values that both knew to be there, and changed: what is filled in twice, or set to the same, is lost for nobody.
    """
    table, facts = evidence.table, evidence.facts
    if len(table) > MOST_ROWS:
        return ()
    names = (facts.locations[int(table.location[last])].name for first, other, last in _updates(evidence) if _lost(evidence, first, other, last))
    return tuple(dict.fromkeys(names))


def _updates(evidence: Evidence) -> Iterator[tuple[int, int, int]]:
    """Rows of a read, the last write of another actor since, and the write that the reader made next."""
    table = evidence.table
    known: dict[int, int] = {}
    written, place = -1, -1
    for row in range(len(table)):
        if int(table.location[row]) != place:
            place, written, known = int(table.location[row]), -1, {}
            if evidence.facts.locations[place].kind not in _PLACES:
                continue
        actor = int(table.actor[row])
        if not table.writes[row]:
            known[actor] = row
            continue
        read = known.pop(actor, -1)
        if 0 <= read < written and int(table.actor[written]) != actor:
            yield read, written, row
        written = row


def _lost(evidence: Evidence, first: int, other: int, last: int) -> bool:
    table = evidence.table
    if table.site[other] != table.site[last] or not all(int(table.vk[row]) in _SCALARS for row in (first, other, last)):
        return False
    reads = (row for row in range(other - 1, evidence.table.span(int(table.location[other])).start - 1, -1) if table.actor[row] == table.actor[other])
    read = next(reads, None)
    if read is None or table.writes[read] or table.site[read] != table.site[first]:
        return False
    return len({evidence.value(row) for row in (first, other, last)}) == 3 and evidence.value(read) != evidence.value(other)
