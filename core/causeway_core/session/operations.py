"""Operators and formatting with limits: no expression may hang or exhaust the memory."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from causeway_core.errors import EvaluationError

LARGEST = 1_000_000
"""Most items, characters, or bits of an integer, that an operation may make."""

_LONG_NUMBER = re.compile(r"\d{5,}")
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert, ast.Not: operator.not_,
}
_PLAIN = (type(None), bool, int, float, str, bytes, tuple, list, dict, set, frozenset, range)


def binary(op: ast.operator, left: Any, right: Any) -> Any:
    """`left op right` on plain values. Raises EvaluationError for anything else, for what is too large, and for Python's own errors."""
    function = _BINARY.get(type(op))
    if function is None or not isinstance(left, _PLAIN) or not isinstance(right, _PLAIN):
        raise EvaluationError(f"{type(op).__name__} of {type_name(left)} and {type_name(right)} is not evaluated", "it might run code of the program")
    _bound(op, left, right)
    return guarded(lambda: function(left, right))


def unary(op: ast.unaryop, value: Any) -> Any:
    """`op value` on a plain value."""
    if not isinstance(value, _PLAIN):
        raise EvaluationError(f"{type(op).__name__} of {type_name(value)} is not evaluated", "it might run code of the program")
    return guarded(lambda: _UNARY[type(op)](value))


def guarded(action: Callable[[], Any]) -> Any:
    """Runs an action on plain values; its errors become EvaluationErrors."""
    try:
        return action()
    except EvaluationError:
        raise
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError, MemoryError) as error:
        raise EvaluationError(f"{type(error).__name__}: {error}") from error


def formatted(value: Any, conversion: int, spec: str) -> str:
    """A replacement field of an f-string."""
    if _LONG_NUMBER.search(spec):
        raise EvaluationError("the format is too wide")
    if conversion == ord("r"):
        value = repr(value)
    elif conversion == ord("s"):
        value = str(value)
    elif conversion == ord("a"):
        value = ascii(value)
    return str(guarded(lambda: format(value, spec)))


def type_name(value: Any) -> str:
    """The name of a value's type in an error."""
    return str(getattr(value, "type_name", None) or type(value).__name__)


def _bound(op: ast.operator, left: Any, right: Any) -> None:
    too_large = False
    match op:
        case ast.Mult():
            for size, times in ((_length(left), right), (_length(right), left)):
                too_large |= size is not None and isinstance(times, int) and size * max(times, 0) > LARGEST
            too_large |= _bits(left) + _bits(right) > LARGEST
        case ast.Add():
            too_large = (_length(left) or 0) + (_length(right) or 0) > LARGEST
        case ast.Pow():
            too_large = isinstance(right, int) and right > 0 and _bits(left) * right > LARGEST
        case ast.LShift():
            too_large = isinstance(right, int) and _bits(left) + right > LARGEST
        case ast.Mod() if isinstance(left, (str, bytes)):
            too_large = bool(_LONG_NUMBER.search(left if isinstance(left, str) else left.decode("latin-1"))) or "*" in str(left)
    if too_large:
        raise EvaluationError("the result would be too large")


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, (str, bytes, tuple, list)) else None


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0
