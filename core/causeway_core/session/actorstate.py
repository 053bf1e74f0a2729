"""The states of a recording's actors at a mark."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.model import Mark


@dataclass(frozen=True, slots=True)
class ActorState:
    """An actor at a mark. `state` is running, waiting, ready, finished or new; `words` describes it: "waiting for Account.lock held by task
    transfer-1".

    `mark` is its position there (its next event not yet in effect); `title` is "orders / task checkout-17" when there are several services.
    """

    actor: int
    service: str
    kind: str
    title: str
    state: str
    words: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ActorList:
    """The actors to show, the one at the mark first. `note` says how many were left out and why; None if none."""

    actors: tuple[ActorState, ...]
    total: int
    note: str | None
