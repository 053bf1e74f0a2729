"""The whole program's dependence graph, and finding a recorded site in it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from causeway_core.analysis.flow.graph import FlowGraph, Place, Role
from causeway_core.analysis.flow.scope import FunctionNode, Scope, scopes_of
from causeway_core.analysis.flow.statement import StatementFlow

_MOST_NAMESAKES = 6
"""A call by a name that more functions than this share is resolved to none of them."""

_NO_FUNCTIONS = ast.Constant | ast.Dict | ast.List | ast.Set | ast.Tuple | ast.ListComp | ast.SetComp | ast.DictComp | ast.JoinedStr

_SHAPES: Mapping[str, tuple[str, ...]] = {
    "attr": ("attribute",),
    "item": ("item",),
    "contains": ("contains",),
    "method": ("call",),
    "read": ("attribute", "name", "item", "call"),
    "truth": ("attribute", "name", "item"),
    "iterate": ("iterate",),
    "for": ("iterate",),
    "global": ("name",),
    "cell": ("name",),
    "local": ("name",),
    "param": ("name",),
}


def _bound(body: ast.ClassDef, *, to_none: bool) -> Iterable[str]:
    for statement in body.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_none(statement.value) == to_none:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _filled_attributes(module: ast.Module) -> Iterable[str]:
    """The attributes that are set to a literal or a display: their values are not functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, _NO_FUNCTIONS) and not _is_none(node.value):
            yield from (target.attr for target in node.targets if isinstance(target, ast.Attribute))


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


class Functions:
    """Every function of the program by its bare name: calls are resolved by that alone."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._by_name: defaultdict[str, list[Scope]] = defaultdict(list)
        self._accessors: defaultdict[tuple[str, str], list[Scope]] = defaultdict(list)
        for scope in scopes:
            self._by_name[scope.called].append(scope)
            if scope.accessor:
                self._accessors[scope.accessor, scope.node.name if isinstance(scope.node, ast.FunctionDef) else ""].append(scope)
        self._contents = frozenset(name for scope in scopes if isinstance(scope.node, ast.Module) for name in _filled_attributes(scope.node))

    def named(self, name: str) -> list[Scope]:
        """The functions a call of `name` may mean."""
        found = self._by_name.get(name, [])
        return found if len(found) <= _MOST_NAMESAKES else []

    def methods_named(self, name: str) -> list[Scope]:
        """The functions that a call of `object.name` may mean: methods, if any has that name, else a function that the object was given."""
        found = self.named(name)
        return [scope for scope in found if "." in scope.qualname] or found

    def stored_as(self, name: str) -> list[Scope]:
        """The functions that `object.name` may be without being called; none if the program stores tables and values under that name."""
        return [] if name in self._contents else self.methods_named(name)

    def accessors(self, which: str, name: str) -> list[Scope]:
        """The functions that `object.name` (`which` is get) or `object.name = …` (set) may call: those of properties."""
        found = self._accessors.get((which, name), [])
        return found if len(found) <= _MOST_NAMESAKES else []


class ProgramFlow:
    """Dependence between the places of a program, from its source texts by path. A file that does not parse has no places.

    Cost: about 10 us per line of source.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.graph = FlowGraph()
        scopes: list[Scope] = []
        for path, text in sources.items():
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue
            scopes.extend(scopes_of(tree, path))
        functions = Functions(scopes)
        classes = [scope.node for scope in scopes if isinstance(scope.node, ast.ClassDef)]
        self.class_names = frozenset(name for body in classes for name in _bound(body, to_none=False))
        """The names that class bodies bind to something other than None: attributes that instances have without an assignment."""
        self.class_nones = frozenset(name for body in classes for name in _bound(body, to_none=True)) - self.class_names
        """The names that class bodies bind to None alone."""
        self.functions: dict[tuple[str, int, str], FunctionNode] = {}
        for scope in scopes:
            StatementFlow(self.graph, functions, scope).run()
            self.functions[scope.path, scope.first_line, scope.qualname] = scope.node
        self._by_line: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for number, node in enumerate(self.graph.nodes):
            if node.place is not None:
                for line in range(node.place.line, min(node.place.end_line, node.place.line + 20) + 1):
                    self._by_line[node.place.path, line].append(number)

    def find(self, path: str, kind: str, line: int, col: int, end_line: int, end_col: int, name: str | None, role: Role) -> int | None:
        """The node of a recorded site (kinds: sdk/SPEC.md section 5); None if the source has no such place."""
        best, best_score = None, 0
        for number in self._by_line.get((path, line), ()):
            place = self.graph.nodes[number].place
            assert place is not None
            if place.role is not role or (kind == "method" and place.shape == "attribute"):
                continue
            exact = (place.line, place.col, place.end_line, place.end_col) == (line, col, end_line, end_col)
            inside = (line, col) <= (place.line, place.col) and (place.end_line, place.end_col) <= (end_line, end_col)
            around = (place.line, place.col) <= (line, col) and (end_line, end_col) <= (place.end_line, place.end_col)
            named = name is not None and place.name == name
            shaped = place.shape in _SHAPES.get(kind, ())
            # The site of a method call is that of what is called; the call begins there too.
            begins = kind == "method" and (place.line, place.col) == (line, col)
            score = 8 * exact + 4 * named + 5 * shaped + 3 * begins + 2 * inside + around
            if score > best_score and (exact or inside or around or named):
                best, best_score = number, score
        return best

    def place(self, node: int) -> Place:
        """The place of a node that `find` returned."""
        place = self.graph.nodes[node].place
        assert place is not None
        return place
