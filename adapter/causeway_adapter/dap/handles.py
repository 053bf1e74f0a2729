"""Integer handles that a client holds between two stops."""

from __future__ import annotations

from typing import Generic, TypeVar

from causeway_core.errors import ProtocolError

T = TypeVar("T")


class Handles(Generic[T]):
    """Numbers things for the client. All numbers become invalid when the program position changes (`clear`), and are never reused in the
    same conversation. So a late request with an old number gets an error instead of the wrong variables."""

    def __init__(self, what: str, first: int = 1) -> None:
        self._what = what
        self._next = first
        self._items: dict[int, T] = {}

    def add(self, item: T) -> int:
        """A new number for `item`."""
        number = self._next
        self._next += 1
        self._items[number] = item
        return number

    def get(self, number: object) -> T:
        """What `number` stands for. Raises ProtocolError for a dead or unknown number."""
        if not isinstance(number, int) or number not in self._items:
            raise ProtocolError(f"there is no {self._what} {number!r}", "it belonged to an earlier stop; ask again after the last `stopped`")
        return self._items[number]

    def clear(self) -> None:
        """Forget all numbers; they stay used."""
        self._items.clear()
