"""Accesses of shared locations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model.at import At
from causeway_core.model.value import Value

AccessOp = Literal["read", "write", "delete", "test", "iterate", "mutate"]


@dataclass(frozen=True, slots=True)
class Location:
    """A shared place; `kind` is attribute, item, structure, global, cell, row or file. `name` is for people: `Account.balance`."""

    id: int
    process: int
    kind: str
    object: int | None
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """One recorded access of a location that more than one actor touched. `step` and `site` are ids."""

    at: At
    actor: int
    step: int
    location: int
    op: AccessOp
    site: int
    value: Value

    @property
    def writes(self) -> bool:
        """Whether the access changes the location."""
        return self.op in ("write", "delete", "mutate")
