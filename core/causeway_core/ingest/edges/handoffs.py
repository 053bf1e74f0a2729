"""Queues, futures and executors: what one actor passes to another."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.wire.kinds import SyncFlag


@dataclass(slots=True)
class _Queue:
    tokens: dict[int, tuple[int, int]] = field(default_factory=dict)  # item token: at, actor of its put
    unnamed: deque[tuple[int, int]] = field(default_factory=deque)  # puts without a token, oldest first
    last_get: tuple[int, int] = (0, 0)


class Queues:
    """The put of an item happens before its get (hard); a get that made room before the put that waited for it (soft).

    Items are paired by token; those without one in first-in first-out order.
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._queues: dict[int, _Queue] = {}
        self._requests: set[tuple[int, int]] = set()

    def request(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor is about to wait for room."""
        self._requests.add((actor, object))

    def put(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The item is in the queue."""
        queue = self._queues.setdefault(object, _Queue())
        waited = flags & SyncFlag.BLOCKED or (actor, object) in self._requests
        self._requests.discard((actor, object))
        if waited and queue.last_get[1] not in (0, actor):
            self._edges.add(queue.last_get[0], at, "queue", hard=False, object=object, note="get that made room")
        if extra:
            queue.tokens[extra] = (at, actor)
        else:
            queue.unnamed.append((at, actor))

    def get(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The item was taken."""
        queue = self._queues.setdefault(object, _Queue())
        queue.last_get = (at, actor)
        source = queue.tokens.pop(extra, None) if extra else None
        if source is None and not extra and queue.unnamed:
            source = queue.unnamed.popleft()
        if source is not None and source[1] != actor:
            self._edges.add(source[0], at, "queue", hard=True, object=object, note="item")


class Futures:
    """Setting a result happens before getting it; submission before the run; both hard.

    A result that was set inside the release of a lock only passes the lock on: it is soft, like the release.
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._results: dict[int, tuple[int, int, bool, str]] = {}
        self._submitted: dict[int, tuple[int, int, int]] = {}

    def set(self, at: int, actor: int, object: int, hard: bool, note: str) -> None:
        """The future is done."""
        self._results[object] = (at, actor, hard, note)

    def knows(self, object: int) -> bool:
        """Whether a result was set on this object."""
        return object in self._results

    def got(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The result was taken, or seen to be there."""
        result = self._results.get(object)
        if result is not None and result[1] != actor:
            self._edges.add(result[0], at, "future", hard=result[2], object=object, note=result[3])

    def submit(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """Work was given to an executor."""
        self._submitted[extra] = (at, actor, object)

    def forget_submissions(self) -> None:
        """The next process follows; tokens are per process."""
        self._submitted.clear()

    def run(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """A worker starts the work."""
        work = self._submitted.pop(extra, None)
        if work is not None and work[1] != actor:
            self._edges.add(work[0], at, "executor", hard=True, object=object or work[2] or None, note="submit")
