"""The order that would make a candidate fail, as named places that a later re-run can find again."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence.table import DELETE, ITERATE, MUTATE
from causeway_core.analysis.wording.namer import Namer


def constraints(namer: Namer, candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """(before, after) pairs of places: the window's first end, the other actor's accesses, the window's last end."""
    first, last = place(namer, candidate.first), place(namer, candidate.last)
    others = [place(namer, row) for row in candidate.others]
    if candidate.pattern is Pattern.DATA_RACE:
        return ()
    if candidate.first == candidate.last and candidate.pattern is not Pattern.ITERATION:
        # The recorded order went well: the other one is wanted.
        went_first = candidate.others[0] < candidate.first
        return ((first, others[0]),) if went_first else ((others[0], first),)
    if candidate.pattern is Pattern.ITERATION:
        return ((first, others[0]),)
    return (first, others[0]), (others[-1], last)


def place(namer: Namer, row: int) -> str:
    """`spawn-path | file:line | qualname | read of resource | nth`: nth counts the actor's accesses at that site, from 0."""
    table = namer.evidence.table
    actor = namer.evidence.facts.actors.get(int(table.actor[row]))
    path = actor.path if actor is not None else "?"
    op = int(table.op[row])
    verb = "iterate" if op == ITERATE else "mutate" if op == MUTATE else "delete" if op == DELETE else "write" if table.writes[row] else "read"
    same = namer.evidence.rows_at(int(table.site[row]))
    nth = int(((table.actor[same] == table.actor[row]) & (table.order[same] < table.order[row])).sum())
    return f"{path} | {namer.file(row)}:{namer.line(row)} | {namer.qualname(row)} | {verb} of {namer.resource(row)} | {nth}"
