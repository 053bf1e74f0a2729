"""Which candidates to show first, and with what confidence (research: races.md, section 3, P4)."""

from __future__ import annotations

import math
from dataclasses import replace

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.weights import PATTERNS, TIER_RANK


def ranked(candidate: Candidate, evidence: Evidence) -> Candidate:
    """The candidate with its rank: by pattern, then what struck, external effects in the window, request handlers, a long window; a
    second actor that did its part when it started the first comes later. Never past the next pattern.
    """
    rank, _ = PATTERNS[candidate.pattern]
    rank -= 0.5 * candidate.struck
    rank -= 0.2 * has_effect(candidate, evidence)
    rank -= 0.1 * is_handler(candidate, evidence)
    rank -= 0.1 * _length(candidate, evidence)
    rank += 0.3 * evidence.started_in_step_of(candidate.first, candidate.others[0])
    rank += TIER_RANK[candidate.tier]
    return replace(candidate, rank=round(rank, 4))


def confidence(candidate: Candidate) -> float:
    """0 to 1: how sure the analysis is that the other order does harm. Not measured on the user's program; an ordering of patterns by how
    often they were bugs.
    """
    _, value = PATTERNS[candidate.pattern]
    if candidate.struck:
        return 0.98 if candidate.dependence == "data" else 0.95
    return min(value, {"confirmed": 1.0, "likely": 1.0, "latent": 0.5, "hint": 0.25}[candidate.tier])


def has_effect(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the first actor did I/O with an external effect while the window was open."""
    return bool(effects_in_window(candidate, evidence))


def effects_in_window(candidate: Candidate, evidence: Evidence) -> list[str]:
    """The I/O in the window, in words."""
    table, facts = evidence.table, evidence.facts
    actor, first, last = facts.thread_of(int(table.actor[candidate.first])), int(table.at[candidate.first]), int(table.at[candidate.last])
    found = [
        f"SQL {row.statement.split(None, 1)[0].upper()}"
        for row in facts.sql
        if row.actor == actor and first < row.at < last and row.access == "write"
    ]
    for row in facts.io:
        method = row.attributes.get("http.request.method")
        if (
            row.actor == actor
            and first < row.at < last
            and (row.op == "subprocess" or method in ("POST", "PUT", "PATCH", "DELETE"))
            and row.phase != "end"
        ):
            found.append(f"{row.op} {method or ''}".strip())
    return list(dict.fromkeys(found))


def is_handler(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the window is in a request handler: handlers run concurrently by nature."""
    return evidence.request_at(candidate.first) is not None


def _length(candidate: Candidate, evidence: Evidence) -> float:
    """0 to 1 by the wall time of the window, a decade at a time from 10 us to 1 s."""
    first, last = (evidence.clock.ns(int(evidence.table.at[row])) for row in (candidate.first, candidate.last))
    if first is None or last is None or last <= first:
        return 0.0
    return max(0.0, min(1.0, (math.floor(math.log10(last - first)) - 4) / 5))
