"""Putting hooks into libraries written in Python."""

from __future__ import annotations

from causeway import _tap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def around(
    owner: Any,
    name: str,
    enter: Callable[[tuple[Any, ...], dict[str, Any]], Any] | None = None,
    leave: Callable[[Any, tuple[Any, ...], dict[str, Any], Any, BaseException | None], None] | None = None,
    **options: Any,
) -> None:
    """Replace the function `owner.name` by a `_tap.Around` of it. If it does not exist (another version of the library), a GAP record is written."""
    from causeway.boundary import emit

    hook = f"{owner.__name__}.{name}"
    function = vars(owner).get(name)
    if function is None:
        emit.gap(hook, "not found in this version of the library")
    elif type(function) is not _tap.Around:
        setattr(owner, name, _tap.Around(function, enter, leave, hook, **options))
