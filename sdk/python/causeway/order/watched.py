"""The final values of the locations that an order names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Look = Callable[[], Any]

GONE = object()
ELEMENTS = 32


class Watched:
    """How to read each watched location again, learned when its place was passed."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(keys)
        self._looks: dict[str, Look] = {}
        self.seen: dict[str, str] = {}
        """Text of what each place held when it was passed first."""

    def is_watched(self, key: str) -> bool:
        """Whether the place is watched."""
        return key in self._keys

    def saw(self, key: str, look: Look) -> None:
        """Remembers how to read the location."""
        if key in self._keys:
            self._looks[key] = look
            self.note(key, look)

    def note(self, key: str, look: Look) -> None:
        """Keeps the current value, if it is the first one."""
        if key not in self._keys or key in self.seen:
            return
        try:
            value = look()
        except Exception:
            return
        if value is not GONE:
            self.seen[key] = shown(value)

    def values(self) -> dict[str, str]:
        """Text of every current value; places that were not reached, and values that no longer exist, are left out."""
        found = {}
        for key, look in self._looks.items():
            try:
                value = look()
            except Exception:
                continue
            if value is not GONE:
                found[key] = shown(value)
        return found


def shown(value: Any, depth: int = 1) -> str:
    """A value as text, without running code of the program."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str, bytes, complex):
        return repr(value)
    if depth and kind in (list, tuple, set, frozenset):
        items = sorted(value, key=repr) if kind in (set, frozenset) and _plain(value) else list(value)
        parts = ", ".join(shown(item, depth - 1) for item in items[:ELEMENTS])
        if kind is list:
            return f"[{parts}]"
        return f"({parts}{',' if len(items) == 1 else ''})" if kind is tuple else f"{{{parts}}}"
    if depth and kind is dict:
        return "{" + ", ".join(f"{shown(k, 0)}: {shown(v, depth - 1)}" for k, v in list(value.items())[:ELEMENTS]) + "}"
    return f"<{kind.__name__}>"


def _plain(values: Iterable[Any]) -> bool:
    return all(type(value) in (bool, int, float, str, bytes) for value in values)


def attribute(owner: Any, name: str) -> Look:
    """Reads an instance attribute from its storage."""

    def look() -> Any:
        try:
            stored = object.__getattribute__(owner, "__dict__")
        except AttributeError:
            stored = {}
        if name in stored:
            return stored[name]
        for base in type(owner).__mro__:
            if name in vars(base):
                slot = vars(base)[name]
                return slot.__get__(owner) if type(slot).__name__ == "member_descriptor" else slot
        return GONE

    return look


def item(container: Any, key: Any) -> Look:
    """Reads an item of a built-in container."""

    def look() -> Any:
        if isinstance(container, dict):
            return dict.get(container, key, GONE)
        return container[key] if type(container) in (list, tuple) else container

    return look


def of_global(names: dict[str, Any], name: str) -> Look:
    """Reads a module global."""
    return lambda: names.get(name, GONE)


def constant(value: Any) -> Look:
    """A value that was seen."""
    return lambda: value
