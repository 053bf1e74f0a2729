"""Events, conditions and barriers: what ends a wait."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from causeway_core.ingest.edges.edge_rows import EdgeRows


@dataclass(slots=True)
class _Waitable:
    is_set: bool = False
    set_at: int = 0
    set_by: int = 0
    set_count: int = 0
    waiting: dict[int, int] = field(default_factory=dict)  # actor: set_count when its wait began
    notify_count: int = 0
    last_notify: tuple[int, int, str] = (0, 0, "")
    began: dict[int, int] = field(default_factory=dict)  # actor: notify_count when its wait began
    queue: deque[int] = field(default_factory=deque)  # actors that wait for a notify, oldest first
    notified: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # actor: who notified it, where and how


class Waits:
    """A wait ends because of a set (events) or of a notify (conditions); a read of a set event is ordered after the set.

    A notify wakes the oldest waiters, as CPython's conditions do. A wait that ended without either (a timeout) has no edge.
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._waitables: dict[int, _Waitable] = {}

    def _waitable(self, object: int) -> _Waitable:
        known = self._waitables.get(object)
        if known is None:
            known = self._waitables[object] = _Waitable()
        return known

    def set(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The event is set from here on."""
        event = self._waitable(object)
        if not event.is_set:
            event.is_set, event.set_at, event.set_by = True, at, actor
            event.set_count += 1

    def clear(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The event is no longer set."""
        self._waitable(object).is_set = False

    def read(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor checked whether the event (or future) is set."""
        event = self._waitable(object)
        if event.is_set and event.set_by != actor:
            self._edges.add(event.set_at, at, "event", hard=True, object=object, note="seen")

    def begin(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor begins to wait."""
        waitable = self._waitable(object)
        if actor not in waitable.waiting:
            waitable.queue.append(actor)
        waitable.waiting[actor] = waitable.set_count
        waitable.began[actor] = waitable.notify_count

    def notify(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """Wakes `extra` waiters (one if not given)."""
        self._wake(self._waitable(object), max(extra, 1), (actor, at, "notify"))

    def notify_all(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """Wakes all waiters."""
        condition = self._waitable(object)
        self._wake(condition, len(condition.queue), (actor, at, "notify_all"))

    def _wake(self, condition: _Waitable, count: int, by: tuple[int, int, str]) -> None:
        condition.notify_count += 1
        condition.last_notify = by
        while count and condition.queue:
            condition.notified[condition.queue.popleft()] = by
            count -= 1

    def end(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The wait is over."""
        waitable = self._waitable(object)
        began = waitable.waiting.pop(actor, -1)
        if actor in waitable.queue:
            waitable.queue.remove(actor)
        by = waitable.notified.pop(actor, None)
        if by is None and waitable.began.pop(actor, waitable.notify_count) < waitable.notify_count:
            by = waitable.last_notify  # one notify(n) wakes n waiters, and n is not recorded
        if by is not None:
            if by[0] != actor:
                self._edges.add(by[1], at, "condition", hard=True, object=object, note=by[2])
        elif waitable.set_by not in (0, actor) and (waitable.is_set or 0 <= began < waitable.set_count):
            self._edges.add(waitable.set_at, at, "event", hard=True, object=object, note="set")

    def timeout(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The wait ended by itself."""
        waitable = self._waitable(object)
        waitable.waiting.pop(actor, None)
        waitable.began.pop(actor, None)
        waitable.notified.pop(actor, None)
        if actor in waitable.queue:
            waitable.queue.remove(actor)


@dataclass(slots=True)
class _Barrier:
    arrivals: list[tuple[int, int]] = field(default_factory=list)  # of the generation that fills: at, actor
    opened: dict[int, tuple[int, int]] = field(default_factory=dict)  # actor: last arrival of the generation it may leave


class Barriers:
    """Every arrival of a generation happens before every departure, by way of the last arrival (which opened the barrier).

    Who arrived last is recorded twice: the barrier's action, which it runs in between, comes after all arrivals and before all departures.
    """

    def __init__(self, edges: EdgeRows) -> None:
        self._edges = edges
        self._barriers: dict[int, _Barrier] = {}

    def arrive(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor waits at the barrier."""
        self._barriers.setdefault(object, _Barrier()).arrivals.append((at, actor))

    def leave(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor continues; the first to leave closes the generation."""
        barrier = self._barriers.setdefault(object, _Barrier())
        if actor not in barrier.opened and barrier.arrivals:
            last_at, last_actor = barrier.arrivals[-1]
            complete_at = next(arrived_at for arrived_at, arrived in barrier.arrivals if arrived == last_actor)
            for arrived_at, arrived in barrier.arrivals:
                barrier.opened[arrived] = (last_at, last_actor)
                if arrived != last_actor:
                    self._edges.add(arrived_at, complete_at, "barrier", hard=True, object=object, note="arrival")
            barrier.arrivals.clear()
        opener = barrier.opened.pop(actor, None)
        if opener is not None and opener[1] != actor:
            self._edges.add(opener[0], at, "barrier", hard=True, object=object, note="last arrival")
