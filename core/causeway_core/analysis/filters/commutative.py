"""Operations whose order does not matter."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import MUTATE, TEST

COMMUTING = frozenset({"append", "add", "appendleft", "extend", "update", "discard", "put", "put_nowait"})

LOOK_AHEAD = 40
"""Accesses of an actor after its check among which its next write is looked for."""

PUTTING_IN = frozenset({"append", "appendleft", "extend", "extendleft", "insert", "add", "update", "put", "put_nowait"})

TAKING_OUT = frozenset({"discard", "remove", "pop", "popleft", "popitem", "clear"})


def commutative(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a write that is read back where both writes only accumulate, unless the read decides something."""
    checked = candidate.pattern in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) and candidate.dependence == "control"
    if checked and _removes_given_element(evidence, candidate.last):
        return Verdict(DROP, "taking one's own element out again does not act on the check")
    if candidate.pattern in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) and candidate.dependence == "control" and _adds_anyway(candidate, evidence):
        return Verdict(DROP, "its own element is added whichever way the check went")
    if candidate.pattern in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) and _took_out(candidate, evidence):
        return Verdict(DROP, "what is taken out in one step belongs to who took it, also when it is put back")
    if candidate.pattern in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) and candidate.dependence == "control" and _counts_back(candidate, evidence):
        return Verdict(DROP, "the check was acted on at once; what comes later only counts back")
    if candidate.pattern is Pattern.READ_WRITE_WRITE and candidate.dependence == "control" and _empties(candidate, evidence):
        return Verdict(DROP, "what one takes out the other would have cleared")
    if candidate.pattern is Pattern.READ_WRITE_WRITE and candidate.dependence == "control" and _still_holds_some(candidate, evidence):
        return Verdict(DROP, "what was found not empty is not emptied by what others put in")
    if candidate.pattern is Pattern.READ_WRITE_WRITE and _still_first(candidate, evidence):
        return Verdict(DROP, "what was first stays so when others add at the other end")
    if candidate.pattern is not Pattern.WRITE_WRITE_READ:
        return None
    if all(commutes(evidence, row) for row in (candidate.first, candidate.others[0])) and not decides(evidence, candidate.last):
        return Verdict(DROP, "both writes only add to it")
    return None


def _removes_given_element(evidence: Evidence, row: int) -> bool:
    """Whether the access removes one given element from a container."""
    site = evidence.facts.sites.get(int(evidence.table.site[row]))
    structure = evidence.facts.locations[int(evidence.table.location[row])].kind == "structure"
    return structure and site is not None and site.name in ("discard", "remove")


def _counts_back(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether both the write right after the check and the write at the end are sums with the current value: a slot is taken, and given back later.
    The first write is in one uninterrupted stretch with the check.
    """
    table, first, last = evidence.table, candidate.first, candidate.last
    if table.location[first] != table.location[last] or not _accumulates(evidence, last):
        return False
    between = evidence.rows_of(int(table.actor[first]), int(table.order[first]) + 1, int(table.order[last]) - 1, first=LOOK_AHEAD)
    own = (row for row in between if table.location[row] == table.location[first] and table.writes[row])
    taken = next(own, None)
    return taken is not None and _accumulates(evidence, taken) and not evidence.can_run_between(first, taken, candidate.others[0])


def _accumulates(evidence: Evidence, row: int) -> bool:
    node = evidence.node(evidence.write_node(int(evidence.table.site[row])))
    return node is not None and node.accumulates


def _empties(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the window ends with a `clear()`, and the other actors only remove elements in between."""
    names = [site.name if (site := evidence.facts.sites.get(int(evidence.table.site[row]))) is not None else None for row in candidate.others]
    last = evidence.facts.sites.get(int(evidence.table.site[candidate.last]))
    return last is not None and last.kind == "method" and last.name == "clear" and all(name in TAKING_OUT for name in names)


def _still_holds_some(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the window starts with an emptiness check of a container and ends with a removal, and the other actors only add elements."""
    table, site_of = evidence.table, evidence.facts.sites.get
    if int(table.op[candidate.first]) != TEST or evidence.facts.locations[int(table.location[candidate.first])].kind != "structure":
        return False
    first, last, *others = (site_of(int(table.site[row])) for row in (candidate.first, candidate.last, *candidate.others))
    asks = first is not None and first.kind != "contains"
    takes = last is not None and last.kind == "method" and last.name in ("pop", "popleft", "popitem")
    return asks and takes and all(each is not None and each.kind == "method" and each.name in PUTTING_IN for each in others)


def _still_first(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the window starts with a read of a sequence's first element, and other actors only append."""
    if evidence.facts.locations[int(evidence.table.location[candidate.first])].kind != "structure":
        return False
    first, *others = (evidence.facts.sites.get(int(evidence.table.site[row])) for row in (candidate.first, *candidate.others))
    return first is not None and first.kind == "item" and all(each is not None and each.name in ("append", "extend") for each in others)


def _took_out(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the window starts with an atomic check-and-act operation on a container as a whole, and ends with an addition.

    For `setdefault`, what matters is the item, which has windows of its own.
    """
    table = evidence.table
    if int(table.op[candidate.first]) != MUTATE or evidence.facts.locations[int(table.location[candidate.first])].kind != "structure":
        return False
    first, last = (evidence.facts.sites.get(int(table.site[row])) for row in (candidate.first, candidate.last))
    adds = last is not None and last.name in COMMUTING | {"insert", "appendleft", "extendleft"}
    return adds or (first is not None and first.name == "setdefault")


def _adds_anyway(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the check decides which element is added, but neither whether one is nor a constant in it."""
    site = evidence.facts.sites.get(int(evidence.table.site[candidate.last]))
    structure = evidence.facts.locations[int(evidence.table.location[candidate.last])].kind == "structure"
    written = evidence.write_node(int(evidence.table.site[candidate.last]))
    if written is None or not structure or site is None or site.name not in ("append", "appendleft", "add"):
        return False
    checked = int(evidence.table.site[candidate.first])
    return checked not in evidence.deciding_sites(candidate.last) and evidence.read_node(checked) not in evidence.flow.graph.choosers(written)


def commutes(evidence: Evidence, row: int) -> bool:
    """Whether a write only adds to what is there."""
    site = int(evidence.table.site[row])
    node = evidence.node(evidence.write_node(site))
    name = evidence.facts.sites[site].name if site in evidence.facts.sites else None
    return (node is not None and node.accumulates) or name in COMMUTING


def decides(evidence: Evidence, row: int) -> bool:
    """Whether a read guards a write of something shared."""
    node = evidence.read_node(int(evidence.table.site[row]))
    if node is None:
        return False
    graph = evidence.flow.graph
    return any(graph.origins(write).get(node) == "control" for write in graph.decided_writes(node))
