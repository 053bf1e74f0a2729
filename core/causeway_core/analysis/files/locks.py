"""Locks on files and between processes. A recording does not show them, so they are inferred from the source text."""

from __future__ import annotations

import ast
from functools import lru_cache

from causeway_core.analysis.source_text import FunctionNode, Texts, called, own_nodes

_LOCKING = frozenset({"flock", "lockf", "locking", "FileLock", "SoftFileLock", "InterProcessLock", "Lock", "Semaphore"})
_OF_FILES = frozenset({"flock", "lockf", "locking"})
_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_MOST_CALLERS = 3
"""How far up from a function the one that takes the lock may be."""


class FileLocks:
    """Tells which places run under such a lock. A bare name in a call means whatever the project defines by that name."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._taking = lru_cache(maxsize=None)(self._take_lock)
        self._always = lru_cache(maxsize=None)(self._always_called_under)

    def around(self, path: str, line: int) -> bool:
        """Whether the function around a place, a statement around it, or one around every call of the function acquires such a lock."""
        around = self.texts.around(path, line)
        names = {called(node) for node in (ast.walk(around[0]) if around else ()) if isinstance(node, ast.Call)}
        if names & _LOCKING or any(isinstance(node, ast.With) and _named_lock(node) for node in around):
            return True
        function = around[0] if around else None
        return isinstance(function, FunctionNode) and self._always(function.name, _MOST_CALLERS)

    def enclose(self, path: str, first: int, last: int) -> bool:
        """Whether one statement that acquires a lock by a context manager of the project spans two lines of a function."""
        around = self.texts.around(path, first)
        return any(isinstance(node, ast.With | ast.AsyncWith) and last <= (node.end_lineno or 0) and self._takes_lock(node) for node in around)

    def enclose_calls(self, first: str, second: str) -> bool:
        """Whether a function that calls two others in sequence holds such a lock around both calls."""
        for function in self.texts.in_row(first, second):
            if _function_takes_lock(function) or self._always(function.name, _MOST_CALLERS):
                return True
            for node in own_nodes(function):
                if isinstance(node, ast.With | ast.AsyncWith) and self._takes_lock(node):
                    names = {called(each) for each in ast.walk(node) if isinstance(each, ast.Call)}
                    if {first, second} <= names:
                        return True
        return False

    def _takes_lock(self, node: ast.With | ast.AsyncWith) -> bool:
        return any(self._taking(_bare(item.context_expr)) for item in node.items)

    def _take_lock(self, name: str) -> bool:
        """Whether all context managers of the project by this name lock a file, or create a file exclusively."""
        if not name:
            return False
        found = [function for _, function in self.texts.functions() if function.name == name and _is_manager(function)]
        bodies: list[ast.AST] = [*found, *(each for each in self.texts.classes(name) if _enters(each))]
        return bool(bodies) and all(_locks_file(body) for body in bodies)

    def _always_called_under(self, name: str, left: int) -> bool:
        """Whether the function is called by its name, and only under such a lock."""
        calls = 0
        for _, function in self.texts.functions():
            held = [node for node in own_nodes(function) if isinstance(node, ast.With | ast.AsyncWith) and self._takes_lock(node)]
            under = {id(each) for node in held for statement in node.body for each in ast.walk(statement)}
            for node in self.texts.own_calls(function):
                if called(node) == name:
                    calls += 1
                    if id(node) not in under and not (left and function.name != name and self._always(function.name, left - 1)):
                        return False
        return calls > 0


def _function_takes_lock(function: ast.AST) -> bool:
    names = {called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
    return bool(names & _LOCKING) or any(_named_lock(node) for node in ast.walk(function) if isinstance(node, ast.With))


def _named_lock(node: ast.With) -> bool:
    words = {part for item in node.items for part in _words(item.context_expr)}
    return any("lock" in word.lower() or "mutex" in word.lower() for word in words)


def _bare(expression: ast.expr) -> str:
    return called(expression) if isinstance(expression, ast.Call) else ""


def _is_manager(function: FunctionNode) -> bool:
    return any(name in _MANAGERS for each in function.decorator_list for name in _words(each))


def _enters(node: ast.ClassDef) -> bool:
    return any(isinstance(each, FunctionNode) and each.name in ("__enter__", "__aenter__") for each in node.body)


def _locks_file(body: ast.AST) -> bool:
    words = _words(body)
    return bool(words & _OF_FILES) or "O_EXCL" in words


def _words(node: ast.AST) -> set[str]:
    return {name for each in ast.walk(node) for name in (getattr(each, "attr", None), getattr(each, "id", None)) if isinstance(name, str)}
