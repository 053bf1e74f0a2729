"""Which locks an actor holds at an event."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import SyncFlag, SyncOp

_ACQUIRE = (SyncOp.ACQUIRED, SyncOp.SEM_ACQUIRED)
_RELEASE = (SyncOp.RELEASED, SyncOp.SEM_RELEASED)


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock (or semaphore) in an actor's hands. `acquisition` numbers all acquisitions of the recording in order: the same lock with another
    number was released in between. `released_at` is None if it never was."""

    object: int
    acquisition: int
    acquired_at: At
    released_at: At | None
    asynchronous: bool
    semaphore: bool


class HeldLocks:
    """Intervals of lock possession of every actor, from its acquisition to the release (by whomever).

    Built in one pass over the synchronization operations (about a second a million); a question costs a binary search and the number of
    locks held.
    """

    def __init__(self, recording: Recording, order: TotalOrder) -> None:
        self._order = order
        self._by_actor: dict[int, _Timeline] = {}
        self._build(recording)

    def at(self, actor: int, at: At) -> tuple[HeldLock, ...]:
        """What the actor holds when the event takes effect, in order of acquisition."""
        timeline = self._by_actor.get(actor)
        return timeline.at(self._order.key(at)) if timeline else ()

    def all(self) -> Iterator[tuple[int, HeldLock]]:
        """Every possession with its actor, in order of release."""
        for actor, timeline in self._by_actor.items():
            for lock in timeline.locks:
                yield actor, lock

    def _build(self, recording: Recording) -> None:
        columns = recording.sync_columns()
        chosen = np.flatnonzero(np.isin(columns["op"], [*_ACQUIRE, *_RELEASE]))
        chosen = chosen[self._order.sorted_index(columns["at"][chosen])]
        rows = zip(*(columns[name][chosen].tolist() for name in ("at", "actor", "op", "flags", "object")), strict=True)
        # By object, the acquisitions not yet released: actor, number, at, flags, semaphore.
        open_locks: dict[int, list[tuple[int, int, int, int, bool]]] = {}
        depth: dict[int, int] = {}
        for number, (at, actor, op, flags, object) in enumerate(rows):
            holders = open_locks.setdefault(object, [])
            if op in _ACQUIRE:
                if op == SyncOp.ACQUIRED and holders and holders[-1][0] == actor:
                    depth[object] = depth.get(object, 0) + 1
                else:
                    holders.append((actor, number, at, flags, op == SyncOp.SEM_ACQUIRED))
            elif depth.get(object, 0):
                depth[object] -= 1
            elif holders:
                own = next((i for i in range(len(holders) - 1, -1, -1) if holders[i][0] == actor), 0)
                self._close(object, holders.pop(own), at)
        for object, holders in open_locks.items():
            for holder in holders:
                self._close(object, holder, None)

    def _close(self, object: int, holder: tuple[int, int, int, int, bool], released_at: int | None) -> None:
        actor, number, acquired_at, flags, semaphore = holder
        lock = HeldLock(object, number, At(acquired_at), None if released_at is None else At(released_at), bool(flags & SyncFlag.ASYNC), semaphore)
        self._by_actor.setdefault(actor, _Timeline(self._order)).add(lock)


class _Timeline:
    """The possessions of one actor. Possessions nest few deep, so those open at a time are found by walking back from it."""

    def __init__(self, order: TotalOrder) -> None:
        self._order = order
        self.locks: list[HeldLock] = []
        self._sorted: list[tuple[tuple[int, int], tuple[float, int], HeldLock]] | None = None
        self._latest_end: list[tuple[float, int]] = []

    def add(self, lock: HeldLock) -> None:
        """Adds a possession; not after the first question."""
        self.locks.append(lock)

    def at(self, key: tuple[int, int]) -> tuple[HeldLock, ...]:
        """The possessions with acquisition before or at `key` and release after it."""
        spans = self._spans()
        held = []
        index = bisect_right(spans, key, key=lambda span: span[0]) - 1
        while index >= 0 and self._latest_end[index] > key:
            if spans[index][1] > key:
                held.append(spans[index][2])
            index -= 1
        return tuple(reversed(held))

    def _spans(self) -> list[tuple[tuple[int, int], tuple[float, int], HeldLock]]:
        if self._sorted is None:
            spans = [(self._order.key(lock.acquired_at), self._end(lock), lock) for lock in self.locks]
            self._sorted = sorted(spans, key=lambda span: span[0])
            latest: tuple[float, int] = (-2, 0)
            for _, end, _ in self._sorted:
                latest = max(latest, end)
                self._latest_end.append(latest)
        return self._sorted

    def _end(self, lock: HeldLock) -> tuple[float, int]:
        return (float("inf"), 0) if lock.released_at is None else self._order.key(lock.released_at)
