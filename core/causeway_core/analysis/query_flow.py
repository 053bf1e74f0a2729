"""Whether what one database statement found decides about another, or goes into it, by the text of the functions that make both.

Follows names forwards through a function, as its text goes: an approximation for straight code, loops and branches alike.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from causeway_core.analysis.text import FunctionNode, Texts, called, own_nodes
from causeway_core.graph import SourcePlace

Influence = Literal["", "decides", "given"]
"""Not at all; whether the second statement is made; what it is made with."""

_CONSUMES = ("next", "list", "tuple", "set", "dict", "len")


def influence(texts: Texts, read: SourcePlace, write: SourcePlace) -> Influence:
    """How the statement made at one place depends on that made at another, in a function that makes both itself or by functions it calls."""
    found: Influence = ""
    for function, reads, writes in _makers(texts, read, write):
        how = _Walk(reads, writes).follow(function.body, False)
        if how == "given":
            return how
        found = found or how
    return found


def _makers(texts: Texts, read: SourcePlace, write: SourcePlace) -> Iterator[tuple[FunctionNode, list[ast.Call], list[ast.Call]]]:
    homes = [texts.function(place.path, place.line) for place in (read, write)]
    names = [home.name if home is not None else "" for home in homes]
    for path, function in texts.functions():
        sides: list[list[ast.Call]] = []
        for place, home, name in zip((read, write), homes, names, strict=True):
            calls = [node for node in own_nodes(function) if isinstance(node, ast.Call)]
            if function is home and path == place.path:
                here = [call for call in calls if call.lineno <= place.line <= (call.end_lineno or 0)]
                sides.append([call for call in here if called(call).startswith("execute")] or here)
            else:
                sides.append([call for call in calls if name and called(call) == name])
        if all(sides):
            yield function, sides[0], sides[1]


class _Walk:
    """One way through a function; collects the names, and the cursors, that hold something of what was read."""

    def __init__(self, reads: list[ast.Call], writes: list[ast.Call]) -> None:
        self._sources = {id(node) for node in reads}
        self._targets = {id(node) for node in writes}
        self._names: set[str] = set()
        self._cursors: set[str] = set()

    def follow(self, body: list[ast.stmt], guarded: bool) -> Influence:
        """What reaches a write of these statements; `guarded`: something read decided that they are executed."""
        for statement in body:
            inner = _inner(statement)
            if inner and not isinstance(statement, FunctionNode | ast.ClassDef):
                how, guarded = self._compound(statement, inner, guarded)
            else:
                how = self._simple(statement, guarded)
            if how:
                return how
        return ""

    def _compound(self, statement: ast.stmt, inner: list[ast.stmt], guarded: bool) -> tuple[Influence, bool]:
        tests = [each for name in ("test", "iter", "subject") if (each := getattr(statement, name, None)) is not None]
        # A source in the test is executed there: `if cursor.execute(…).fetchone():`.
        here = guarded or any(self._tainted(test) for test in tests)
        if isinstance(statement, ast.For | ast.AsyncFor) and self._tainted(statement.iter, iterated=True):
            self._names.update(_names_in(statement.target))
        for item in getattr(statement, "items", []):
            if item.optional_vars is not None and self._tainted(item.context_expr):
                self._names.update(_names_in(item.optional_vars))
        for test in tests:
            self._walruses(test)
        how = self.follow(inner, here)
        # `if taken: return` guards all that comes after it.
        return how, guarded or (isinstance(statement, ast.If) and here and _leaves(statement.body))

    def _simple(self, statement: ast.stmt, guarded: bool) -> Influence:
        writes = [node for node in ast.walk(statement) if id(node) in self._targets and isinstance(node, ast.Call)]
        if any(self._tainted(part) for call in writes for part in (*call.args, *(each.value for each in call.keywords))):
            return "given"
        if writes and guarded:
            return "decides"
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and self._tainted(statement.value):
            bound = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            self._names.update(name for target in bound for name in _names_in(target))
        self._walruses(statement)
        self._executes(statement)
        return ""

    def _walruses(self, node: ast.AST) -> None:
        self._names.update(each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr) and self._tainted(each.value))

    def _executes(self, statement: ast.stmt) -> None:
        """A cursor holds the answer of the last statement that it executed."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                cursor = ast.unparse(node.func.value)
                if id(node) in self._sources:
                    self._cursors.add(cursor)
                elif node.func.attr.startswith("execute"):
                    self._cursors.discard(cursor)

    def _tainted(self, node: ast.AST | None, *, iterated: bool = False) -> bool:
        if node is None:
            return False
        if iterated and self._is_cursor(node):
            return True
        return any(
            id(each) in self._sources or (isinstance(each, ast.Name) and each.id in self._names) or self._answers(each) for each in ast.walk(node)
        )

    def _answers(self, node: ast.AST) -> bool:
        """Whether an expression takes something out of a cursor."""
        if isinstance(node, ast.Attribute):
            return (node.attr.startswith("fetch") or node.attr == "rowcount") and self._is_cursor(node.value)
        if isinstance(node, ast.Call):
            return called(node) in _CONSUMES and any(self._is_cursor(part) for part in node.args)
        return isinstance(node, ast.comprehension) and self._is_cursor(node.iter)

    def _is_cursor(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self._cursors


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    inner = [part for name in ("body", "orelse", "finalbody") for part in getattr(statement, name, [])]
    inner += [part for handler in getattr(statement, "handlers", []) for part in handler.body]
    return inner + [part for case in getattr(statement, "cases", []) for part in case.body]


def _leaves(body: list[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Return | ast.Raise | ast.Continue | ast.Break) for statement in body for each in ast.walk(statement))


def _names_in(target: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
