"""Positions of a time-travel session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model.at import At

StopReason = Literal["entry", "end", "step", "breakpoint", "data breakpoint", "exception", "race", "deadlock", "goto", "restart", "pause"]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A position in a recording: *before* the event `at` of `actor` takes effect."""

    actor: int
    at: At


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a movement ended and why; `text` says it to people in one sentence."""

    mark: Mark
    reason: StopReason
    text: str
