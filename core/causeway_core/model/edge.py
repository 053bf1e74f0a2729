"""Synchronization edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model.at import At

EdgeKind = Literal[
    "fork", "join", "begin", "call_soon", "timer", "wake", "lock", "semaphore", "event", "condition", "barrier",
    "queue", "future", "executor", "message", "spawn", "transaction", "program", "reads_from", "overwrites",
]
"""`program` (the same actor's previous step), `reads_from` and `overwrites` (the write before a write) are derived, never stored."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`src` happens before `dst`. `hard` edges are part of must-happens-before, soft ones (lock order) only of happens-before."""

    src: At
    dst: At
    kind: EdgeKind
    hard: bool
    object: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An immediate causal predecessor (or successor) of an event, with its reason in words.

    `reason` names the object, the actor and the place: "woken by release of Account.lock in task transfer-2, bank.py:31".
    """

    at: At
    actor: int
    kind: EdgeKind
    reason: str
