"""Frames and their scopes at a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model import At, Mark
from causeway_core.session.variable import Ref

ScopeKind = Literal["locals", "closure", "globals", "result", "causality"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a stack at a mark.

    `mark` is the position at which the frame's own variables are read: the session's mark for synchronous frames, the creation or the send for
    the frames of a creator or caller. `label` is None for frames of code; a label frame ("awaited by", "created by task main", "called from
    service gateway") only separates and has no variables. `activation` is the event of the frame's CALL, 0 for a label. Lines count from 1.
    """

    mark: Mark
    activation: At
    actor: int
    function: str
    path: str
    source: int
    line: int
    column: int
    label: str | None = None

    @property
    def is_label(self) -> bool:
        """Whether this is a separator."""
        return self.label is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """A group of variables of a frame; `expensive` ones should not be opened unasked."""

    kind: ScopeKind
    name: str
    ref: Ref
    named: int
    expensive: bool
