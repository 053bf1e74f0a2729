"""Updates that a run lost, from its recorded values: where two actors ran the same lines, no dependence in the source is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import ValueKind
from causeway_core.proof.outcome.endings import VARIABLES

_SCALARS = (ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT, ValueKind.TEXT, ValueKind.TUPLE)
_NUMBERS = (ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT)
MOST_ROWS = 20_000
"""Accesses of shared places of a run that are examined."""


def lost_updates(evidence: Evidence) -> tuple[str, ...]:
    """The places of which an update was lost.

    Either two actors read and wrote them at the same lines, one between the other's read and write, with different values; or an actor restored a
    number that it had read before another actor changed it. Only values that both read and changed count: filling in a value twice, or writing the
    same one, loses nothing.
    """
    table, facts = evidence.table, evidence.facts
    if len(table) > MOST_ROWS:
        return ()
    rows = [each.other for each in _updates(evidence) if _lost(evidence, each) or _put_back(evidence, each)]
    return tuple(dict.fromkeys(facts.locations[int(table.location[row])].name for row in rows))


@dataclass(frozen=True, slots=True)
class _Update:
    """Rows of one place. `first`: the last read of an actor. `own`: its own write since (-1: none). `other`: the last write of another actor, and
    `looked` the read before it (-1: none). `last`: what the first actor writes then."""

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
        if evidence.facts.locations[place].kind not in VARIABLES:
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
    """Whether the actor restores the number that it had found, although another actor has changed it since."""
    rows = (update.first, update.own, update.looked, update.other, update.last)
    if min(rows) < 0 or not update.own < update.looked or not all(int(evidence.table.vk[row]) in _NUMBERS for row in rows):
        return False
    first, own, looked, other, last = map(evidence.value, rows)
    return first == last != own == looked and other not in (looked, last)
