"""Requests to a thread that it may overwrite: when it begins it resets the flag that asks it to stop."""

from __future__ import annotations

import numpy as np

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

RESETS = "resets"
"""Role of the write by which a thread resets a flag when it begins."""
REQUESTS = "requests"
"""Role of the write by which another actor tells the thread something with that flag."""

SAMPLE = 24
"""Resets of each site that are examined."""
LOOKS_AHEAD = 200
"""Accesses after a reset that are searched for a request."""


def reset_requests(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Flags that a thread sets to the value that they have already, before it reads them, and that another actor sets to another value for it.

    The other actor then waits for the end of the thread. If it comes first, the thread overwrites its request. A hint: only a re-run that hangs shows
    that nothing else ends the thread.
    """
    found: dict[tuple[int, int], Finding] = {}
    for reset in _first_writes(evidence):
        request = _request(evidence, reset)
        if request is not None:
            found.setdefault((int(evidence.table.site[reset]), int(evidence.table.site[request])), _finding(scene, reset, request))
    return list(found.values())


def _first_writes(evidence: Evidence) -> list[int]:
    """The writes with which a thread begins to use an attribute or global; a few of each site."""
    table, facts = evidence.table, evidence.facts
    threads = [actor.id for actor in facts.actors.values() if actor.kind == "thread" and actor.created_at is not None]
    own = np.flatnonzero(np.isin(table.actor, threads))
    keys = table.location[own].astype(np.int64) * (max(threads, default=0) + 1) + table.actor[own]
    rows = own[np.unique(keys, return_index=True)[1]]
    rows = rows[table.writes[rows]]
    kept = [row for site in np.unique(table.site[rows]) for row in rows[table.site[rows] == site][:SAMPLE].tolist()]
    return [row for row in kept if facts.locations[int(table.location[row])].kind in ("attribute", "global")]


def _request(evidence: Evidence, reset: int) -> int | None:
    """The first write of another value that could come before a reset, which changed nothing in the recorded run."""
    table, span = evidence.table, evidence.table.span(int(evidence.table.location[reset]))
    earlier = [row for row in range(span.start, reset) if table.writes[row]]
    later = range(reset + 1, min(span.stop, reset + LOOKS_AHEAD))
    reads = any(table.actor[row] == table.actor[reset] and not table.writes[row] for row in later)
    if not earlier or not reads or evidence.value(earlier[-1]) != evidence.value(reset):
        return None
    return next((row for row in later if table.writes[row] and table.actor[row] != table.actor[reset] and _asks(evidence, reset, row)), None)


def _asks(evidence: Evidence, reset: int, row: int) -> bool:
    """Whether a write sets another value than a reset by a thread, is not ordered with it, and its actor waits for the end of the thread."""
    thread, other = (evidence.facts.actors.get(int(evidence.table.actor[each])) for each in (reset, row))
    if thread is None or other is None or thread.last_at is None or other.last_at is None or evidence.value(row) == evidence.value(reset):
        return False
    return evidence.concurrent(reset, row) and evidence.order.happens_before(thread.last_at, other.last_at, must=True)


def _finding(scene: Scene, reset: int, request: int) -> Finding:
    evidence, table = scene.evidence, scene.evidence.table
    thread, other = int(table.actor[reset]), int(table.actor[request])
    place, asks = scene.place(evidence.at(reset)), scene.place(evidence.at(request))
    one, two = scene.sides((thread, place.function), (other, asks.function))
    what = scene.namer.resource(reset)
    return scene.finding(
        kind="lost_wakeup",
        weight=weights.RESET_REQUEST,
        title=f"{one} resets {what} when it begins; {two} could set it before that: the request is lost",
        resource=what,
        events=[
            Moment(thread, evidence.at(reset), RESETS, f"resets {what}"),
            Moment(other, evidence.at(request), REQUESTS, f"sets {what}, then waits for the thread to end"),
        ],
        recommendation=f"reset {what} before the thread is started, by the code that starts it",
        explanation="Nothing makes the thread reset it before the other side sets it. It did in this run.",
        unordered=scene.namer.why_unordered(evidence.at(reset), evidence.at(request)),
    )
