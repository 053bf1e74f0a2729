"""Attributes that are set before any other actor can have the object."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Verdict
from causeway_core.analysis.evidence import Evidence


def initialization(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate one side of which would access an object before its initializer has let it out, however it is handed over."""
    for other in candidate.others:
        if _precedes(evidence, candidate.last, other) or _precedes(evidence, other, candidate.first):
            return Verdict(DROP, "the object is initialized before any other actor can have it")
    return None


def _precedes(evidence: Evidence, before: int, after: int) -> bool:
    """Whether the first access initializes the object that the second, of another actor, is made to."""
    table, facts = evidence.table, evidence.facts
    location, site = facts.locations[int(table.location[before])], facts.sites.get(abs(int(table.site[before])))
    if site is None or site.name is None or location.kind != "attribute" or not table.writes[before] or table.actor[before] == table.actor[after]:
        return False
    same = location.object is not None and location.object == facts.locations[int(table.location[after])].object
    return same and evidence.initializers.sets_privately(facts.functions[site.function].path, site.line, site.name)
