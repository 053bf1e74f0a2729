"""Whether code that makes a guarded UPDATE (`… WHERE id = ? AND status = ?`), or a DELETE, looks at whether it changed a row, by the text of its
function.
"""

from __future__ import annotations

import ast

from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes
from causeway_core.graph import SourcePlace

_ASKS = frozenset({"rowcount", "changes", "matched_count", "modified_count", "rows_affected"})
_RUNS = ("execute", "fetch", "scalar")
_COUNTS = "total_changes"


def guard_ignored(texts: Texts, read: SourcePlace, write: SourcePlace) -> bool:
    """Whether a function makes both statements, drops the result of the second, asks nothing about it, and afterwards returns what the first found.

    `total_changes` counts the earlier statements of its connection too: it tells something only to code that has read it before the UPDATE.
    """
    function = texts.function(write.path, write.line)
    if function is None or texts.function(read.path, read.line) is not function:
        return False
    nodes = list(own_nodes(function))
    drops = next((node for node in nodes if isinstance(node, ast.Expr) and node.lineno <= write.line <= (node.end_lineno or node.lineno)), None)
    if drops is None or not _executes(drops.value):
        return False
    last = drops.end_lineno or drops.lineno
    return not _asked(nodes, drops.lineno, last) and bool(_found(function, read) & _returned(nodes, last))


def _executes(value: ast.expr) -> bool:
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and called(call).startswith("execute")


def _asked(nodes: list[ast.AST], first: int, last: int) -> bool:
    """Whether something asks what the statement in these lines has changed, or makes another statement after it."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and (node.attr in _ASKS or (node.attr == _COUNTS and node.lineno < first)):
            return True
        if isinstance(node, ast.Call) and node.lineno > last and called(node).startswith(_RUNS):
            return True
    return False


def _found(function: FunctionNode, read: SourcePlace) -> set[str]:
    """The names that a function binds to what a statement finds, and to parts of it."""
    found = set[str]()
    for node in sorted((node for node in own_nodes(function) if isinstance(node, ast.Assign)), key=lambda node: node.lineno):
        if node.lineno <= read.line <= (node.end_lineno or node.lineno) or (node.lineno > read.line and found & _names(node.value)):
            found.update(*map(_names, node.targets))
    return found


def _returned(nodes: list[ast.AST], last: int) -> set[str]:
    """The names in what is returned after a line."""
    values = (node.value for node in nodes if isinstance(node, ast.Return) and node.lineno > last and node.value is not None)
    return {name for value in values for name in _names(value)}


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
