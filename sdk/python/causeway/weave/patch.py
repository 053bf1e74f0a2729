"""From placeholder constants to tap objects: once to a storable form, then quickly at every load."""

from collections.abc import Sequence
from types import CodeType
from typing import Any

from causeway.weave.sites import PREFIX, TapRow
from causeway.weave.unwind import add_handler

Recipe = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, Any], ...]]
"""For a code object: (constant index, tap number) pairs, and (constant index, recipe) pairs of the code objects inside."""


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
            number = int(constant[len(PREFIX):])
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


def loaded(code: CodeType, recipe: Recipe, taps: Sequence[Any]) -> CodeType:
    """The code object with taps in their places."""
    constants = list(code.co_consts)
    places, inner = recipe
    for index, number in places:
        constants[index] = taps[number]
    for index, nested in inner:
        constants[index] = loaded(constants[index], nested, taps)
    return code.replace(co_consts=tuple(constants))
