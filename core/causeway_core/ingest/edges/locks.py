"""Locks and semaphores: release happens before the acquisition it enables, softly."""

from __future__ import annotations

from dataclasses import dataclass, field

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.wire.kinds import SyncFlag


@dataclass(slots=True)
class _Lock:
    owner: int = 0
    depth: int = 0
    released_at: int = 0
    released_by: int = 0


class Locks:
    """Mutual exclusion: an edge from each release to the next acquisition by another actor.

    Depth is counted by owner, so that re-entrant pairs make no edges whether or not the guest flagged both ends. A lock may be
    released by an actor that does not hold it (legal for `threading.Lock`).
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._locks: dict[int, _Lock] = {}

    def acquired(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor holds the lock from here on."""
        lock = self._locks.get(object)
        if lock is None:
            lock = self._locks[object] = _Lock()
        if lock.depth and lock.owner == actor:
            lock.depth += 1
            return
        if lock.released_by and lock.released_by != actor:
            note = "release" if flags & SyncFlag.BLOCKED else "earlier release"
            self._edges.add(lock.released_at, at, "lock", hard=False, object=object, note=note)
        lock.owner, lock.depth = actor, 1

    def released(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The lock is free, or held once less."""
        lock = self._locks.get(object)
        if lock is None:
            lock = self._locks[object] = _Lock()
        if lock.depth > 1 and lock.owner == actor:
            lock.depth -= 1
            return
        lock.depth, lock.released_at, lock.released_by = 0, at, actor


@dataclass(slots=True)
class _Semaphore:
    operations: list[tuple[int, int, int]] = field(default_factory=list)  # at, actor, flags (-1: a release)
    balance: int = 0
    deficit: int = 0


class Semaphores:
    """Counting semaphores: the k-th release enables the (k + initial)-th acquisition.

    The initial value is taken as the smallest that makes the recorded order possible. With 1 this is the order of a lock.
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._semaphores: dict[int, _Semaphore] = {}

    def acquired(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """One unit less is free."""
        semaphore = self._semaphores.setdefault(object, _Semaphore())
        semaphore.operations.append((at, actor, flags))
        semaphore.balance -= 1
        semaphore.deficit = max(semaphore.deficit, -semaphore.balance)

    def released(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """One unit more is free."""
        semaphore = self._semaphores.setdefault(object, _Semaphore())
        semaphore.operations.append((at, actor, -1))
        semaphore.balance += 1

    def finish(self) -> None:
        """Pairs releases with acquisitions, once all operations are known."""
        for object, semaphore in self._semaphores.items():
            releases = [row for row in semaphore.operations if row[2] < 0]
            acquisitions = [row for row in semaphore.operations if row[2] >= 0]
            for (src, releaser, _), (dst, acquirer, flags) in zip(releases, acquisitions[semaphore.deficit :], strict=False):
                if releaser != acquirer:
                    note = "release" if flags & SyncFlag.BLOCKED else "earlier release"
                    self._edges.add(src, dst, "semaphore", hard=False, object=object, note=note)
