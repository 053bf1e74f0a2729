"""Statements that change a location, and statements that undo such a change."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from causeway_core.analysis.source_text import FunctionNode, called, last_name

UNDOES = {
    "append": ("remove", "pop", "discard"), "add": ("discard", "remove"), "appendleft": ("remove", "popleft"), "acquire": ("release",),
    "[]": ("del", "pop"), "future": ("set_result",),
}  # fmt: skip
TAKES = frozenset({"get", "get_nowait", "pop", "popleft", "popitem"})
GIVES = frozenset({"put", "put_nowait", "append", "appendleft", "add"})
_REVERSED = frozenset({("+", "-"), ("-", "+"), ("True", "False")})


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that changes a location: its target as text, what it does, and the statements around it, outermost first. `subject` is the name
    that the removed value is bound to, or the name of the value that is stored; of an item, its key. `value` is what an item is set to, or what is
    added or subtracted.
    """

    node: ast.stmt
    target: str
    does: str
    around: tuple[ast.AST, ...]
    subject: str = ""
    value: str = ""


@lru_cache(maxsize=4096)
def changes(function: FunctionNode) -> Sequence[Change]:
    """The changes of locations other than locals that a function makes, in text order. Cached: each is compared with its siblings."""
    return tuple(_changes(function, ()))


def _changes(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Change]:
    for child in ast.iter_child_nodes(node):
        inside = (*around, node)
        if isinstance(child, FunctionNode | ast.ClassDef | ast.Lambda):
            continue
        match child:
            case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target, op=ast.Add() | ast.Sub() as operator, value=value):
                yield Change(child, ast.unparse(target), "+" if isinstance(operator, ast.Add) else "-", inside, value=ast.unparse(value))
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=ast.Constant(value=value)) if value is None or isinstance(
                value, bool
            ):
                yield Change(child, ast.unparse(target), str(value), inside)
            case ast.Assign(targets=[ast.Subscript(value=ast.Attribute() | ast.Name() as owner, slice=key)], value=value):
                yield Change(child, ast.unparse(owner), "[]", inside, ast.unparse(key), ast.unparse(value))
            case ast.Assign(targets=targets, value=ast.Call() as call) if called(call) in ("create_future", "Future"):
                yield from (Change(child, target.id, "future", inside) for target in targets if isinstance(target, ast.Name))
            case ast.Delete(targets=[ast.Subscript(value=ast.Attribute() | ast.Name() as owner, slice=key)]):
                yield Change(child, ast.unparse(owner), "del", inside, ast.unparse(key))
            case ast.Expr(value=value) | ast.Assign(targets=[ast.Name()], value=value):
                method = _method(value)
                if method is not None:
                    yield Change(child, ast.unparse(method.func.value), method.func.attr, inside, _subject(child, method))
        yield from _changes(child, inside)


@dataclass(frozen=True, slots=True)
class _Method:
    func: ast.Attribute
    args: list[ast.expr]


def _method(value: ast.expr) -> _Method | None:
    """The call of a method on something other than a local, awaited or not."""
    match value:
        case ast.Await(value=inner):
            return _method(inner)
        case ast.Call(func=ast.Attribute(value=ast.Attribute() | ast.Subscript() | ast.Name()) as func, args=args):
            return _Method(func, args)
        case ast.IfExp(body=body):
            return _method(body)
    return None


def _subject(statement: ast.stmt, method: _Method) -> str:
    """The name that a statement binds the removed value to, or the value that it stores."""
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    return ast.unparse(method.args[0]) if method.args else ""


def is_undone_by(one: Change, other: Change) -> bool:
    """Whether the second change is of a kind that undoes the first. The caller compares the location and the value."""
    if one.does in TAKES:
        return other.does in GIVES
    return (one.does, other.does) in _REVERSED or other.does in UNDOES.get(one.does, ())


def sees_cancellation(handler: ast.ExceptHandler) -> bool:
    """Whether an except clause catches CancelledError."""
    names = {last_name(node) for node in ast.walk(handler.type)} if handler.type is not None else {"BaseException"}
    return bool(names & {"BaseException", "CancelledError"})


def touches(parts: Sequence[ast.AST], target: str) -> bool:
    """Whether some statements or expressions mention a location."""
    nodes = (node for part in parts for node in ast.walk(part))
    return any(isinstance(node, ast.Attribute | ast.Subscript | ast.Name) and ast.unparse(node) == target for node in nodes)
