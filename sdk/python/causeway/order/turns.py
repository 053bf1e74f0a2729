"""Liveness of an exploration: as soon as no actor can run, the strategy grants one a turn. Sleepers with a higher priority are waited for."""

from __future__ import annotations

import time
from _thread import allocate_lock

from causeway import _tap
from causeway.order.actors import task_of
from causeway.order.liveness import BLOCKED, RUNNABLE, Liveness
from causeway.order.process_state import positions
from causeway.order.syscalls import waits_outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.exploring import Exploring

TURN_SECONDS = 0.03
"""Interval of the checks whether threads that wait for the outside world receive anything."""
LOOKS = 8
"""How many checks must find such threads unchanged if they are not known to wait: on a busy machine, ready threads do not move either."""
LONGEST_SLEEP_SECONDS = 1.0
"""Sleeps that end later than this are not waited for."""
LONGEST_WAIT_SECONDS = 0.15
"""How long to wait for waits with a time limit, which may be sleeps."""
MOST_SLEEPS = 12
"""How many sleeps of one actor to wait for: an actor that sleeps more often is polling."""


class Turns(Liveness):
    """Liveness of a process that is explored."""

    forcing: Exploring

    def __init__(self, forcing: Exploring) -> None:
        super().__init__(forcing)
        self._judged: tuple[Any, bool] = (None, False)
        """Whether the strategy lets the waiting actors wait for a sleeper; asked once per point."""
        self._slept: dict[tuple[str, float], int] = {}
        """Which sleep of an actor each is, from 1."""
        self._sleeps_of: dict[str, int] = {}
        self._parked: dict[int, tuple[int, float]] = {}
        """Of threads that wait with a time limit: for which lock, and until when that is waited for."""
        self._stop_lock = allocate_lock()
        self._stop_lock.acquire()
        self._watched = False

    def check(self) -> None:
        """Grants the next turn if no actor moves; reports a hang if none ever will."""
        forcing = self.forcing
        if forcing.open:
            return
        state = self.state()
        if state is RUNNABLE:
            return
        if forcing.waiting():
            if state is BLOCKED or not (self._io() or self._worth_waiting()):
                forcing.decide()
            return
        if state is BLOCKED and self.hangs:
            super().check()

    def _worth_waiting(self) -> bool:
        """Whether an actor sleeps that the strategy would let run first."""
        held, now = self.forcing.waiting(), time.monotonic()
        for actor, until in list(self._sleepers()):
            if until - now > self._longest(actor) or until < now - LONGEST_SLEEP_SECONDS:
                # A wait with a time limit mostly waits for somebody.
                if now < until <= now + LONGEST_SLEEP_SECONDS and (actor.kind != "thread" or actor.thread in self._sleeps):
                    self.forcing.passed_over[actor.path] = None
                continue
            if self._slept.get((actor.path, until)) is None:
                self._slept[actor.path, until] = self._sleeps_of[actor.path] = self._sleeps_of.get(actor.path, 0) + 1
            if self._slept[actor.path, until] > MOST_SLEEPS:
                continue
            key = (actor.path, until, self.forcing.points)
            if self._judged[0] != key:
                self._judged = (key, self.forcing.strategy.outranks(actor, held))
            if self._judged[1]:
                return True
        return False

    def _longest(self, sleeper: Actor) -> float:
        """How many seconds of sleep to wait for: fewer if the strategy says so for the creator of one of the waiting actors."""
        mine = f"{sleeper.path}/"
        counts = any(actor.path.startswith(mine) for actor in self.forcing.waiting())
        return self.forcing.strategy.longest_sleep if counts else LONGEST_SLEEP_SECONDS

    def _sleepers(self) -> Iterator[tuple[Actor, float]]:
        """The sleeping actors, each with the end of its sleep (`time.monotonic`)."""
        actors = self.forcing.actors
        threads = actors.threads()
        for ident, until in self._sleeps.items():
            if ident in threads:
                yield threads[ident], until
        for ident, until in self._limited(time.monotonic()):
            if ident in threads:
                yield threads[ident], until
        for loop in self._idle.values():
            for timer in list(getattr(loop, "_scheduled", ())):
                if hasattr(timer, "sleeper"):
                    task = timer.sleeper()
                    actor = actors.trio_task(task) if task is not None else None
                else:
                    task = _sleeping_task(timer)
                    actor = actors.task(task) if task is not None else None
                if actor is not None:
                    yield actor, timer._when

    def _limited(self, now: float) -> Iterator[tuple[int, float]]:
        """The threads that wait for a lock with a time limit of unknown length: `Event().wait(0.1)` is a sleep."""
        waits = {ident: id(lock) for ident, lock, timed, free in _tap.parked_threads() if timed and not free}
        known, threads = self._parked, self.forcing.actors.threads()
        self._parked = {}
        for ident, lock in waits.items():
            longest = min(LONGEST_WAIT_SECONDS, self._longest(threads[ident])) if ident in threads else 0.0
            self._parked[ident] = known[ident] if ident in known and known[ident][0] == lock else (lock, now + longest)
        for ident, (_, until) in self._parked.items():
            if now < until:
                yield ident, until

    def _io(self) -> bool:
        """Whether a loop waits for input from outside; the watchdog ends that."""
        for loop in self._idle.values():
            selector = getattr(loop, "_selector", None)
            registered = selector.get_map() if selector is not None else None
            own = getattr(loop, "_ssock", None)
            if registered is None or any(own is None or key.fileobj not in (own, own.fileno()) for key in list(registered.values())):
                return True
        return False

    # Threads that seem to move.

    def watch(self) -> None:
        """Starts checking whether threads that wait for the outside world receive anything."""
        from causeway.order.coordinator import start_unseen

        if not self._watched and not self._stopped:
            self._watched = True
            try:
                start_unseen(self.forcing, self._watch)
            except RuntimeError:
                pass  # no more threads can be started: no checks

    def stop(self) -> None:
        """Stops checking."""
        self._stopped = True
        if self._stop_lock.locked():
            self._stop_lock.release()

    def _watch(self) -> None:
        before: Any = None
        still = 0
        while not self._stop_lock.acquire(timeout=TURN_SECONDS):
            with self.forcing.lock:
                if self._stopped or self.forcing.open:
                    break
                seen = (self.forcing.progress, positions(self.forcing))
                still = still + 1 if seen == before else 0
                before = seen
                if still < 1 or not self.forcing.waiting() or self._worth_waiting():
                    continue
                if still >= LOOKS or self.state() is not RUNNABLE or (still > 1 and self._wait_outside()):
                    self.forcing.decide()
                    still = 0

    def _wait_outside(self) -> bool:
        """Whether all that seem to move wait for input (a server in `accept`, a client in `recv`) or for a lock of a database file."""
        moving = [actor for _, actor, _, found in self.threads() if found is RUNNABLE]
        return all(actor is not None and actor.native and waits_outside(actor.native) for actor in moving)


def _sleeping_task(timer: Any) -> Any:
    """The task that `asyncio.sleep` wakes by this timer, or None."""
    if timer._cancelled or getattr(timer._callback, "__name__", "") != "_set_result_unless_cancelled" or not timer._args:
        return None
    for callback, _ in getattr(timer._args[0], "_callbacks", None) or ():
        task = task_of(callback)
        if task is not None:
            return task
    return None
