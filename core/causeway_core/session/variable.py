"""What a person sees of a value at a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from causeway_core.model import At, Mark, Value

if TYPE_CHECKING:
    from causeway_core.session.place import Place

RefKind = Literal["object", "tuple", "scope", "group"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Names something that has children, at a mark; a value, not an id: it is valid for the life of the session.

    `key` by kind: object: its `ObjectRef`; tuple: the `Value`; scope: the `Frame` and the scope kind; group: the children themselves.
    `expression` evaluates to it in its frame, "" where no expression does.
    """

    kind: RefKind
    mark: Mark
    key: object
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value. `text` is what to show, `type` a short type name ("" when unknown), `ref` is None for values without children.

    `named` and `indexed` count the children. `expression` evaluates to the value in the frame it was read from ("" if nothing does). `written_at` is
    the
    event that gave it this value, where known; `place` what a data breakpoint or a history on it is about, None when it has no place of its own.
    """

    name: str
    text: str
    type: str
    value: Value | None
    ref: Ref | None = None
    named: int = 0
    indexed: int = 0
    expression: str = ""
    written_at: At | None = None
    place: Place | None = None
