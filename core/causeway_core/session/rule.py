"""What a condition implies for one local, so that hits that it excludes need not be evaluated."""

from __future__ import annotations

import ast
import operator
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causeway_core.errors import EvaluationError
from causeway_core.session.bindings import Bindings
from causeway_core.session.evaluation import parsed
from causeway_core.session.past import Past
from causeway_core.session.sitetable import bits
from causeway_core.storage.rows import Chunk

_OPS: dict[type[ast.cmpop], int] = {ast.Lt: 0, ast.LtE: 1, ast.Eq: 2, ast.NotEq: 3, ast.GtE: 4, ast.Gt: 5}
_COMPARE: tuple[Callable[[Any, Any], Any], ...] = (operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt)
_MIRRORED = (5, 4, 2, 3, 1, 0)
_FALSE, _TRUE = 1, 2
_DEEPEST = 64
Term = tuple[str, int, float]


class Rule:
    """`name op number` as a part of a condition at the sites of one function: false there means that the condition is false."""

    def __init__(self, past: Past, bindings: Bindings, process: int, function: int, term: Term) -> None:
        self._past = past
        self._bindings = bindings
        self._process = process
        self._function = function
        self._name, self._op, self._number = term
        self._wires = bits(past.sites(process).bindings(function)[self._name])

    def possible(self, chunk: Chunk, kinds: int, sites: bytes) -> NDArray[np.uint32]:
        """The offsets of the records of these kinds and sites in a chunk that the rule does not exclude."""
        words = self._past.chunks.words(chunk)
        found = self._past.timeline(self._process).possible(chunk, words, kinds, sites, self._wires, self._op, self._number, self._known(chunk))
        return np.frombuffer(found, np.uint32)

    def _known(self, chunk: Chunk) -> bytes:
        """What holds where the chunk begins, for the activations of the function on the stack there."""
        timeline, pairs = self._past.timeline(self._process), list[int]()
        for segment in timeline.stack(timeline.locate(chunk.first_at))[:_DEEPEST]:
            activation = timeline.activation(segment.activation)
            if activation.function != self._function or activation.call_at >= chunk.first_at:
                continue
            held = self._bindings.locals(activation, chunk.first_at, [self._name]).get(self._name)
            number = held.value.payload if held is not None else None
            if isinstance(number, (int, float)):
                pairs += [activation.index, _TRUE if _COMPARE[self._op](number, self._number) else _FALSE]
        return struct.pack(f"<{len(pairs)}I", *pairs)


def rule_for(past: Past, bindings: Bindings, process: int, wires: Sequence[int], condition: str) -> Rule | None:
    """The rule that a condition gives at some sites; None where it says nothing of a local of their function alone."""
    table = past.sites(process)
    functions = {site.function for wire in wires if (site := table.site(wire)) is not None}
    if len(functions) != 1:
        return None
    function = functions.pop()
    own = table.bindings(function)
    term = next((term for term in terms(condition) if term[0] in own), None)
    return Rule(past, bindings, process, function, term) if term is not None else None


def terms(condition: str) -> list[Term]:
    """The comparisons of a name with a number of which all must hold for a condition to be true."""
    try:
        node = parsed(condition)
    except (SyntaxError, ValueError, RecursionError, MemoryError, EvaluationError):
        return []
    parts = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]
    found = []
    for part in parts:
        match part:
            case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[side]) if type(op) in _OPS and (number := _number(side)) is not None:
                found.append((name, _OPS[type(op)], number))
            case ast.Compare(left=side, ops=[op], comparators=[ast.Name(id=name)]) if type(op) in _OPS and (number := _number(side)) is not None:
                found.append((name, _MIRRORED[_OPS[type(op)]], number))
    return found


def _number(node: ast.expr) -> float | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    exact = isinstance(value, float) or (isinstance(value, int) and abs(value) < 1 << 53)
    return float(sign * value) if exact and isinstance(value, (int, float)) else None
