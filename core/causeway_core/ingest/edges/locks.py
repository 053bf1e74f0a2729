"""Locks and semaphores: release happens before the acquisition it enables, softly."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.model.edge import EdgeKind
from causeway_core.wire.kinds import SyncFlag


@dataclass(slots=True)
class _Lock:
    owner: int = 0
    depth: int = 0
    released_at: int = 0
    released_by: int = 0
    handed: bool = False  # the release was another actor's than the owner's


class Locks:
    """Mutual exclusion: an edge from each release to the next acquisition by another actor.

    Depth is counted by owner, so re-entrant pairs make no edges, whether or not the guest flagged both ends. An actor that does not hold a lock
    may release it (legal for `threading.Lock`): that is a signal to the next actor that acquires it, and a hard edge. Locks inside libraries order
    nothing except as such a signal: the locks around starting and ending threads would order every two short threads.
    """

    def __init__(self, edges: EdgeRows, private: frozenset[int]) -> None:
        self._edges = edges
        self._private = private
        self._locks: dict[int, _Lock] = {}
        self._requests: set[tuple[int, int]] = set()

    def public(self, objects: frozenset[int]) -> None:
        """These locks belong to the program, even if no name refers to them."""
        self._private = frozenset(set(self._private) - objects)

    def request(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor is about to wait for the lock."""
        self._requests.add((actor, object))

    def acquired(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor holds the lock from here on."""
        lock = self._locks.get(object)
        if lock is None:
            lock = self._locks[object] = _Lock()
        if lock.depth and lock.owner == actor:
            lock.depth += 1
            return
        waited = flags & SyncFlag.BLOCKED or (actor, object) in self._requests
        self._requests.discard((actor, object))
        if lock.released_by and lock.released_by != actor and (lock.handed or object not in self._private):
            self._edges.add(lock.released_at, at, "lock", hard=lock.handed, object=object, note="release" if waited else "earlier release")
        lock.owner, lock.depth = actor, 1

    def released(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The lock is free, or held once less."""
        lock = self._locks.get(object)
        if lock is None:
            lock = self._locks[object] = _Lock()
        if lock.depth > 1 and lock.owner == actor:
            lock.depth -= 1
            return
        lock.handed = lock.depth > 0 and lock.owner != actor
        lock.depth, lock.released_at, lock.released_by = 0, at, actor


Gathering = tuple[EdgeKind, str]
"""Kind and note of the edges into an acquisition that comes after every release."""


def gathering_objects(database: sqlite3.Connection) -> dict[int, Gathering]:
    """The objects that are released by many and acquired once all have done so."""
    task_done: Gathering = ("queue", "task_done")
    types = {
        "%.Condition": task_done, "multiprocessing.queues.JoinableQueue": task_done,
        "%.TaskGroup": ("join", "end"), "trio.%Nursery": ("join", "end"), "trio.%MemoryChannelState": ("queue", "closed"),
    }  # fmt: skip
    return {
        row[0]: gathering for pattern, gathering in types.items()
        for row in database.execute("SELECT id FROM object WHERE type LIKE ?", (pattern,))
    }


@dataclass(slots=True)
class _Semaphore:
    releases: list[tuple[int, int]] = field(default_factory=list)  # at, actor
    acquisitions: list[tuple[int, int, bool]] = field(default_factory=list)  # at, actor, whether it waited
    initial: int = 0


class Semaphores:
    """Counting semaphores: the k-th release enables the (k + initial)-th acquisition, softly.

    The initial value is taken as the smallest that makes the recorded order possible. With 1 this is the order of a lock. Where a
    *gathering* object is released and acquired (the `all_tasks_done` of a queue: released by `task_done`, acquired by `join`; a
    TaskGroup: released by each task's end), an acquisition comes after every release before it, and must.
    """

    def __init__(self, edges: EdgeRows, gathering: Mapping[int, Gathering]) -> None:
        self._edges = edges
        self._gathering = gathering
        self._semaphores: dict[int, _Semaphore] = {}
        self._requests: set[tuple[int, int]] = set()

    def request(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor is about to wait for the semaphore."""
        self._requests.add((actor, object))

    def acquired(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """One unit less is free."""
        semaphore = self._semaphores.setdefault(object, _Semaphore())
        if object in self._gathering:
            self._gather(semaphore, at, actor, object)
            return
        waited = bool(flags & SyncFlag.BLOCKED) or (actor, object) in self._requests
        self._requests.discard((actor, object))
        semaphore.acquisitions.append((at, actor, waited))
        semaphore.initial = max(semaphore.initial, len(semaphore.acquisitions) - len(semaphore.releases))

    def released(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """One unit more is free."""
        self._semaphores.setdefault(object, _Semaphore()).releases.append((at, actor))

    def _gather(self, semaphore: _Semaphore, at: int, actor: int, object: int) -> None:
        last = {releaser: released_at for released_at, releaser in semaphore.releases}
        for releaser, released_at in last.items():
            if releaser != actor:
                kind, note = self._gathering[object]
                self._edges.add(released_at, at, kind, hard=True, object=object, note=note)
        semaphore.releases.clear()

    def finish(self) -> None:
        """Pairs releases with acquisitions, once all operations are known."""
        for object, semaphore in self._semaphores.items():
            for (src, releaser), (dst, acquirer, waited) in zip(semaphore.releases, semaphore.acquisitions[semaphore.initial :], strict=False):
                if releaser != acquirer:
                    self._edges.add(src, dst, "semaphore", hard=False, object=object, note="release" if waited else "earlier release")
