"""Containers that never leave the function that made them: reading them tells nothing about sharing, so reads need no taps.

A local is private when every binding of it is a fresh list, dict or set and every use is one that cannot let another actor reach the
container. Writes are recorded all the same: time travel needs them.
"""

import ast
from typing import Any

from causeway.weave.names import FUNCTION_NODES

FRESH = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
LOOKERS = frozenset("len list sorted sum min max any all tuple set frozenset dict enumerate range zip reversed bool str repr print".split())


class PrivateContainers:
    """Finds the private containers of one function; `shadowed` are built-in names that the module binds itself."""

    def __init__(self, body: list[ast.stmt], outside: set[str], shadowed: set[str]) -> None:
        self.made: set[str] = set()
        self.escaped: set[str] = set(outside)
        self._lookers = LOOKERS - shadowed
        for statement in body:
            self._visit(statement)

    @property
    def names(self) -> frozenset[str]:
        """The private locals."""
        return frozenset(self.made - self.escaped)

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            self.escaped.add(node.id)
            return
        if isinstance(node, (*FUNCTION_NODES, ast.ClassDef, ast.GeneratorExp)):
            self._forfeit(node)
            return
        for child in self._leaking(node):
            if child is not None:
                self._visit(child)

    def _forfeit(self, node: ast.AST) -> None:
        """Everything that an inner function may access, at any later time, from any actor."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                self.escaped.add(inner.id)
        self.escaped.add(getattr(node, "name", ""))

    def _leaking(self, node: Any) -> list[Any]:
        """The children of `node` in which a name may become known to others."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and self._is_fresh(node.value):
            self.made.add(node.targets[0].id)
            return [node.value]
        if isinstance(node, ast.Subscript):
            return [self._unless_name(node.value), node.slice]
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, (ast.For, ast.comprehension)):
            return [self._unless_name(node.iter), *(child for child in ast.iter_child_nodes(node) if child is not node.iter)]
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return [node.left, self._unless_name(node.comparators[0])]
        if isinstance(node, (ast.If, ast.While)):
            return [self._unless_name(node.test), *node.body, *node.orelse]
        if isinstance(node, ast.Return) and node.value is not None:
            return [self._unless_name(node.value)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return [self._unless_name(node.operand)]
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            self.escaped.update(node.names)
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            self.escaped.add(node.name)
        if isinstance(node, ast.MatchMapping) and node.rest:
            self.escaped.add(node.rest)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.escaped.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        return list(ast.iter_child_nodes(node))

    def _unless_name(self, node: ast.expr) -> ast.expr | None:
        return None if isinstance(node, ast.Name) else node

    def _is_fresh(self, value: ast.expr) -> bool:
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
            return isinstance(value.left, ast.List) or isinstance(value.right, ast.List)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id in ("list", "dict", "set") and value.func.id in self._lookers
        return isinstance(value, FRESH)

    def _call(self, node: ast.Call) -> list[Any]:
        rest: list[Any] = [keyword.value for keyword in node.keywords]
        func = node.func
        if isinstance(func, ast.Attribute):
            # Methods of built-in containers do not hand the container itself on.
            return [self._unless_name(func.value), *node.args, *rest]
        if isinstance(func, ast.Name) and func.id in self._lookers:
            return [*(self._unless_name(arg) for arg in node.args), *rest]
        return [func, *node.args, *rest]


def private_containers(node: Any, outside: set[str], shadowed: set[str]) -> frozenset[str]:
    """Names of the private containers of a function; `outside` are its parameters and the names it shares with other scopes."""
    return PrivateContainers(node.body, outside, shadowed).names

