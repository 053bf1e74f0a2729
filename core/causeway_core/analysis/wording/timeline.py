"""The three to five events of a finding in two lanes."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.wording.namer import Namer
from causeway_core.model import TimelineEvent

MOST = 5


def lanes(namer: Namer, candidate: Candidate) -> tuple[str, ...]:
    """The two actors, the window's owner first."""
    return namer.lane(candidate.first), namer.lane(candidate.others[0])


def timeline(namer: Namer, candidate: Candidate) -> tuple[TimelineEvent, ...]:
    """The events as recorded, in order, with times relative to the first."""
    rows = _rows(namer, candidate)
    clock = namer.evidence.clock
    times = [clock.ns(int(namer.evidence.table.at[row])) for row in rows]
    start = next((time for time in times if time is not None), 0)
    owner = int(namer.evidence.table.actor[candidate.first])
    events, latest = [], 0
    for row, time in zip(rows, times, strict=True):
        # Clocks of different threads are read at different moments; order is what is known, so time never goes back.
        latest = max(latest, (time if time is not None else start) - start)
        lane = 0 if int(namer.evidence.table.actor[row]) == owner else 1
        events.append(TimelineEvent(lane, namer.evidence.at(row), namer.act(row), namer.file(row), namer.line(row), latest))
    return tuple(events)


def _rows(namer: Namer, candidate: Candidate) -> list[int]:
    table = namer.evidence.table
    rows = {candidate.first, candidate.last, *candidate.others}
    places = {int(table.location[row]) for row in rows}
    other = candidate.others[0]
    # What the second actor did to the place around its access makes the picture whole.
    near = namer.evidence.rows_of(int(table.actor[other]), int(table.order[other]) - 40, int(table.order[other]) + 40)
    companions = [row for row in near if int(table.location[row]) in places and row not in rows]
    companions.sort(key=lambda row: (not table.writes[row], abs(int(table.order[row]) - int(table.order[other]))))
    rows.update(companions[: MOST - len(rows)])
    return sorted(rows, key=lambda row: int(table.order[row]))
