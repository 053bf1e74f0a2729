"""Positions of woven nodes: tracebacks, coverage and debuggers must see the lines they would see without weaving."""

import ast
import sys
from typing import Any, TypeVar

N = TypeVar("N", bound=ast.AST)

JUMPS_SIT_AT_STATEMENT = sys.version_info < (3, 12)
"""Whether the jump on a condition has the position of what is around the condition, unless this is a comparison."""
INLINED_COMPREHENSIONS = sys.version_info >= (3, 12)
BIG = 30
"""More elements than this and the compiler builds a display step by step (CPython's STACK_USE_GUIDELINE)."""


def at(node: N, place: Any) -> N:
    """Gives `node` the position of `place`."""
    node.lineno = place.lineno  # type: ignore[attr-defined]
    node.col_offset = place.col_offset  # type: ignore[attr-defined]
    node.end_lineno = place.end_lineno  # type: ignore[attr-defined]
    node.end_col_offset = place.end_col_offset  # type: ignore[attr-defined]
    return node


class _Nowhere:
    """A position that gives an instruction no line: it inherits the line of the instruction before it."""

    lineno = col_offset = end_lineno = end_col_offset = -1


NOWHERE = _Nowhere()


def attribute_place(node: ast.Attribute) -> Any:
    """Where the compiler places the access of an attribute: where the dotted chain spans lines, at the attribute's own name."""
    if node.lineno == node.end_lineno:
        return node
    place = ast.Pass()
    place.lineno = place.end_lineno = node.end_lineno  # type: ignore[assignment]
    place.end_col_offset = node.end_col_offset
    length = len(node.attr)
    place.col_offset = max(0, (node.end_col_offset or 0) - length)
    return place


def first_of(node: Any) -> Any:
    """The node whose instruction runs first when the expression or statement `node` is executed."""
    while True:
        step = _FIRST.get(type(node))
        if step is None:
            return node
        inner = step(node)
        if inner is None or inner is node:
            return node
        node = inner


def _display(node: Any) -> Any:
    items = node.elts
    if not items or isinstance(items[0], ast.Starred) or len(items) > BIG or _all_constant(items):
        return None
    return items[0]


def _all_constant(items: list[Any]) -> bool:
    return all(_constant(item) for item in items)


def _constant(node: Any) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _constant(node.operand)
    if isinstance(node, ast.BinOp):
        return _constant(node.left) and _constant(node.right)
    return isinstance(node, ast.Tuple) and _all_constant(node.elts)


def _dict(node: ast.Dict) -> Any:
    if not node.keys or node.keys[0] is None:
        return None
    run = 0
    while run < len(node.keys) and node.keys[run] is not None:
        run += 1
    if run > BIG // 2:
        return None
    if run > 1 and sys.version_info < (3, 14) and _all_constant(node.keys[:run]):
        return node.values[0]
    return node.keys[0]


def _comprehension(node: Any) -> Any:
    return node.generators[0].iter if INLINED_COMPREHENSIONS else None


def _function(node: Any) -> Any:
    if node.decorator_list:
        return node.decorator_list[0]
    return next((default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None), None)


def _targets(node: ast.Delete) -> Any:
    target = node.targets[0]
    while isinstance(target, (ast.Tuple, ast.List)) and target.elts:
        target = target.elts[0]
    return target


_FIRST: dict[type, Any] = {
    ast.Attribute: lambda node: node.value,
    ast.Subscript: lambda node: node.value,
    ast.Call: lambda node: node.func,
    ast.BinOp: lambda node: None if _constant(node) else node.left,
    ast.Compare: lambda node: node.left,
    ast.BoolOp: lambda node: node.values[0],
    ast.UnaryOp: lambda node: None if _constant(node) else node.operand,
    ast.IfExp: lambda node: node.test,
    ast.Tuple: _display,
    ast.List: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.JoinedStr: lambda node: node.values[0] if node.values and len(node.values) <= BIG else None,
    ast.FormattedValue: lambda node: node.value,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Await: lambda node: node.value,
    ast.Yield: lambda node: node.value,
    ast.YieldFrom: lambda node: node.value,
    ast.Starred: lambda node: node.value,
    ast.NamedExpr: lambda node: node.value,
    ast.Lambda: lambda node: next((default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None), None),
    ast.Expr: lambda node: node.value,
    ast.Assign: lambda node: node.value,
    ast.AugAssign: lambda node: node.target,
    ast.AnnAssign: lambda node: node.value,
    ast.Return: lambda node: node.value,
    ast.Delete: _targets,
    ast.If: lambda node: node.test,
    ast.While: lambda node: node.test,
    ast.For: lambda node: node.iter,
    ast.AsyncFor: lambda node: node.iter,
    ast.With: lambda node: node.items[0].context_expr,
    ast.AsyncWith: lambda node: node.items[0].context_expr,
    ast.Raise: lambda node: node.exc,
    ast.Assert: lambda node: node.test,
    ast.Match: lambda node: node.subject,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: lambda node: node.decorator_list[0] if node.decorator_list else None,
}
