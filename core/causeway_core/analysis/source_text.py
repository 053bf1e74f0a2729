"""The source text around a recorded place, as syntax trees."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Texts:
    """The recorded sources as trees, each parsed on first use and cached.

    Nothing is executed; a file that does not parse yields nothing. Not thread-safe.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._trees: dict[str, ast.Module | None] = {}
        self._around: dict[tuple[str, int], Sequence[ast.AST]] = {}
        self._own_calls: dict[FunctionNode, Sequence[ast.Call]] = {}

    def tree(self, path: str) -> ast.Module | None:
        """The tree of a file."""
        if path not in self._trees:
            text = self._sources.get(path)
            self._trees[path] = None if text is None else _parsed(text)
        return self._trees[path]

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[tuple[str, ast.AST]]]:
        """Classes, calls and attributes of all files, outermost first, with their files."""
        found: dict[type[ast.AST], list[tuple[str, ast.AST]]] = {kind: [] for kind in _KINDS}
        for path in self._sources:
            tree = self.tree(path)
            for node in ast.walk(tree) if tree is not None else ():
                if type(node) in found:
                    found[type(node)].append((path, node))
        return found

    def around(self, path: str, line: int) -> Sequence[ast.AST]:
        """The nodes of the innermost function (or the module) that span a line, outermost first; the function itself is the first. Cached."""
        if (path, line) not in self._around:
            self._around[path, line] = self._find_around(path, line)
        return self._around[path, line]

    def _find_around(self, path: str, line: int) -> Sequence[ast.AST]:
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

    def own_calls(self, function: FunctionNode) -> Sequence[ast.Call]:
        """The calls of a function without those of nested functions. Cached."""
        if function not in self._own_calls:
            self._own_calls[function] = [node for node in own_nodes(function) if isinstance(node, ast.Call)]
        return self._own_calls[function]

    @cached_property
    def _functions(self) -> list[tuple[str, FunctionNode]]:
        trees = ((path, self.tree(path)) for path in self._sources)
        return [(path, node) for path, tree in trees if tree is not None for node in ast.walk(tree) if isinstance(node, FunctionNode)]

    def functions(self) -> Iterator[tuple[str, FunctionNode]]:
        """All functions with their files."""
        yield from self._functions

    @cached_property
    def _functions_by_name(self) -> defaultdict[str, list[FunctionNode]]:
        found: defaultdict[str, list[FunctionNode]] = defaultdict(list)
        for _, function in self._functions:
            found[function.name].append(function)
        return found

    def named(self, name: str) -> Sequence[FunctionNode]:
        """All functions and methods of a name."""
        return self._functions_by_name.get(name, ())

    def classes(self, name: str) -> Iterator[ast.ClassDef]:
        """All classes of a name."""
        yield from (node for _, node in self._nodes[ast.ClassDef] if isinstance(node, ast.ClassDef) and node.name == name)

    def class_constants(self, name: str) -> Iterator[object]:
        """The values that class bodies bind a name to; an `ast.expr` where that is no constant."""
        statements = (each for _, node in self._nodes[ast.ClassDef] if isinstance(node, ast.ClassDef) for each in node.body)
        for statement in statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id=bound)], value=value) | ast.AnnAssign(target=ast.Name(id=bound), value=value) if bound == name:
                    yield value.value if isinstance(value, ast.Constant) else value

    def class_of(self, function: FunctionNode) -> ast.ClassDef | None:
        """The class in whose body a function stands."""
        return next((node for _, node in self._nodes[ast.ClassDef] if isinstance(node, ast.ClassDef) and function in node.body), None)

    def calls(self) -> Iterator[ast.Call]:
        """All calls of all files."""
        yield from (node for _, node in self._nodes[ast.Call] if isinstance(node, ast.Call))

    @cached_property
    def _attributes(self) -> frozenset[str]:
        return frozenset(node.attr for _, node in self._nodes[ast.Attribute] if isinstance(node, ast.Attribute))

    def mentions(self, attribute: str) -> bool:
        """Whether an attribute by this name is used anywhere, as a method that is called or passed on."""
        return attribute in self._attributes

    @cached_property
    def _calls_in(self) -> dict[str, dict[FunctionNode, tuple[int, int]]]:
        """By bare name, the functions that call it, or are it, with the first and last line where they do."""
        found: defaultdict[str, dict[FunctionNode, tuple[int, int]]] = defaultdict(dict)
        for _, function in self._functions:
            for node in self.own_calls(function):
                for name in _called_or_passed(node) - {function.name}:
                    first, last = found[name].get(function, (node.lineno, node.lineno))
                    found[name][function] = min(first, node.lineno), max(last, node.lineno)
            found[function.name][function] = function.lineno, function.end_lineno or function.lineno
        return dict(found)

    def calling(self, names: Iterable[str]) -> list[FunctionNode]:
        """The functions that call one of these functions (by bare name), or pass it on."""
        found = [self._calls_in.get(name, {}) for name in names if len(self._functions_by_name[name]) <= _MOST_NAMESAKES]
        return list(dict.fromkeys(function for each in found for function in each if function.name not in names))

    def in_row(self, first: str, second: str) -> list[FunctionNode]:
        """The functions that call one function (by bare name, or are it) and further down another."""
        ends = self._calls_in.get(second, {})
        return [function for function, (begins, _) in self._calls_in.get(first, {}).items() if function in ends and begins < ends[function][1]]

    def reachable(self, start: FunctionNode) -> set[FunctionNode]:
        """The functions that a function may call, directly or not, by bare names: an over-approximation, itself included."""
        by_name = self._functions_by_name
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
_KINDS = (ast.ClassDef, ast.Call, ast.Attribute)
_WAITS = frozenset({"wait", "wait_for", "sleep"})


def called(call: ast.Call) -> str:
    """The bare name of the called function."""
    return last_name(call.func)


def _called_or_passed(call: ast.Call) -> set[str]:
    """The bare names of the called function and of the functions passed to it: `to_thread(read, path)`."""
    passed = (each for each in (*call.args, *(keyword.value for keyword in call.keywords)) if isinstance(each, ast.Attribute | ast.Name))
    return {called(call), *map(last_name, passed)} - {""}


def last_name(node: ast.AST) -> str:
    """The last part of a dotted name, empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def without_partial(node: ast.expr) -> ast.expr:
    """The callable behind an expression that may be a `partial` of it."""
    while isinstance(node, ast.Call) and called(node) == "partial" and node.args:
        node = node.args[0]
    return node


def called_by(node: ast.expr) -> set[str]:
    """The bare names of what runs when a callback expression is called: also in a `partial`, and what a lambda calls."""
    node = without_partial(node)
    if isinstance(node, ast.Lambda):
        return {called(each) for each in ast.walk(node) if isinstance(each, ast.Call)} - {""}
    return {last_name(node)} - {""}


def loop_testing(around: Iterable[ast.AST], line: int) -> ast.While | None:
    """The `while` among some nodes whose condition stands on a line."""
    loops = (node for node in around if isinstance(node, ast.While))
    return next((loop for loop in loops if loop.test.lineno <= line <= (loop.test.end_lineno or 0)), None)


def waits(loop: ast.While) -> bool:
    """Whether a loop lets other actors run in each round: it awaits, sleeps or waits for a condition."""
    nodes = [each for statement in loop.body for each in ast.walk(statement)]
    return any(isinstance(each, ast.Await) or (isinstance(each, ast.Call) and called(each) in _WAITS) for each in nodes)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of nested functions."""
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
