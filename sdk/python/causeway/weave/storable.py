"""From a freshly compiled module to the form that is stored: placeholders out, unwind handlers in."""

from __future__ import annotations

import struct
from types import CodeType
from typing import TYPE_CHECKING, Any

from causeway.weave.sites import PREFIX, TapRow
from causeway.weave.unwind import add_handler

if TYPE_CHECKING:
    from causeway.weave.patch import Recipe


def storable(code: CodeType, taps: list[TapRow]) -> tuple[CodeType, Recipe]:
    """Adds unwind handlers and takes the placeholders out of the constants; the recipe says where taps go."""
    constants = list(code.co_consts)
    places: list[tuple[int, int]] = []
    inner: list[tuple[int, Recipe]] = []
    unwind = final = None
    for index, constant in enumerate(constants):
        if type(constant) is CodeType:
            constants[index], recipe = storable(constant, taps)
            if recipe != ((), ()):
                inner.append((index, recipe))
        elif type(constant) is str and constant.startswith(PREFIX):
            number = int(constant[len(PREFIX) :])
            places.append((index, number))
            constants[index] = None
            kind = taps[number][0]
            if kind == "entry":
                unwind = number + 1
            elif kind == "return":
                final = index
    result = code.replace(co_consts=tuple(constants))
    if unwind is not None:
        with_handler = add_handler(result, None, final)
        if with_handler is not result:
            places.append((len(constants), unwind))
            result = with_handler
    return result, (tuple(places), tuple(inner))


def packed(rows: list[TapRow]) -> tuple[tuple[str, ...], bytes, tuple[Any, ...]]:
    """Kinds, rows and names as `_tap.make_packed` takes them."""
    kinds: dict[str, int] = {}
    names: dict[Any, int] = {}
    words = bytearray()
    for kind, site, name, site2 in rows:
        words += struct.pack("<4I", kinds.setdefault(kind, len(kinds)), site, names.setdefault(name, len(names)), site2)
    return tuple(kinds), bytes(words), tuple(names)
