"""A judged candidate as a finding."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.rank import confidence
from causeway_core.analysis.telling.constraints import constraints
from causeway_core.analysis.telling.explanation import explanation
from causeway_core.analysis.telling.recommendation import recommendation
from causeway_core.analysis.telling.sentence import ROLES, title
from causeway_core.analysis.telling.teller import Teller
from causeway_core.analysis.telling.timeline import lanes, timeline
from causeway_core.analysis.telling.window import window
from causeway_core.model import Finding


def race_finding(teller: Teller, candidate: Candidate) -> Finding:
    """The finding, without its final id (`F?`: findings are numbered by rank when all are known)."""
    teller.evidence.fetch_values([candidate.first, candidate.last, *candidate.others])
    first_role, last_role, other_roles = ROLES[candidate.pattern]
    rows = [(candidate.first, first_role)]
    if candidate.last != candidate.first:
        rows.append((candidate.last, last_role))
    rows.extend(zip(candidate.others, other_roles, strict=False))
    rows.sort(key=lambda each: int(teller.evidence.table.order[each[0]]))
    return Finding(
        id="F?",
        kind=candidate.kind,
        tier=candidate.tier,
        rank=candidate.rank,
        confidence=confidence(candidate),
        title=title(teller, candidate),
        resource=teller.resource(candidate.first),
        accesses=tuple(teller.access(row, role) for row, role in rows),
        lanes=lanes(teller, candidate),
        timeline=timeline(teller, candidate),
        window=window(teller, candidate),
        unordered=_unordered(teller, candidate),
        explanation=explanation(teller, candidate),
        recommendation=recommendation(teller, candidate),
        witness=tuple(teller.evidence.at(row) for row, _ in rows),
        constraints=constraints(teller, candidate),
    )


def _unordered(teller: Teller, candidate: Candidate) -> str | None:
    """Why nothing orders the two sides; None where this run did order them."""
    items = teller.evidence.facts.work_items
    one, two = (items.at(teller.evidence.at(row)) for row in (candidate.first, candidate.others[0]))
    if one is not None and two is not None and one.worker == two.worker:
        return "they are work items of one pool: that the same worker ran one after the other is chance"
    first, other = teller.evidence.at(candidate.first), teller.evidence.at(candidate.others[0])
    return teller.why_unordered(first, other) if teller.evidence.unordered(first, other) else None
