"""Whether an actor could have an object before the actor that made it accesses it."""

from __future__ import annotations

from causeway_core.analysis.evidence.evidence import Evidence
from causeway_core.analysis.evidence.table import MUTATE
from causeway_core.model import At


def could_have(evidence: Evidence, user: int, access: int) -> bool:
    """Whether the actor of `user` could have the object of an access before it: another actor made the object, or its maker had stored it, or had
    started the user, or had handed something over to those that it had started before.
    """
    table, facts = evidence.table, evidence.facts
    owner, maker = facts.locations[int(table.location[access])].object, int(table.actor[access])
    made = None if owner is None else facts.first_seen(owner)
    if owner is None or made is None or evidence.actor_at(made) != facts.thread_of(maker):
        return True
    started = facts.started_by(int(table.actor[user]), facts.thread_of(maker))
    if started is not None and (not _precedes(evidence, started, made) or _hands_over(evidence, owner, made, access)):
        return True
    name = f"#{owner & 0xFFFFFFFF}>"
    return any(
        table.writes[row] and table.order[row] < table.order[access] and (evidence.value(row) or "").endswith(name)
        for location in evidence.registries((owner,))
        for row in range(table.span(location).start, table.span(location).stop)
    )


def _precedes(evidence: Evidence, one: At, other: At) -> bool:
    """Whether an event comes before another of the same actor."""
    return one < other if one >> 40 == other >> 40 else evidence.order.happens_before(one, other, must=True)


def _hands_over(evidence: Evidence, owner: int, made: At, access: int) -> bool:
    """Whether its maker let anything out between the making of an object and an access of it: by whatever orders actors, or in a container.

    It need not be the object itself: where that is kept meanwhile is not recorded.
    """
    table, facts, maker = evidence.table, evidence.facts, int(evidence.table.actor[access])
    end = evidence.at(access)
    if made >> 40 != end >> 40:
        return True
    if facts.edges_out_of(made, end):
        return True
    for row in reversed(evidence.rows_of(maker, 0, int(table.order[access]) - 1)):
        if evidence.at(row) < made:
            return False
        if int(table.op[row]) == MUTATE and facts.locations[int(table.location[row])].object != owner:
            return True
    return False
