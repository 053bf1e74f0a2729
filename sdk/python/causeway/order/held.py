"""The actors that wait until the order, or the exploration, lets them continue."""

from __future__ import annotations

from _thread import allocate_lock, get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.document import Place
    from causeway.order.forcing import Forcing


class HeldActors:
    """In order of arrival. A thread waits for a lock of its own; the next steps of a task or callback are set aside.

    All methods except `wait` are called with the forcing's lock held.
    """

    def __init__(self, forcing: Forcing) -> None:
        self._forcing = forcing
        self._reached: dict[Actor, Place | None] = {}
        """The place at which each of them is held; None before a step, or at another scheduling point."""
        self._locks: dict[Actor, Any] = {}
        """Of threads: held until the thread is released."""

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._reached)

    def __len__(self) -> int:
        return len(self._reached)

    def place_of(self, actor: Actor) -> Place | None:
        """The place at which the actor is held."""
        return self._reached.get(actor)

    def add(self, actor: Actor, place: Place | None) -> Any:
        """The running thread is held from now on; returns the lock for `wait`."""
        lock = self._locks[actor] = allocate_lock()
        lock.acquire()
        self._reached[actor] = place
        self._forcing.liveness.held(get_ident())
        self._forcing.liveness.check()
        return lock

    def wait(self, actor: Actor, lock: Any) -> None:
        """Blocks the running thread until its actor is released, or until it is interrupted."""
        try:
            lock.acquire()
        finally:
            with self._forcing.lock:
                self._reached.pop(actor, None)
                self._locks.pop(actor, None)
                self._forcing.liveness.runs(get_ident())

    def put_aside(self, actor: Actor, back: Callable[[], None]) -> None:
        """Sets aside a step of a task or callback; `back()` schedules it again."""
        actor.aside.append(back)
        self._reached.setdefault(actor, None)

    def release(self, actor: Actor) -> None:
        """The actor continues; does nothing if it is not held."""
        self._reached.pop(actor, None)
        aside, actor.aside = actor.aside, []
        for back in aside:
            back()
        lock = self._locks.pop(actor, None)
        if lock is not None:
            self._forcing.liveness.runs(actor.thread)
            lock.release()

    def clear(self) -> None:
        """Forgets all of them: in a forked child their threads do not exist."""
        self._reached.clear()
        self._locks.clear()
