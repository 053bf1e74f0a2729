"""`textDocument/inlineValue`: which names of the stopped function a debug session is to show the values of.

The values come from the session itself (recorded ones while it travels), so that they are those of its mark.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator

from lsprotocol import types

from causeway_adapter.lsp.parsed import parsed
from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server

_MOST = 500
_UNSEEN = frozenset({"annotation", "returns", "decorator_list", "type_params", "func"})


def register(server: Server) -> None:
    """Serves the method."""

    async def inline_value(params: types.InlineValueParams) -> list[types.InlineValue]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        lines = server.places.lines(path)
        stopped = params.context.stopped_location.start.line + 1
        nodes = await asyncio.to_thread(expressions, "\n".join(lines), params.range.start.line + 1, min(params.range.end.line + 1, stopped), stopped)
        values: list[types.InlineValue] = []
        for text, line, col, end_col in nodes[:_MOST]:
            where = server.places.range(lines, line, col, line, end_col)
            if text.isidentifier():
                values.append(types.InlineValueVariableLookup(range=where, variable_name=text, case_sensitive_lookup=True))
            else:
                values.append(types.InlineValueEvaluatableExpression(range=where, expression=text))
        return values

    server.feature(types.TEXT_DOCUMENT_INLINE_VALUE)(inline_value)


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
