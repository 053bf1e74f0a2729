"""A location by its readable name, shared or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model import At, Value

PlaceKind = Literal["attribute", "item", "structure", "global", "cell", "local"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be read and written: the subject of `history`, `last_writer` and data breakpoints.

    By kind: attribute: `owner` is an object.id, `key` the name; item: `owner` and the key's `Value`; structure: all items of `owner`;
    global: `owner` is the source.id of the module, `key` the name; cell: `owner` is the cell's id on the wire, `source` the source.id
    of its module; local: `owner` is the activation (the event of its CALL). `name` is for people: `Account.balance`, `cache['a']`, `x in worker()`.
    """

    process: int
    kind: PlaceKind
    owner: int
    key: str | Value
    name: str
    source: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One access of a place: `text` is the value as shown, `actor_title` says who; `op` as in `model.Access`."""

    at: At
    actor: int
    actor_title: str
    op: str
    value: Value | None
    text: str
    path: str
    line: int
    function: str

    @property
    def writes(self) -> bool:
        """Whether the access changes the place."""
        return self.op in ("write", "delete", "mutate")


