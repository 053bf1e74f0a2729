"""Which locks each access was made under, and for which acquisition.

A lock that is released and acquired again does not protect a window. So a *hold* (one acquisition up to its release) counts, not the lock: two
accesses are in one critical section if they share a hold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from causeway_core.analysis.evidence.operations import ACQUIRES, RELEASES, Operation


@dataclass(slots=True)
class Hold:
    """One acquisition by one actor: from `order` (at event `at`) to `until` (None: never released)."""

    id: int
    object: int
    actor: int
    order: int
    at: int
    flags: int
    until: int | None = None
    until_at: int | None = None


class Holds:
    """All holds of a recording, built in one pass over the lock operations in total order; a query is a binary search.

    `ignored` objects protect nothing: semaphores with several units, and locks that the interpreter holds for a thread. If another actor than the
    holder releases a lock (legal for `threading.Lock`), the holder's hold ends. Re-entrant acquisitions belong to the outermost hold.
    """

    def __init__(self, operations: Iterable[Operation], *, ignored: frozenset[int] = frozenset()) -> None:
        self.holds: list[Hold] = []
        self._signals: set[int] = set()
        self._ignored = ignored
        self._by_object: defaultdict[int, list[Hold]] | None = None
        self._changes: defaultdict[int, list[int]] = defaultdict(list)
        self._sets: defaultdict[int, list[frozenset[int]]] = defaultdict(list)
        current: defaultdict[int, dict[int, Hold]] = defaultdict(dict)
        depth: defaultdict[tuple[int, int], int] = defaultdict(int)
        holder: dict[int, int] = {}
        for operation in operations:
            if operation.op in ACQUIRES:
                self._acquire(operation, current, depth, holder)
            elif operation.op in RELEASES:
                self._release(operation, current, depth, holder)

    def _acquire(
        self, operation: Operation, current: defaultdict[int, dict[int, Hold]], depth: defaultdict[tuple[int, int], int], holder: dict[int, int]
    ) -> None:
        key = operation.actor, operation.object
        depth[key] += 1
        if depth[key] > 1:
            return
        hold = Hold(len(self.holds), operation.object, operation.actor, operation.order, operation.at, operation.flags)
        self.holds.append(hold)
        current[operation.actor][operation.object] = hold
        holder[operation.object] = operation.actor
        self._note(operation.actor, operation.order, current)

    def _release(
        self, operation: Operation, current: defaultdict[int, dict[int, Hold]], depth: defaultdict[tuple[int, int], int], holder: dict[int, int]
    ) -> None:
        actor = operation.actor if operation.object in current[operation.actor] else holder.get(operation.object, operation.actor)
        key = actor, operation.object
        if depth[key] > 1:
            depth[key] -= 1
            return
        depth[key] = 0
        if actor != operation.actor:
            self._signals.add(operation.object)
        hold = current[actor].pop(operation.object, None)
        if hold is not None:
            hold.until, hold.until_at = operation.order, operation.at
            self._note(actor, operation.order, current)

    def _note(self, actor: int, order: int, current: defaultdict[int, dict[int, Hold]]) -> None:
        self._changes[actor].append(order)
        self._sets[actor].append(frozenset(hold.id for hold in current[actor].values()))

    def heed(self, objects: frozenset[int]) -> None:
        """These do keep others out."""
        self._ignored -= objects

    def ignores(self, object: int) -> bool:
        """Whether an object excludes no other actor."""
        return object in self._ignored

    def signals(self, object: int) -> bool:
        """Whether an actor other than the holder ever released the lock. It is then used as a signal, and is acquired twice on purpose."""
        return object in self._signals

    def of(self, object: int) -> Sequence[Hold]:
        """All acquisitions of an object, in order."""
        if self._by_object is None:
            self._by_object = defaultdict(list)
            for hold in self.holds:
                self._by_object[hold.object].append(hold)
        return self._by_object.get(object, ())

    def held(self, actor: int, order: int) -> frozenset[int]:
        """Ids of the holds that `actor` has at `order`."""
        index = bisect_right(self._changes.get(actor, []), order) - 1
        return self._sets[actor][index] if index >= 0 else frozenset()

    def exclusive(self, holds: Iterable[int]) -> frozenset[int]:
        """The lock objects behind some holds that admit only one holder."""
        return frozenset(self.holds[hold].object for hold in holds) - self._ignored

    def locks(self, actor: int, order: int) -> frozenset[int]:
        """The exclusive locks that `actor` holds at `order`."""
        return self.exclusive(self.held(actor, order))

    def through(self, actor: int, first: int, last: int) -> frozenset[int]:
        """The exclusive locks that `actor` holds without a break from `first` to `last`."""
        return self.exclusive(self.held(actor, first) & self.held(actor, last))
