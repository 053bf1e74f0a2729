"""Cleanup of one's own entry: an actor stores a value and later removes whatever is there, which may be another actor's value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import DELETE, WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.source_text import called

SAMPLE = 24
ENOUGH = 3


def entry_cleanups(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """W[W]D candidates: an actor writes a location and later removes its content unchecked, by an operation that fails on an empty location.

    The other actor does the same, and finds nothing once the first has removed its value. Hints, except where it happened in this run.
    """
    table = evidence.table
    for site in np.unique(table.site[table.op == DELETE]).tolist():
        if not fails_on_nothing(evidence, site):
            continue
        given = 0
        for last in [row for row in evidence.rows_at(site).tolist() if int(table.op[row]) == DELETE][:SAMPLE]:
            first = _own_write(evidence, last)
            if first is None or _was_checked(evidence, last, int(table.location[last])):
                continue
            for other in partners.near(first, last, writes=True, site=int(table.site[first])):
                if given >= ENOUGH or not _can_overwrite(evidence, first, last, other):
                    continue
                given += 1
                inside = first < other < last
                candidate = Candidate(Pattern.ENTRY_CLEANUP, "atomicity_violation", first, last, (other,), "control", inside)
                yield candidate if inside else candidate.lowered("hint", "something not recorded may keep the two apart; only a re-run can tell")
                break


def _can_overwrite(evidence: Evidence, first: int, last: int, other: int) -> bool:
    """Whether the other actor can write in between: no lock, order or check of its own prevents it."""
    if evidence.locks_through(first, last) & evidence.locks_at(other) or not evidence.can_run_between(first, last, other):
        return False
    looked = _was_checked(evidence, other, int(evidence.table.location[other]))
    return not looked and evidence.concurrent(first, other) and evidence.concurrent(last, other)


def _own_write(evidence: Evidence, last: int) -> int | None:
    """The actor's own write of the location, if that was its last access to it."""
    table = evidence.table
    span = table.span(int(table.location[last]))
    own = [row for row in range(span.start, last) if table.writes[row] and int(table.actor[row]) == int(table.actor[last])]
    return own[-1] if own and int(table.op[own[-1]]) == WRITE else None


def _was_checked(evidence: Evidence, row: int, location: int) -> bool:
    """Whether the actor checked the location before it wrote, with no other actor in between."""
    table = evidence.table
    looks = evidence.latest(int(table.actor[row]), evidence.deciding_sites(row), int(table.order[row]))
    return any(int(table.location[look]) == location and evidence.atomic_unit(look) == evidence.atomic_unit(row) for look in looks)


def fails_on_nothing(evidence: Evidence, site: int) -> bool:
    """Whether a site removes by `del`, or by `pop` without a default."""
    found = evidence.facts.sites.get(abs(site))
    if found is None:
        return False
    around = evidence.texts.around(evidence.facts.functions[found.function].path, found.line)
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    if isinstance(statement, ast.Delete):
        return True
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and called(node) == "pop"] if statement is not None else []
    return bool(calls) and all(len(call.args) == 1 and not call.keywords for call in calls)
