"""Late initialization: an actor sets an attribute that a thread or task needs only after it has started that thread or task."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import READ, WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.source_text import FunctionNode, own_nodes
from causeway_core.model import ValueKind

SAMPLE = 24
ENOUGH = 3
_NOTHING = (ValueKind.NONE, ValueKind.ABSENT)


def late_initializations(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """An empty attribute is set once by an actor that has already started another, which reads it without checking it.

    A reader that can handle an empty attribute checks it. So a reader that does not was never meant to find it empty, whether or not that raises.
    """
    table = evidence.table
    for site in np.unique(table.site[table.op == WRITE]).tolist():
        given = 0
        for row in evidence.rows_at(site).tolist()[:SAMPLE]:
            if given >= ENOUGH or int(table.vk[row]) in _NOTHING or not _set_once(evidence, row):
                continue
            use = next((other for other in partners.near(row, row, writes=False) if _may_read_unset(evidence, row, other)), None)
            if use is not None:
                given += 1
                candidate = Candidate(Pattern.LATE_INITIALIZATION, "order_violation", row, row, (use,))
                yield candidate.lowered("latent", GOOD_ORDER)


def _set_once(evidence: Evidence, row: int) -> bool:
    """Whether it is the only write that puts something into an attribute in which nothing was."""
    table = evidence.table
    span = table.span(int(table.location[row]))
    place = evidence.facts.locations[int(table.location[row])]
    others = [each for each in range(span.start, span.stop) if table.writes[each] and each != row]
    nothing_first = bool(others) or place.key in evidence.flow.class_nones
    return place.kind == "attribute" and nothing_first and all(int(table.vk[each]) in _NOTHING and each < row for each in others)


def _may_read_unset(evidence: Evidence, write: int, use: int) -> bool:
    """Whether the user was started by the writer before the write, can come before it, and does not look whether anything is there."""
    table, facts = evidence.table, evidence.facts
    user, maker = facts.actors.get(facts.thread_of(int(table.actor[use]))), facts.thread_of(int(table.actor[write]))
    if user is None or user.kind == "callback" or int(table.op[use]) != READ or int(table.vk[use]) in _NOTHING:
        return False
    if evidence.started_in_step_of(use, write):
        return False  # a task runs only when its maker suspends
    started = facts.started_by(user.id, maker)
    if started is None or not started < evidence.at(write) or not evidence.concurrent(write, use):
        return False
    if evidence.locks_at(write) & evidence.locks_at(use):
        return False
    site = facts.sites.get(abs(int(table.site[use])))
    node = None if site is None else evidence.texts.function(facts.functions[site.function].path, site.line)
    return node is not None and not _is_checked(node, facts.locations[int(table.location[use])].key or "")


def _is_checked(function: FunctionNode, attribute: str) -> bool:
    """Whether a function compares an attribute or branches on it."""
    for node in own_nodes(function):
        match node:
            case ast.If(test=part) | ast.While(test=part) | ast.IfExp(test=part) | ast.Assert(test=part):
                asked: ast.AST = part
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                asked = node
            case _:
                continue
        if any(isinstance(each, ast.Attribute) and each.attr == attribute for each in ast.walk(asked)):
            return True
    return False
