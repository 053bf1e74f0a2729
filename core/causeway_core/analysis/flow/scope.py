"""Functions as units of the interpretation: their qualified names and their local names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, class body or module body. `parameters` are in order of position, without self or cls; `called` is the name calls use."""

    path: str
    qualname: str
    called: str
    node: FunctionNode
    parameters: tuple[str, ...]
    locals: frozenset[str]
    arguments: frozenset[str]
    accessor: str = ""
    """`get` or `set` for a property, which an attribute access calls."""
    variables: frozenset[str] = frozenset()
    """Those of `locals` that are not functions defined inside."""

    @property
    def key(self) -> str:
        """Names the scope in the joints of the graph."""
        return f"{self.path}:{self.first_line}:{self.qualname}"

    @property
    def first_line(self) -> int:
        """Line of the def (1 for a module)."""
        return getattr(self.node, "lineno", 1)


def scopes_of(tree: ast.Module, path: str) -> Iterator[Scope]:
    """The module body and every class body and function in it, outermost first."""
    yield Scope(path, "<module>", "", tree, (), frozenset(), frozenset())
    yield from _inner(tree, path, "", False)


def _inner(parent: ast.AST, path: str, prefix: str, in_class: bool) -> Iterator[Scope]:
    for node in _children(parent):
        if isinstance(node, ast.ClassDef):
            yield Scope(path, prefix + node.name, "", node, (), frozenset(), frozenset())
            yield from _inner(node, path, f"{prefix}{node.name}.", True)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            is_static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
            is_method = in_class and bool(arguments) and not is_static
            names = arguments[1:] if is_method else arguments
            names += [each.arg for each in node.args.kwonlyargs]
            called = prefix.rstrip(".").rpartition(".")[2] if node.name == "__init__" and in_class else node.name
            accessor = _accessor(node) if in_class else ""
            # A call never means the function of a property.
            called = "" if accessor else called
            bound = _locals(node)
            variables = bound - {each.name for each in _children(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
            yield Scope(path, prefix + node.name, called, node, tuple(names), bound, _arguments(node), accessor, variables)
            yield from _inner(node, path, f"{prefix}{node.name}.<locals>.", False)


def _accessor(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id == "property":
            return "get"
        if isinstance(decorator, ast.Attribute) and decorator.attr == "setter":
            return "set"
    return ""


def _children(parent: ast.AST) -> Iterator[ast.AST]:
    """Functions and classes directly within `parent`, however deep in its statements."""
    stack = list(reversed(list(ast.iter_child_nodes(parent))))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        else:
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """All parameters, self and starred ones too."""
    given = function.args
    return frozenset(each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg) if each is not None)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Names that the function binds itself, except those declared global or nonlocal."""
    bound = set(_arguments(function))
    foreign: set[str] = set()
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            foreign.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            bound.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
            continue
        if not isinstance(node, ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return frozenset(bound - foreign)
