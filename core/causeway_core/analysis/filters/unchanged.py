"""Writes that change nothing."""

from __future__ import annotations

from causeway_core.analysis.candidate import DROP, Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import WRITE
from causeway_core.model import ValueKind

_SCALARS = frozenset({ValueKind.NONE, ValueKind.FALSE, ValueKind.TRUE, ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT, ValueKind.TEXT})

_NOT_TOLD = ("<", "…")
"""What stands in a shown tuple for an object, and for what was cut."""


def unchanged(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Drops a candidate whose two sides write the same constant, or whose own write restores what it read, if nothing else depends on it."""
    table = evidence.table
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.WRITE_WRITE_READ):
        return None
    own = candidate.last if candidate.pattern is Pattern.READ_WRITE_WRITE else candidate.first
    other = candidate.others[0]
    if int(table.op[own]) != WRITE or int(table.op[other]) != WRITE:
        return None
    if candidate.pattern is Pattern.READ_WRITE_WRITE and candidate.dependence == "data":
        return None
    if candidate.pattern is Pattern.READ_WRITE_WRITE and effects_of(candidate, evidence):
        return None
    if same_scalar(evidence, own, other):
        return Verdict(DROP, "both write the same value")
    return None


def same_scalar(evidence: Evidence, one: int, other: int) -> bool:
    """Whether two writes stored the same scalar value, or the same tuple of scalars."""
    table = evidence.table
    kind = int(table.vk[one])
    if kind != int(table.vk[other]) or (kind not in _SCALARS and kind != ValueKind.TUPLE):
        return False
    value = evidence.value(one)
    whole = value is not None and (kind in _SCALARS or not any(mark in value for mark in _NOT_TOLD))
    return whole and value == evidence.value(other)


def effects_of(candidate: Candidate, evidence: Evidence) -> list[int]:
    """The locations other than the window's own write that its read decides about: what would happen twice."""
    table, graph = evidence.table, evidence.flow.graph
    read = evidence.read_node(int(table.site[candidate.first]))
    own = evidence.write_node(int(table.site[candidate.last]))
    if read is None or own is None:
        return []
    own_place = evidence.flow.place(own)
    return [
        node
        for node in graph.decided_writes(read)
        if node != own and not graph.nodes[node].private and not _same_target(evidence, node, own_place.name, own_place.shape, own_place.function)
    ]


def _same_target(evidence: Evidence, node: int, name: str | None, shape: str, function: str) -> bool:
    place = evidence.flow.place(node)
    return (place.name, place.shape, place.function) == (name, shape, function)
