"""Which writes of an initializer come before any other actor can have the object."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeGuard

from causeway_core.analysis.source_text import FunctionNode, Texts, called, last_name

_INITIALIZERS = frozenset({"__init__", "__post_init__"})
_DEEP = 4
"""How many calls deep the helpers and callers of an initializer are followed."""


class Initializers:
    """Answers from source text alone, by bare names: whatever may let the object out counts as doing so."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.sets_privately = lru_cache(maxsize=None)(self._sets_privately)
        """Whether an attribute is set at a line (path, line, attribute) by an initializer, or by a helper that only initializers call, before the
        object is let out: before `self` is passed on, stored, captured by an inner function, or bound to a method.
        """

    def _sets_privately(self, path: str, line: int, attribute: str) -> bool:
        function = self._texts.function(path, line)
        if function is None:
            return False
        sets = any(
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and (node.attr, node.lineno) == (attribute, line)
            and _is_name(node.value, _receiver(function))
            for node in ast.walk(function)
        )  # fmt: skip
        return sets and self._is_private(function, line, _DEEP)

    def _is_private(self, function: FunctionNode, line: int, deep: int) -> bool:
        """Whether only initializers lead to a line of a method, and none lets the object out before."""
        home = self._texts.class_of(function)
        if home is None or self._publishes(function, _end_of_loops(function, line), deep):
            return False
        if function.name in _INITIALIZERS:
            return not self._makes_instances(home, deep)
        callers = self._texts.calling({function.name}) if deep else []
        calls = [(caller, call.lineno) for caller in callers for call in self._texts.own_calls(caller) if called(call) == function.name]
        return {caller for caller, _ in calls} == set(callers) != set() and all(self._is_private(caller, at, deep - 1) for caller, at in calls)

    def _makes_instances(self, home: ast.ClassDef, deep: int) -> bool:
        """Whether a class decides itself which object is initialized (`__new__`, a metaclass): that may be one that others have."""
        own = any(isinstance(each, FunctionNode) and each.name == "__new__" for each in home.body)
        named = [list(self._texts.classes(last_name(base))) for base in home.bases] if deep else []
        # Where several classes have the name of a base, all of them must do so.
        return own or bool(home.keywords) or any(same and all(self._makes_instances(base, deep - 1) for base in same) for same in named)

    def _publishes(self, function: FunctionNode, before: int, deep: int) -> bool:
        """Whether a method lets its object out above a line."""
        receiver = _receiver(function)
        parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
        uses = [node for node in ast.walk(function) if _is_name(node, receiver) and node.lineno < before]
        return any(self._passes_on(use, parents, function, deep) for use in uses) or self._base_publishes(function, before, deep)

    def _passes_on(self, use: ast.AST, parents: dict[ast.AST, ast.AST], function: FunctionNode, deep: int) -> bool:
        """Whether a use of `self` lets it out: neither an attribute that holds data, nor a call of a method that does not."""
        if _is_captured(use, parents, function):
            return True
        attribute = parents[use]
        if not isinstance(attribute, ast.Attribute):
            call = attribute
            return not (isinstance(call, ast.Call) and called(call) in _INITIALIZERS)
        methods, call = self._texts.named(attribute.attr), parents[attribute]
        is_call = isinstance(call, ast.Call) and call.func is attribute
        if not methods or not isinstance(attribute.ctx, ast.Load):
            return is_call  # a method of a library, such as `start` of a thread
        return not is_call or not deep or any(self._publishes(method, _end(method), deep - 1) for method in methods)

    def _base_publishes(self, function: FunctionNode, before: int, deep: int) -> bool:
        """Whether the initializer of a base class that is called above a line lets the object out; those of libraries are taken not to."""
        home = self._texts.class_of(function)
        calls = any(called(call) in _INITIALIZERS and call.lineno < before for call in self._texts.own_calls(function))
        if home is None or not calls:
            return False
        bases = (base for each in home.bases for base in self._texts.classes(last_name(each)))
        methods = (each for base in bases for each in base.body if isinstance(each, FunctionNode) and each.name in _INITIALIZERS)
        return not deep or any(self._publishes(method, _end(method), deep - 1) for method in methods)


def _receiver(function: FunctionNode) -> str:
    """The name of the first parameter, empty where there is none."""
    parameters = [*function.args.posonlyargs, *function.args.args]
    return parameters[0].arg if parameters else ""


def _is_name(node: ast.AST, name: str) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == name


def _is_captured(use: ast.AST, parents: dict[ast.AST, ast.AST], function: FunctionNode) -> bool:
    """Whether an inner function or lambda of the method uses the name."""
    node = parents[use]
    while node is not function:
        if isinstance(node, FunctionNode | ast.Lambda):
            return True
        node = parents[node]
    return False


def _end(function: FunctionNode) -> int:
    return (function.end_lineno or function.lineno) + 1


def _end_of_loops(function: FunctionNode, line: int) -> int:
    """The line itself, or the one after the outermost loop around it: what stands in a loop may have run before."""
    loops = (node for node in ast.walk(function) if isinstance(node, ast.For | ast.While | ast.AsyncFor))
    return max((_last(node) + 1 for node in loops if node.lineno <= line <= _last(node)), default=line)


def _last(node: ast.For | ast.While | ast.AsyncFor) -> int:
    return node.end_lineno or node.lineno
