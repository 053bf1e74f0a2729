"""Puts taps into a stored code object. This runs at every load, so it must be quick and import next to nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType
    from typing import Any

    Recipe = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, Any], ...]]
    """For a code object: (constant index, tap number) pairs, and (constant index, recipe) pairs of the code objects inside."""


def loaded(code: CodeType, recipe: Recipe, taps: Sequence[Any]) -> CodeType:
    """The code object with taps in their places."""
    constants = list(code.co_consts)
    places, inner = recipe
    for index, number in places:
        constants[index] = taps[number]
    for index, nested in inner:
        constants[index] = loaded(constants[index], nested, taps)
    return code.replace(co_consts=tuple(constants))
