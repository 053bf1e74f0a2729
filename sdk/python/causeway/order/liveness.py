"""Liveness of a process under an order: which threads can still run, and which are blocked, held, or idle in an event loop.

What cannot be decided at once is left to the watchdog.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from causeway import _tap
from causeway.order.reasons import EVERYBODY
from causeway.order.waiters import lines_of_coroutine, lines_of_thread, waiter
from causeway.order.watchdog import LIMIT, PATIENCE, Watchdog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.forcing import Forcing

MOST_NAMED = 4
_LOCKS = ("asyncio/locks.py", "asyncio\\locks.py", "trio/_sync.py", "trio\\_sync.py")
RUNNABLE, MAY_WAKE, BLOCKED = "runnable", "may wake", "blocked"


class Liveness:
    """The state of every thread of the process. All methods are called with the forcing's lock held."""

    def __init__(self, forcing: Forcing) -> None:
        self.forcing = forcing
        self.patience = PATIENCE
        self.limit: float | None = None
        """Seconds without any actor reaching a place of the order; None: `LIMIT` times the patience."""
        self._held: set[int] = set()
        self._idle: dict[int, Any] = {}
        self._joins: dict[int, tuple[Any, bool]] = {}
        self._sleeps: dict[int, float] = {}
        self.turns = 0
        """How often a thread has continued."""
        self._watchdog: Watchdog | None = None
        self._stopped = False
        self._alarmed = alarm()  # the time limit of a test is not something that the program waits for
        self.hangs = False
        """Whether a hang is to be noticed even if no actor is held."""

    def held(self, ident: int) -> None:
        """The thread waits at a gate."""
        self._held.add(ident)
        self.watch()

    def runs(self, ident: int) -> None:
        """The thread continues."""
        self.turns += 1
        self._held.discard(ident)
        self._idle.pop(ident, None)
        self._joins.pop(ident, None)
        self._sleeps.pop(ident, None)

    def idles(self, loop: Any) -> None:
        """The thread's event loop has nothing to run now."""
        self._idle[get_ident()] = loop
        self.check()

    def joins(self, thread: Any, timed: bool) -> None:
        """The thread waits for the end of another: of all others, if it is None."""
        self._joins[get_ident()] = (thread, timed)
        self.check()

    def sleeps(self, until: float) -> None:
        """The thread sleeps until then (`time.monotonic`)."""
        self._sleeps[get_ident()] = until
        self.check()

    def check(self) -> None:
        """Decides, if possible now, whether an actor is held and no other can move, or whether the program hangs."""
        forcing = self.forcing
        waits = bool(forcing.waiting())
        if not waits and not (self.hangs and forcing.complete):
            return
        if self.state() is not BLOCKED:
            return
        if waits:
            names = ", ".join(sorted(actor.path for actor in forcing.waiting()))
            forcing.give_up_unfinished(EVERYBODY, f"No actor can continue while {names} waits; {waits_text(self.blocked())}.")
            if forcing.open:
                self.check()  # a loop whose thread waits for a lock that one of its own tasks holds is stuck all the same
        elif forcing.remote is None or forcing.remote.alone():
            blocked = self.blocked()
            if blocked:  # else all threads have ended, and the process is about to
                forcing.hung(blocked)

    def state(self) -> str:
        """Whether some thread moves, may be woken from outside (a timer, I/O), or neither."""
        may_wake = False
        for _, _, _, found in self.threads():
            if found is RUNNABLE:
                return RUNNABLE
            may_wake = may_wake or found is MAY_WAKE
        if self.alarmed():
            return MAY_WAKE
        if may_wake or (self.forcing.remote is not None and not self.forcing.remote.alone()):
            return MAY_WAKE
        return BLOCKED

    def threads(self) -> Iterator[tuple[int, Actor | None, str, str]]:
        """The threads of the program: ident, actor, where it is (`gate`, `loop`, `join`, `sleep`, `lock`, `code`, `exit`), whether it can move."""
        actors = self.forcing.actors
        parked = {ident: (timed, free) for ident, _, timed, free in _tap.parked_threads()}
        if actors.starting():
            yield 0, None, "code", RUNNABLE
        for ident, actor in list(actors.threads().items()):
            if ident in self._held:
                yield ident, actor, "gate", BLOCKED
            elif ident in self._idle:
                yield ident, actor, "loop", loop_state(self._idle[ident])
            elif ident in self._joins:
                thread, timed = self._joins[ident]
                yield ident, actor, "join", RUNNABLE if self._join_is_over(thread, ident) else MAY_WAKE if timed else BLOCKED
            elif ident in self._sleeps:
                yield ident, actor, "sleep", MAY_WAKE
            elif ident in parked:
                timed, free = parked[ident]
                yield ident, actor, "lock", RUNNABLE if free else MAY_WAKE if timed else BLOCKED
            elif not actor.ended:
                yield ident, actor, "code", RUNNABLE
            else:
                yield ident, actor, "exit", BLOCKED  # the main thread at the end of the process: it passes no more places

    def loop(self, ident: int) -> Any:
        """The event loop in which the thread is idle."""
        return self._idle[ident]

    def wakes(self, ident: int) -> float:
        """When the sleep of the thread ends (`time.monotonic`)."""
        return self._sleeps[ident]

    def alarmed(self) -> bool:
        """Whether the program has set an alarm since."""
        return not self._alarmed and alarm()

    def _join_is_over(self, thread: Any, ident: int) -> bool:
        if thread is not None:
            return not thread.is_alive() or thread not in [actor.subject for actor in self.forcing.actors.threads().values()]
        others = [actor.subject for other, actor in self.forcing.actors.threads().items() if other != ident]
        return not any(other is not None and not other.daemon for other in others)

    def blocked(self) -> list[dict[str, Any]]:
        """Every actor that waits, and for what."""
        actors = self.forcing.actors
        parked = {ident: lock for ident, lock, _, _ in _tap.parked_threads()}
        waits = []
        for ident, actor in list(actors.threads().items()):
            if ident in self._held:
                waits.append(waiter(actor.path, "the order", []))
            elif ident in self._joins:
                thread = self._joins[ident][0]
                waits.append(waiter(actor.path, f"the end of {'its threads' if thread is None else thread.name}", lines_of_thread(ident)))
            elif ident in self._idle:
                waits += task_waits(self._idle[ident], actors)
            elif ident in parked:
                waits.append(waiter(actor.path, type(parked[ident]).__name__, lines_of_thread(ident)))
                waits += suspended_task_waits(actors.loop_of(ident), actors)
            elif self.forcing.databases.awaited(thread=ident):
                waits.append(waiter(actor.path, "the database", lines_of_thread(ident)))
        return waits

    def waits_for_held_lock(self, actor: Actor) -> bool:
        """Whether an actor waits for a lock that is held: a thread for any kind of lock, a task for one of asyncio's or trio's."""
        if actor.kind == "task":
            task = actor.subject() if actor.subject is not None else None
            return task is not None and _acquires(task.coro if hasattr(task, "coro") else task.get_coro())
        return any(ident == actor.thread and not free for ident, _, _, free in _tap.parked_threads())

    # The watchdog.

    def watch(self) -> None:
        """Starts the watchdog, which checks from time to time whether anything moves. It runs in the process that began the order, for all."""
        remote = self.forcing.remote
        if remote is not None and not remote.decides:
            remote.watch()
        elif self._watchdog is None and not self._stopped:
            self._watchdog = Watchdog(self.forcing, self.patience, LIMIT * self.patience if self.limit is None else self.limit)

    def stop(self) -> None:
        """Stops the watchdog."""
        self._stopped = True
        if self._watchdog is not None:
            self._watchdog.stop()


def loop_state(loop: Any) -> str:
    """What can still wake an idle event loop."""
    ready = getattr(loop, "_ready", None)
    if ready is None:
        return MAY_WAKE
    if ready or loop._stopping:
        return RUNNABLE
    if any(not handle._cancelled for handle in loop._scheduled):
        return MAY_WAKE
    selector = getattr(loop, "_selector", None)
    registered = selector.get_map() if selector is not None else None
    if registered is None:
        return MAY_WAKE
    own = getattr(loop, "_ssock", None)
    outside = [key for key in list(registered.values()) if own is None or (key.fileobj != own.fileno() and key.fileobj is not own)]
    return MAY_WAKE if outside or getattr(loop, "_signal_handlers", None) else BLOCKED


def task_waits(loop: Any, actors: Any) -> list[dict[str, Any]]:
    """What the tasks of an idle loop wait for, and at which line of the program."""
    if hasattr(loop, "task_waits"):
        waits: list[dict[str, Any]] = loop.task_waits(actors)
        return waits
    asyncio = sys.modules["asyncio"]
    waits = []
    for task in sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()):
        future = getattr(task, "_fut_waiter", None)
        what = type(future).__name__ if future is not None else "the order"
        waits.append(waiter(actors.task(task).path, what, lines_of_coroutine(task.get_coro())))
    return waits


def suspended_task_waits(loop: Any, actors: Any) -> list[dict[str, Any]]:
    """What the suspended tasks of an asyncio loop wait for whose thread is blocked inside of a step. Nothing where there is no such loop."""
    if loop is None or hasattr(loop, "task_waits") or "asyncio" not in sys.modules:
        return []
    return [each for each in task_waits(loop, actors) if not each["waits_for"].startswith("the order")]


def _acquires(coroutine: Any) -> bool:
    """Whether a chain of coroutines waits in the `acquire` of a lock."""
    while coroutine is not None and hasattr(coroutine, "cr_await"):
        code = coroutine.cr_code
        if code.co_name == "acquire" and code.co_filename.endswith(_LOCKS):
            return True
        coroutine = coroutine.cr_await
    return False


def alarm() -> bool:
    """Whether the program has set an alarm."""
    import signal

    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def waits_text(blocked: list[dict[str, Any]]) -> str:
    """Which actor waits for what, as a part of a sentence. Actors that wait in a line of the program come first."""
    others = [f"{one['actor']} waits for {one['waits_for']}" for one in blocked if one["waits_for"] != "the order"]
    others.sort(key=lambda each: " at " not in each)
    more = len(others) - MOST_NAMED
    return "; ".join([*others[:MOST_NAMED], *([f"and {more} more wait"] if more > 0 else [])]) or "no other actor is left"
