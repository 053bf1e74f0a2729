"""Updates by two processes that overlapped, by the values that they recorded.

Each process has an order of its own; how the accesses of two of them interleaved is not recorded. The values that they read say it.
"""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import ValueKind

MOST_ROWS = 20_000
"""Accesses of a location that are examined."""
_SCALARS = frozenset({ValueKind.NONE, ValueKind.FALSE, ValueKind.TRUE, ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT, ValueKind.TEXT})
_CUT = "…"

_Value = tuple[int, str]


def overlapped(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether two processes read one value of the candidate's location and then both replaced it, one of them at the sites of its window.

    Counts only a value that the location held once in the run. Then each of the two read it before the other one wrote, and the later write rests on
    a value that was no longer there.
    """
    table = evidence.table
    span = table.span(int(table.location[candidate.first]))
    rows = range(span.start, span.stop)
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) or len(rows) > MOST_ROWS:
        return False
    if len({_process(evidence, row) for row in rows}) < 2:
        return False
    evidence.fetch_values(rows)
    ends = int(table.site[candidate.first]), int(table.site[candidate.last])
    windows: dict[_Value, list[int]] = {}
    updates: dict[_Value, list[int]] = {}
    for value, read, write, last in _replaced(evidence, rows):
        if last:
            updates.setdefault(value, []).append(read)
        if (int(table.site[read]), int(table.site[write])) == ends:
            windows.setdefault(value, []).append(read)
    for value, mine in windows.items():
        others = updates.get(value, [])
        if len({_process(evidence, row) for row in (*mine, *others)}) > 1 and _held_once(evidence, rows, value, [*mine, *others]):
            return True
    return False


def _replaced(evidence: Evidence, rows: range) -> Iterator[tuple[_Value, int, int, bool]]:
    """Each value that was read, its read, the first write of the same actor after it, and whether it read nothing in between. Only where that write
    stores another value."""
    waiting: dict[int, list[tuple[_Value, int]]] = {}
    for row in rows:
        value, reads = _value(evidence, row), waiting.setdefault(int(evidence.table.actor[row]), [])
        if evidence.table.writes[row]:
            yield from ((seen, read, row, read == reads[-1][1]) for seen, read in reads if value not in (None, seen))
            reads.clear()
        elif value is not None:
            reads.append((value, row))


def _held_once(evidence: Evidence, rows: range, value: _Value, reads: list[int]) -> bool:
    """Whether the location held the value once: either it was stored once, or it was there before anything was stored."""
    stored = [(row, _value(evidence, row)) for row in rows if evidence.table.writes[row]]
    writers = [row for row, what in stored if what == value]
    if len(writers) > 1 or any(what is None for _, what in stored):
        return False
    if not writers or all(evidence.order.happens_before(evidence.at(writers[0]), evidence.at(read), must=True) for read in reads):
        return True
    known = {what for _, what in stored}
    # What was read and never stored was there first: not this value.
    return any(not evidence.table.writes[row] and _value(evidence, row) not in (None, *known) for row in rows)


def _value(evidence: Evidence, row: int) -> _Value | None:
    """A scalar that is known as a whole."""
    kind, text = int(evidence.table.vk[row]), evidence.value(row)
    return (kind, text) if kind in _SCALARS and text is not None and _CUT not in text else None


def _process(evidence: Evidence, row: int) -> int:
    found = evidence.facts.actors.get(int(evidence.table.actor[row]))
    return found.process if found is not None else 0
