"""What stands around a place in the recorded sources."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Texts:
    """The recorded sources as trees, each parsed when first asked for. Nothing is executed; a file that does not parse holds nothing."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def tree(self, path: str) -> ast.Module | None:
        """The tree of a file."""
        text = self._sources.get(path)
        return None if text is None else _parsed(text)

    def around(self, path: str, line: int) -> list[ast.AST]:
        """The nodes of the innermost function (or the module) that span a line, outermost first; the function itself is the first."""
        tree = self.tree(path)
        if tree is None:
            return []
        found: list[ast.AST] = [tree]
        node: ast.AST | None = tree
        while node is not None:
            node = next((child for child in ast.iter_child_nodes(node) if _spans(child, line)), None)
            if node is not None:
                found.append(node)
        starts = [index for index, each in enumerate(found) if isinstance(each, FunctionNode)]
        return found[starts[-1] :] if starts else found

    def function(self, path: str, line: int) -> FunctionNode | None:
        """The innermost function around a line."""
        around = self.around(path, line)
        return around[0] if around and isinstance(around[0], FunctionNode) else None

    def functions(self) -> Iterator[tuple[str, FunctionNode]]:
        """All functions with their files."""
        for path in self._sources:
            tree = self.tree(path)
            if tree is not None:
                yield from ((path, node) for node in ast.walk(tree) if isinstance(node, FunctionNode))

    def classes(self, name: str) -> Iterator[ast.ClassDef]:
        """All classes of a name."""
        trees = (self.tree(path) for path in self._sources)
        yield from (node for tree in trees if tree is not None for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name)

    def calls(self) -> Iterator[ast.Call]:
        """All calls of all files."""
        for path in self._sources:
            tree = self.tree(path)
            if tree is not None:
                yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))

    def mentions(self, attribute: str) -> bool:
        """Whether an attribute of a name is used anywhere, as that of a method that is called or handed on."""
        trees = (self.tree(path) for path in self._sources)
        return any(isinstance(node, ast.Attribute) and node.attr == attribute for tree in trees if tree is not None for node in ast.walk(tree))

    def in_row(self, first: str, second: str) -> list[FunctionNode]:
        """The functions that call one function (by its bare name, or are it) and further down another."""
        found = []
        for _, function in self.functions():
            lines: dict[str, list[int]] = {first: [], second: []}
            for node in own_nodes(function):
                if isinstance(node, ast.Call) and called(node) in lines:
                    lines[called(node)].append(node.lineno)
            begins = [function.lineno] if function.name == first else lines[first]
            ends = [function.end_lineno or function.lineno] if function.name == second else lines[second]
            if begins and ends and min(begins) < max(ends):
                found.append(function)
        return found

    def reachable(self, start: FunctionNode) -> set[FunctionNode]:
        """The functions that a function may lead to, by the bare names it calls: an over-approximation, itself included."""
        by_name: defaultdict[str, list[FunctionNode]] = defaultdict(list)
        for _, function in self.functions():
            by_name[function.name].append(function)
        found, waiting = {start}, [start]
        while waiting:
            for node in ast.walk(waiting.pop()):
                name = called(node) if isinstance(node, ast.Call) else ""
                for target in by_name.get(name, ()):
                    if len(by_name[name]) <= _MOST_NAMESAKES and target not in found:
                        found.add(target)
                        waiting.append(target)
        return found


_MOST_NAMESAKES = 3


def called(call: ast.Call) -> str:
    """The bare name of what a call calls."""
    return last_name(call.func)


def last_name(node: ast.AST) -> str:
    """The last part of a dotted name, empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    stack = list(ast.iter_child_nodes(function))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(node))


@lru_cache(maxsize=64)
def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _spans(node: ast.AST, line: int) -> bool:
    start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if start is None or end is None:
        return any(_spans(child, line) for child in ast.iter_child_nodes(node))
    decorated = min([start, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    return bool(decorated <= line <= end)
