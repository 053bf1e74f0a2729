"""Attributes that an order replaces, and that are restored in reverse."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ABSENT = object()


class Patches:
    """What an order changed in this process."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._ended = False

    def put(self, owner: Any, name: str, value: Any) -> None:
        """Sets an attribute until `undo`; the new value looks like the old one. Does nothing after `undo`."""
        if self._ended:
            return
        before = vars(owner).get(name, _ABSENT)
        original = getattr(owner, name)
        for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
            try:
                setattr(value, attribute, getattr(original, attribute))
            except (AttributeError, TypeError):
                pass
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name) if before is _ABSENT else setattr(owner, name, before))

    def also(self, undo: Callable[[], None]) -> None:
        """Adds another action to undo."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Restores everything."""
        self._ended = True
        while self._undo:
            self._undo.pop()()
