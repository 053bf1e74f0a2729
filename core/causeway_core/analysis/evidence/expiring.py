"""Waits with a time limit that another actor ended in this run, and what the waiting actor would do as well had the limit ended them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causeway_core.analysis.evidence.evidence import Evidence, Order
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.table import Ints
from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.model import At
from causeway_core.wire.kinds import SyncOp

Place = Callable[[At], tuple[str, int] | None]
"""The file and line that were executing at an event."""

ENOUGH = 64
"""Waits of one recording that are looked at."""
_AHEAD = 64
"""Accesses of an actor after such a wait among which those that do not need its result are looked for."""
_ENDS = ("event", "condition")
_STREAM_SHIFT = 40


@dataclass(frozen=True, slots=True)
class _Rest:
    """The statements of a loop after a wait that runs in each round: they run whatever ended the wait."""

    function: FunctionNode
    path: str
    first: int
    last: int
    calls: frozenset[FunctionNode]
    """The functions that they may call, and that nothing calls after the function has ended."""


def with_expiring_waits(evidence: Evidence, place: Place) -> Evidence | None:
    """The evidence in an order in which waits with a time limit may have expired; None if there is no such wait.

    Only waits in a loop: there the program counts on the limit, which elsewhere may be no more than a safeguard. Such a wait orders what uses its
    result (`if stop.wait(1): break`), and what follows the loop, but not the rest of its round.
    """
    after: dict[int, int] = {}
    for wait in _ended_waits(evidence):
        found = place(At(wait.at))
        rest = None if found is None else _rest(evidence.texts, *found)
        if rest is not None:
            after.update((int(evidence.table.at[row]), wait.at) for row in _rows(evidence, wait, rest))
    return evidence.in_order(_ExpiringOrder(evidence, after)) if after else None


def _ended_waits(evidence: Evidence) -> list[Operation]:
    """The waits that a set or notify of another actor ended, some of each actor."""
    ends = (each for each in evidence.facts.operations if each.op == SyncOp.WAIT_END)
    found = [each for each in ends if any(edge.hard and edge.kind in _ENDS for edge in evidence.facts.edges_into(each.at, each.at))]
    return found[-ENOUGH:]


def _rest(texts: Texts, path: str, line: int) -> _Rest | None:
    """What follows a wait with a time limit in the same round of its loop, up to the first test of its result."""
    around = texts.around(path, line)
    loops = [node for node in around if isinstance(node, ast.While | ast.For)]
    if not around or not isinstance(around[0], FunctionNode) or not loops:
        return None
    function = around[0]
    for block in _blocks(loops[-1]):
        for index, statement in enumerate(block):
            names = _kept_in(statement) if statement.lineno <= line <= (statement.end_lineno or 0) else None
            if names is None:
                continue
            following: list[ast.stmt] = []
            for each in block[index + 1 :]:
                if _tests(each, names):
                    break
                following.append(each)
            if not following:
                return None
            last = following[-1].end_lineno or following[-1].lineno
            return _Rest(function, path, following[0].lineno, last, _only_called_in(texts, function, following))
    return None


def _blocks(loop: ast.While | ast.For) -> Iterator[Sequence[ast.stmt]]:
    """The lists of statements of a loop's body, without those of inner functions."""
    yield loop.body
    for node in (each for statement in loop.body for each in (statement, *own_nodes(statement))):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _kept_in(statement: ast.stmt) -> frozenset[str] | None:
    """The expressions that tell what ended the wait of a statement: the local that keeps its result, or the state of the event.

    None if the statement is no wait with a time limit, or uses its result at once.
    """
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
    if not isinstance(value, ast.Call) or called(value) != "wait" or not isinstance(value.func, ast.Attribute) or not _limited(value):
        return None
    event = ast.unparse(value.func.value)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return frozenset({event, *(ast.unparse(each) for each in targets)})


def _limited(wait: ast.Call) -> bool:
    """Whether a call of `wait` has a time limit."""
    given = [*wait.args, *(each.value for each in wait.keywords if each.arg == "timeout")]
    return bool(given) and not (isinstance(given[0], ast.Constant) and given[0].value is None)


def _tests(statement: ast.stmt, names: frozenset[str]) -> bool:
    """Whether a statement decides something by one of these expressions."""
    tests = (node.test for node in ast.walk(statement) if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert))
    return any(isinstance(part, ast.expr) and ast.unparse(part) in names for test in tests for part in ast.walk(test))


def _only_called_in(texts: Texts, function: FunctionNode, statements: Sequence[ast.stmt]) -> frozenset[FunctionNode]:
    """The functions that these statements may call, without those that the callers of `function` call too."""
    calls = {called(node) for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Call)}
    outside = {called(call) for caller in texts.calling({function.name}) for call in texts.own_calls(caller)}
    starts = (target for name in calls - outside - {function.name} for target in texts.named(name))
    return frozenset(each for start in starts for each in texts.reachable(start))


def _rows(evidence: Evidence, wait: Operation, rest: _Rest) -> Iterator[int]:
    """The accesses of the rest of the round."""
    facts = evidence.facts
    actor = facts.work_of(wait.actor, wait.at)
    for row in evidence.rows_of(actor, wait.order + 1, 2**62, first=_AHEAD):
        site = facts.sites.get(abs(int(evidence.table.site[row])))
        if site is None:
            return
        path = facts.functions[site.function].path
        function = evidence.texts.function(path, site.line)
        if function is rest.function and not rest.first <= site.line <= rest.last:
            return
        if function is not rest.function and function not in rest.calls:
            return
        yield row


class _ExpiringOrder:
    """The order without what a wait with a time limit adds to it, for the accesses of the rest of its round."""

    def __init__(self, evidence: Evidence, after: Mapping[int, int]) -> None:
        self._order: Order = evidence.order
        self._arrivals = evidence.facts.edges_into
        self._after = after
        self._known: defaultdict[int, dict[int, bool]] = defaultdict(dict)

    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool:
        """Whether `a` happens before `b`."""
        ordered = self._order.happens_before(a, b, must=must)
        wait = self._after.get(b) if must else None
        if not ordered or wait is None or a >> _STREAM_SHIFT == b >> _STREAM_SHIFT:
            return ordered
        return self._arrives_later(wait, b) or self._order.happens_before(a, At(wait - 1), must=True)

    def _arrives_later(self, wait: int, b: At) -> bool:
        """Whether another synchronization after the wait orders the event too."""
        known = self._known[wait]
        if b not in known:
            known[b] = any(edge.hard for edge in self._arrivals(wait + 1, b))
        return known[b]

    def happen_before(self, a: Ints, b: Ints, *, must: bool = False) -> NDArray[np.bool_]:
        """`happens_before` of many pairs."""
        return np.array([self.happens_before(At(one), At(two), must=must) for one, two in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)
