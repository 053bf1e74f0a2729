"""Arguments of requests, checked against the protocol's types before any handler reads them."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from causeway_core.errors import ProtocolError

from causeway_adapter.dap import protocol

LARGEST = 1 << 53
"""The largest whole number in JSON that every client and SQLite understand."""


def checked(command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """`arguments` without its nulls (clients send them for what they leave out). Raises ProtocolError that names what is missing or of another type.

    Properties that the protocol does not know are left as they are: configurations have their own.
    """
    return _object(_type_of(command), arguments, command)


@cache
def _type_of(command: str) -> Any:
    name = command[:1].upper() + command[1:]
    return getattr(protocol, f"{name}Arguments", None) or getattr(protocol, f"{name}RequestArguments", dict[str, Any])


@cache
def _fields(shape: Any) -> dict[str, tuple[Any, bool]]:
    """Type, and whether it must be there, of each property of a TypedDict."""
    hints = get_type_hints(shape, include_extras=True)
    return {name: (get_args(hint)[0], False) if get_origin(hint) is NotRequired else (hint, True) for name, hint in hints.items()}


def _object(shape: Any, value: dict[str, Any], where: str) -> dict[str, Any]:
    if not is_typeddict(shape):
        return value
    kept = {name: one for name, one in value.items() if one is not None}
    for name, (kind, required) in _fields(shape).items():
        if name in kept:
            kept[name] = _value(kind, kept[name], f"`{name}` of {where}")
        elif required:
            raise ProtocolError(f"malformed {where}: `{name}` is missing")
    return kept


def _value(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if is_typeddict(kind):
        _demand(isinstance(value, dict), where, "an object")
        return _object(kind, value, where)
    if origin is list:
        _demand(isinstance(value, list), where, "a list")
        return [_value(get_args(kind)[0], one, f"an entry of {where}") for one in value]
    if kind is int:
        _demand(isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST, where, "a whole number")
    elif kind is str:
        _demand(isinstance(value, str), where, "a text")
    elif kind is bool:
        _demand(isinstance(value, bool), where, "true or false")
    elif origin is Literal:
        _demand(isinstance(value, str), where, "a text")
    elif kind is dict or origin is dict:
        _demand(isinstance(value, dict), where, "an object")
    elif origin in (Union, UnionType):
        return value if type(value) in (*get_args(kind), NoneType) else _value(get_args(kind)[0], value, where)
    return value


def _demand(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise ProtocolError(f"malformed request: {where} is not {what}")
