"""The expressions of a function whose values an editor shows beside its lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from causeway_adapter.lsp.parsed import parsed

_UNSEEN = frozenset({"annotation", "returns", "decorator_list", "type_params", "func"})


def expressions(text: str, first: int, last: int, stopped: int) -> list[tuple[str, int, int, int]]:
    """The names and attribute chains on lines `first` to `last` of the function that holds the stopped line, each once a line:
    (text, line, column in bytes, end column). Empty for what does not parse.
    """
    known = parsed(text)
    if known is None:
        return []
    functions = [node for node in known.functions if _holds(node, stopped)]
    scope: ast.AST = max(functions, key=lambda node: node.lineno, default=known.tree)
    found: dict[tuple[str, int], tuple[str, int, int, int]] = {}
    for node in _evaluated(scope):
        chain = _chain(node)
        if chain and isinstance(node, ast.expr | ast.arg) and first <= node.lineno <= last and node.lineno == node.end_lineno:
            found.setdefault((chain, node.lineno), (chain, node.lineno, node.col_offset, node.end_col_offset or node.col_offset))
    return sorted(found.values(), key=lambda each: each[1:3])


def _evaluated(scope: ast.AST) -> Iterator[ast.AST]:
    """What has a value worth seeing: no annotations and decorators, and of a method that is called only its object."""
    waiting = [scope]
    while waiting:
        node = waiting.pop()
        yield node
        for name, value in ast.iter_fields(node):
            if name not in _UNSEEN:
                children = value if isinstance(value, list) else [value]
                waiting += [child for child in children if isinstance(child, ast.AST)]
        if isinstance(node, ast.Call):
            waiting += [node.func.value] if isinstance(node.func, ast.Attribute) else [] if isinstance(node.func, ast.Name) else [node.func]


def _holds(node: ast.FunctionDef | ast.AsyncFunctionDef, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _chain(node: ast.AST) -> str:
    """`x` or `x.y.z`, else ""."""
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name):
        return node.id
    inner = _chain(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, ast.Attribute) else ""
