"""One link of a causal chain or slice."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.graph.place import SourcePlace
from causeway_core.model import At
from causeway_core.model.edge import EdgeKind


@dataclass(frozen=True, slots=True)
class Link:
    """An event, and in words how the link before it (its effect) came from it; the first link of a chain says what is explained.

    `kind` is that of the edge between the two; `program` within an actor.
    """

    at: At
    actor: int
    kind: EdgeKind
    text: str
    place: SourcePlace | None
