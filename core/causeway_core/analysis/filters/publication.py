"""Objects that are ready before any other actor can see them."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence


def publication(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate one side of which accesses an object before its actor stores it where the other actor then finds it.

    The other side cannot come first: it has the object only from there.
    """
    for other in candidate.others:
        if _reached_only_after(evidence, candidate.last, other) or _reached_only_after(evidence, other, candidate.first):
            return Verdict(DROP, "the object is ready before the other side can see it")
    return None


def _reached_only_after(evidence: Evidence, before: int, after: int) -> bool:
    """Whether the actor of `after` had the object only from a location in which the actor of `before` stored it later than `before`."""
    table = evidence.table
    owner = evidence.facts.locations[int(table.location[before])].object
    if owner is None or owner != evidence.facts.locations[int(table.location[after])].object:
        return False
    maker, user = int(table.actor[before]), int(table.actor[after])
    earliest = evidence.first_use(user, owner)
    if maker == user or earliest is None:
        return False
    name = f"#{owner & 0xFFFFFFFF}>"
    for location in evidence.registries((owner,)):
        span = table.span(location)
        puts = [row for row in range(span.start, span.stop) if table.writes[row] and (evidence.value(row) or "").endswith(name)]
        if not puts or int(table.actor[puts[0]]) != maker or int(table.order[puts[0]]) < int(table.order[before]):
            continue
        finds = evidence.rows_of(user, 0, int(table.order[earliest]), last=LOOK_BACK)
        if any(int(table.location[row]) == location and _gets(evidence, row) and (evidence.value(row) or "").endswith(name) for row in finds):
            return _first_put(evidence, owner) == puts[0]
    return False


def _gets(evidence: Evidence, row: int) -> bool:
    """Whether an access returns what is there: a read, or a `setdefault`."""
    site = evidence.facts.sites.get(int(evidence.table.site[row]))
    return not evidence.table.writes[row] or (site is not None and site.name == "setdefault")


def _first_put(evidence: Evidence, owner: int) -> int | None:
    """The first write of the object to any shared location: before it, no other actor could find it there."""
    table, name = evidence.table, f"#{owner & 0xFFFFFFFF}>"
    puts = [
        row
        for location in evidence.registries((owner,))
        for row in range(table.span(location).start, table.span(location).stop)
        if table.writes[row] and (evidence.value(row) or "").endswith(name)
    ]
    return min(puts, key=lambda row: int(table.order[row]), default=None)
