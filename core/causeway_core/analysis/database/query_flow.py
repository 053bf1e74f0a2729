"""Whether the result of one database statement decides about another, or flows into it, by the text of the functions that make both.

Follows names forwards through a function in text order: an approximation, for straight code, loops and branches alike. A statement that an object
mapper makes (when a session commits, when an object is saved) is derived from what the code did to the objects.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from causeway_core.analysis.source_text import FunctionNode, Texts, called, last_name, own_nodes
from causeway_core.graph import SourcePlace

Influence = Literal["", "decides", "given"]
"""Not at all; whether the second statement is made; what it is made with."""

_CONSUMES = ("next", "list", "tuple", "set", "dict", "len")
_DIRECT = ("execute", "fetch", "scalar")
_DEEP = 3
"""How many calls deep a statement may be made."""
_ADDS = ("add", "add_all", "merge", "bulk_save_objects")


@dataclass(frozen=True, slots=True)
class Written:
    """A writing statement: where, how, and which columns."""

    place: SourcePlace
    verb: str
    columns: Sequence[str] = ()


def influence(texts: Texts, read: SourcePlace, write: Written, *, existence: bool = True) -> Influence:
    """How a statement depends on an earlier one, in a function that makes both itself or through functions that it calls.

    Without `existence`, it does not count if the decision only asks whether something was found.
    """
    found: Influence = ""
    refuses = existence and _refuses(texts, read)
    for function, reads, writes in _makers(texts, read, write):
        how = _Walk(reads, writes, existence, refuses=refuses).follow(function.body, False)
        if how == "given":
            return how
        found = found or how
    return found


def _refuses(texts: Texts, read: SourcePlace) -> bool:
    """Whether the function that reads raises because of the result: its callers go on only where it did not."""
    home = texts.function(read.path, read.line)
    if home is None:
        return False
    walk = _Walk(list(_calls_at(texts, read)), [node for node in own_nodes(home) if isinstance(node, ast.Raise)], True)
    return walk.follow(home.body, False) == "decides"


def is_mapped(texts: Texts, write: Written) -> bool:
    """Whether an object mapper makes a statement: nothing on its line executes one."""
    calls = _calls_at(texts, write.place)
    return bool(calls) and not any(called(call).startswith(_DIRECT) for call in calls)


def recomputed(texts: Texts, columns: Sequence[str]) -> bool:
    """Whether an attribute by one of these names is computed from itself: `account.balance += amount`."""
    for _, function in texts.functions():
        for node in own_nodes(function):
            for target in _attributes_set(node, columns):
                value = getattr(node, "value", None)
                same = value is not None and any(
                    isinstance(each, ast.Attribute) and ast.unparse(each) == ast.unparse(target) for each in ast.walk(value)
                )
                if isinstance(node, ast.AugAssign) or same:
                    return True
    return False


def _calls_at(texts: Texts, place: SourcePlace) -> list[ast.Call]:
    home = texts.function(place.path, place.line)
    calls = texts.own_calls(home) if home is not None else []
    return [call for call in calls if call.lineno <= place.line <= (call.end_lineno or 0)]


def _attributes_set(node: ast.AST, columns: Sequence[str]) -> list[ast.Attribute]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
    return [target for target in targets if isinstance(target, ast.Attribute) and target.attr in columns]


def _makers(texts: Texts, read: SourcePlace, write: Written) -> Iterator[tuple[FunctionNode, list[ast.Call], list[ast.AST]]]:
    mapped = is_mapped(texts, write)
    reading, writing = _Makers(texts, read), _Makers(texts, write.place)
    for path, function in texts.functions():
        reads = reading.calls_in(path, function)
        if reads:
            writes: list[ast.AST] = list(writing.calls_in(path, function))
            writes += _mapped_in(function, write) if mapped else []
            if writes:
                yield function, reads, writes


class _Makers:
    """The calls that make the statement of a place: the execution itself, a call of its function or one that hands this to a pool, or a call of a
    function that does so.
    """

    def __init__(self, texts: Texts, place: SourcePlace) -> None:
        self._texts, self._place = texts, place
        self._home = texts.function(place.path, place.line)
        self._names = [] if self._home is None else [{self._home.name}]
        while self._names and len(self._names) < _DEEP:
            self._names.append({each.name for each in texts.calling(self._names[-1])})

    def calls_in(self, path: str, function: FunctionNode) -> list[ast.Call]:
        """Those of them that a function makes itself, by the shortest way."""
        if function is self._home and path == self._place.path:
            here = _calls_at(self._texts, self._place)
            return [call for call in here if called(call).startswith("execute")] or here
        for names in self._names:
            found = [call for call in self._texts.own_calls(function) if _leads_to(call, names)]
            if found or function.name in names:
                return found
        return []


def _leads_to(call: ast.Call, names: set[str]) -> bool:
    """Whether a call is of a function by one of these names, or is passed one."""
    return called(call) in names or any(last_name(each) in names for each in (*call.args, *(keyword.value for keyword in call.keywords)))


def _mapped_in(function: FunctionNode, write: Written) -> list[ast.AST]:
    """What a mapper makes the statement from: objects that are added, or attributes that are set."""
    if write.verb == "INSERT":
        return [node for node in own_nodes(function) if isinstance(node, ast.Call) and called(node) in _ADDS]
    return [node for node in own_nodes(function) if _attributes_set(node, write.columns)]


class _Walk:
    """One path through a function; collects the names and cursors that hold part of the result.

    `refuses`: a call that makes the read raises because of the result, unless that is the execution itself.
    """

    def __init__(self, reads: list[ast.Call], writes: list[ast.AST], existence: bool, *, refuses: bool = False) -> None:
        self._sources = {id(node) for node in reads}
        self._targets = {id(node) for node in writes}
        self._existence = existence
        self._refusals = {id(node) for node in reads if refuses and not called(node).startswith(_DIRECT)}
        self._names: set[str] = set()
        self._cursors: set[str] = set()

    def follow(self, body: list[ast.stmt], guarded: bool) -> Influence:
        """How the result reaches a write in these statements; `guarded`: the result decided that they run."""
        for statement in body:
            inner = _inner(statement)
            if inner and not isinstance(statement, FunctionNode | ast.ClassDef):
                how, guarded = self._compound(statement, inner, guarded)
            else:
                how = self._simple(statement, guarded)
            guarded = guarded or self._refuses(statement)
            if how:
                return how
        return ""

    def _compound(self, statement: ast.stmt, inner: list[ast.stmt], guarded: bool) -> tuple[Influence, bool]:
        tests = [each for name in ("test", "iter", "subject") if (each := getattr(statement, name, None)) is not None]
        here = guarded or any(self._tainted(test) and (self._existence or not _asks_existence(test)) for test in tests)
        if isinstance(statement, ast.For | ast.AsyncFor) and self._tainted(statement.iter, iterated=True):
            self._names.update(_names_in(statement.target))
        for item in getattr(statement, "items", []):
            if item.optional_vars is not None and self._tainted(item.context_expr):
                self._names.update(_names_in(item.optional_vars))
        for test in tests:
            self._walruses(test)
        how = self.follow(inner, here)
        if not how and isinstance(statement, ast.With | ast.AsyncWith):
            how = self._left(statement, here)
        # `if taken: return` guards all that comes after it.
        return how, guarded or (isinstance(statement, ast.If) and here and _leaves(statement.body))

    def _left(self, statement: ast.With | ast.AsyncWith, guarded: bool) -> Influence:
        """How the result reaches what a context manager writes when its body has ended: nothing, where the body raised."""
        writes = any(id(node) in self._targets for item in statement.items for node in ast.walk(item.context_expr))
        return "decides" if writes and (guarded or self._refuses(statement)) else ""

    def _refuses(self, statement: ast.stmt) -> bool:
        """Whether what follows a statement runs only if a call in it did not raise because of the result.

        Not so where a branch may skip the call, or a handler its error.
        """
        if isinstance(statement, ast.With | ast.AsyncWith) or (isinstance(statement, ast.Try) and not statement.handlers):
            return any(map(self._refuses, statement.body))
        return not _inner(statement) and any(id(node) in self._refusals for node in ast.walk(statement))

    def _simple(self, statement: ast.stmt, guarded: bool) -> Influence:
        writes = [node for node in ast.walk(statement) if id(node) in self._targets]
        if any(self._tainted(part) for node in writes for part in _parts(node)):
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
        """Notes that a cursor holds the result of the last statement that it executed."""
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
        """Whether an expression fetches from a cursor."""
        if isinstance(node, ast.Attribute):
            return (node.attr.startswith("fetch") or node.attr == "rowcount") and self._is_cursor(node.value)
        if isinstance(node, ast.Call):
            return called(node) in _CONSUMES and any(self._is_cursor(part) for part in node.args)
        return isinstance(node, ast.comprehension) and self._is_cursor(node.iter)

    def _is_cursor(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self._cursors


def _parts(write: ast.AST) -> list[ast.AST]:
    """What a write is made from: the arguments and receiver of a call, or the value of an attribute."""
    if isinstance(write, ast.Call):
        owner = [write.func.value] if isinstance(write.func, ast.Attribute) else []
        return [*owner, *write.args, *(each.value for each in write.keywords)]
    if isinstance(write, ast.AugAssign):
        return [write.target, write.value]
    return [value] if (value := getattr(write, "value", None)) is not None else []


def _asks_existence(test: ast.AST) -> bool:
    """Whether a test only asks whether something was found: `row is None`, `not row`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
        return isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
    return isinstance(test, ast.Name)


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    inner = [part for name in ("body", "orelse", "finalbody") for part in getattr(statement, name, [])]
    inner += [part for handler in getattr(statement, "handlers", []) for part in handler.body]
    return inner + [part for case in getattr(statement, "cases", []) for part in case.body]


def _leaves(body: list[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Return | ast.Raise | ast.Continue | ast.Break) for statement in body for each in ast.walk(statement))


def _names_in(target: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
