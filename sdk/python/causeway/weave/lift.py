"""Expressions that are woven twice: with their reads recorded, and unchanged for the time in which there is only one actor.

A read costs a tap even when it is not recorded, and the tap hides the operand from the interpreter's specialised instructions. `E` becomes
`E′ if ~T else E`, where E′ has the taps and the tap T says whether reads matter. Reads matter from the moment the second actor appears,
and that takes a call, so `E` must not read anything after its first call.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any

READS = frozenset(("owner", "item", "contains", "global", "cell", "read", "method"))
LOOKUPS = frozenset(("get", "copy", "items", "keys", "values", "index", "count"))
"""Methods that only read. For other methods the tap of the call records a change."""
LIFTED = (
    ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call, ast.Tuple, ast.List, ast.Dict, ast.JoinedStr,
)  # fmt: skip
"""What may be woven twice as a whole."""
_INSIDE = (*LIFTED, ast.Constant, ast.Name, ast.FormattedValue, ast.Slice, ast.Starred, ast.keyword)
_HEAVY = 2

Weigh = Callable[[ast.AST], int]


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression in the order in which they are evaluated, each after what it is made of."""
    parts: Any = ast.iter_child_nodes(node)
    if isinstance(node, ast.IfExp):
        parts = (node.test, node.body, node.orelse)
    elif isinstance(node, ast.Dict):
        parts = (part for pair in zip(node.keys, node.values, strict=True) for part in pair if part is not None)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        # The method is looked up, not read.
        parts = (node.func.value, *node.args, *node.keywords)
    for part in parts:
        if not isinstance(part, (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)):
            yield from _in_order(part)
    yield node


def worth_lifting(node: ast.expr, weigh: Weigh) -> bool:
    """Whether `node` can be woven twice and saves more than it costs; `weigh(part)`: 0 (no read), 1 (a light tap) or 2 (a heavy one)."""
    total = 0
    called = False
    for part in _in_order(node):
        if not isinstance(part, _INSIDE):
            return False
        weight = weigh(part)
        if weight < 0 or (weight and called):
            return False
        total += weight
        called = called or isinstance(part, ast.Call)
    return total >= _HEAVY
