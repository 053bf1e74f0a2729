"""Updates that a run lost, by what it recorded: no dependence in the text is needed where two actors went the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import ValueKind

_PLACES = ("attribute", "item", "global", "cell")
_SCALARS = (ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT, ValueKind.TEXT, ValueKind.TUPLE)
_NUMBERS = (ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT)
MOST_ROWS = 20_000
"""Accesses of shared places of a run that are looked at."""


def lost_updates(evidence: Evidence) -> tuple[str, ...]:
    """The places that two actors read and wrote at the same lines, the one between the other's read and write, each another value; or where one put
    back the number that it had found before another counted on.

    Only values that both knew to be there, and changed: what is filled in twice, or set to the same, is lost for nobody.
    """
    table, facts = evidence.table, evidence.facts
    if len(table) > MOST_ROWS:
        return ()
    rows = [each.other for each in _updates(evidence) if _lost(evidence, each) or _put_back(evidence, each)]
    return tuple(dict.fromkeys(facts.locations[int(table.location[row])].name for row in rows))


@dataclass(frozen=True, slots=True)
class _Update:
    """Rows of one place: the last read of an actor, its own write since (-1: none), the last write of another with the read before (-1: none), and
    what the actor writes then."""

    first: int
    own: int
    looked: int
    other: int
    last: int


def _updates(evidence: Evidence) -> Iterator[_Update]:
    table = evidence.table
    read: dict[int, int] = {}
    wrote: dict[int, int] = {}
    written, place = -1, -1
    for row in range(len(table)):
        if int(table.location[row]) != place:
            place, written = int(table.location[row]), -1
            read, wrote = {}, {}
        if evidence.facts.locations[place].kind not in _PLACES:
            continue
        actor = int(table.actor[row])
        if not table.writes[row]:
            read[actor] = row
            continue
        if 0 <= read.get(actor, -1) < written and int(table.actor[written]) != actor:
            own, other = wrote.get(actor, -1), int(table.actor[written])
            looked = read.get(other, -1)
            yield _Update(read[actor], own if own > read[actor] else -1, looked if looked < written else -1, written, row)
        written = wrote[actor] = row


def _lost(evidence: Evidence, update: _Update) -> bool:
    """Whether both read at the same line, and wrote at the same line."""
    table = evidence.table
    first, other, last = update.first, update.other, update.last
    if update.own >= 0 or update.looked < 0 or not all(int(table.vk[row]) in _SCALARS for row in (first, other, last)):
        return False
    alike = table.site[other] == table.site[last] and table.site[update.looked] == table.site[first]
    return bool(alike) and len({evidence.value(row) for row in (first, other, last)}) == 3 and evidence.value(update.looked) != evidence.value(other)


def _put_back(evidence: Evidence, update: _Update) -> bool:
    """Whether a number is put back that was there before the actor changed it, and another has since changed it, too."""
    rows = (update.first, update.own, update.looked, update.other, update.last)
    if min(rows) < 0 or not update.own < update.looked or not all(int(evidence.table.vk[row]) in _NUMBERS for row in rows):
        return False
    first, own, looked, other, last = map(evidence.value, rows)
    return first == last != own == looked and other not in (looked, last)
