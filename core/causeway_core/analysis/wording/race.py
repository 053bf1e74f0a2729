"""A judged candidate as a finding."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.limits import enforces_limit
from causeway_core.analysis.overlap import overlapped
from causeway_core.analysis.rank import confidence
from causeway_core.analysis.wording.constraints import constraints
from causeway_core.analysis.wording.explanation import explanation
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.recommendation import recommendation
from causeway_core.analysis.wording.timeline import lanes, timeline
from causeway_core.analysis.wording.title import ROLES, title
from causeway_core.analysis.wording.window import window
from causeway_core.model import Finding


def race_finding(namer: Namer, candidate: Candidate) -> Finding:
    """The finding, without its final id (`F?`: findings are numbered by rank when all are known)."""
    namer.evidence.fetch_values([candidate.first, candidate.last, *candidate.others])
    first_role, last_role, other_roles = ROLES[candidate.pattern]
    rows = [(candidate.first, first_role)]
    if candidate.last != candidate.first:
        rows.append((candidate.last, last_role))
    rows.extend(zip(candidate.others, other_roles, strict=False))
    rows.sort(key=lambda each: int(namer.evidence.table.order[each[0]]))
    happened = candidate.struck or overlapped(candidate, namer.evidence)
    limit = enforces_limit(candidate, namer.evidence)
    return Finding(
        id="F?",
        kind=candidate.kind,
        tier=candidate.tier,
        rank=candidate.rank,
        confidence=confidence(candidate),
        title=title(namer, candidate),
        resource=namer.resource(candidate.first),
        accesses=tuple(namer.access(row, role) for row, role in rows),
        lanes=lanes(namer, candidate),
        timeline=timeline(namer, candidate),
        window=window(namer, candidate),
        unordered=_unordered(namer, candidate),
        explanation=explanation(namer, candidate, happened=happened, limit=limit),
        recommendation=recommendation(namer, candidate),
        witness=tuple(namer.evidence.at(row) for row, _ in rows),
        constraints=constraints(namer, candidate),
        happened=happened,
        enforces_limit=limit,
        worth_forcing=candidate.worth_forcing,
    )


def _unordered(namer: Namer, candidate: Candidate) -> str | None:
    """Why nothing orders the two sides; None where this run did order them."""
    items = namer.evidence.facts.work_items
    one, two = (items.at(namer.evidence.at(row)) for row in (candidate.first, candidate.others[0]))
    if one is not None and two is not None and one.worker == two.worker:
        return "both are work items of one pool, and the same worker ran them one after the other only by chance"
    first, other = namer.evidence.at(candidate.first), namer.evidence.at(candidate.others[0])
    return namer.why_unordered(first, other) if namer.evidence.unordered(first, other) else None
