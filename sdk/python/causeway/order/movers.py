"""Who can still move: threads that run, block, are held or idle in a loop. Decides at once when everybody waits, and by patience where I/O is out."""

from __future__ import annotations

import sys
from _thread import allocate_lock, get_ident

from causeway import _tap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing

PATIENCE = 2.0
MOVES, MAY_COME, STUCK = "moves", "may come", "stuck"


class Movers:
    """What every thread of the process is at. All methods are called with the forcing's lock held."""

    def __init__(self, forcing: Forcing) -> None:
        self.forcing = forcing
        self.patience = PATIENCE
        self._held: set[int] = set()
        self._idle: dict[int, Any] = {}
        self._joins: dict[int, tuple[Any, bool]] = {}
        self._sleeps: dict[int, float] = {}
        self._watchman = 0
        self._bell = allocate_lock()
        self._bell.acquire()
        self._stopped = False
        self._alarmed = _alarm()  # a test's time limit is nothing that the program waits for
        self.hangs = False
        """Whether a process in which nobody can move any more is to be noticed also when nobody is held."""

    def held(self, ident: int) -> None:
        """The thread waits at a gate."""
        self._held.add(ident)
        self.watch()

    def runs(self, ident: int) -> None:
        """The thread goes on."""
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
        """Decides, if it can be decided now: somebody is held and nobody can move, or nobody will ever move again."""
        forcing = self.forcing
        waits = bool(forcing.waiting())
        if not waits and not (self.hangs and forcing.complete):
            return
        if self.state() is not STUCK:
            return
        if waits:
            names = ", ".join(sorted(actor.path for actor in forcing.waiting()))
            forcing.give_up_unfinished("everybody waits", f"Nobody can go on while {names} waits; {_tell_of(self.blocked())}.")
            if forcing.open:
                self.check()  # a loop whose thread waits for a lock that one of its own tasks holds is stuck even so
        elif forcing.remote is None or forcing.remote.alone():
            blocked = self.blocked()
            if blocked:  # else all threads have ended, and the process is about to
                forcing.hung(blocked)

    def state(self) -> str:
        """Whether some thread moves, may be woken from outside (a timer, I/O), or neither."""
        actors = self.forcing.actors
        parked = {ident: (lock, timed, free) for ident, lock, timed, free in _tap.parked_threads()}
        may_come = False
        if actors.coming():
            return MOVES
        for ident, actor in list(actors.threads().items()):
            if ident in self._held:
                continue
            if ident in self._idle:
                found = loop_state(self._idle[ident])
            elif ident in self._joins:
                thread, timed = self._joins[ident]
                found = MOVES if self._over(thread, ident) else MAY_COME if timed else STUCK
            elif ident in self._sleeps:
                found = MAY_COME
            elif ident in parked:
                _, timed, free = parked[ident]
                found = MOVES if free else MAY_COME if timed else STUCK
            elif actor.ended:
                continue
            else:
                return MOVES
            if found is MOVES:
                return MOVES
            may_come = may_come or found is MAY_COME
        if not self._alarmed and _alarm():
            return MAY_COME
        if may_come or (self.forcing.remote is not None and not self.forcing.remote.alone()):
            return MAY_COME
        return STUCK

    def _over(self, thread: Any, ident: int) -> bool:
        if thread is not None:
            return not thread.is_alive() or thread not in [actor.subject for actor in self.forcing.actors.threads().values()]
        others = [actor.subject for other, actor in self.forcing.actors.threads().items() if other != ident]
        return not any(other is not None and not other.daemon for other in others)

    def blocked(self) -> list[dict[str, Any]]:
        """Every actor that waits, and for what."""
        actors = self.forcing.actors
        parked = {ident: lock for ident, lock, _, _ in _tap.parked_threads()}
        told = []
        for ident, actor in list(actors.threads().items()):
            if ident in self._held:
                told.append({"actor": actor.path, "waits_for": "the order"})
            elif ident in self._joins:
                thread = self._joins[ident][0]
                told.append({"actor": actor.path, "waits_for": f"the end of {thread.name}" if thread is not None else "the end of its threads"})
            elif ident in self._idle:
                told += tasks_told(self._idle[ident], actors)
            elif ident in parked:
                told.append({"actor": actor.path, "waits_for": f"{type(parked[ident]).__name__}{_where(ident)}"})
        return told

    # Patience.

    def watch(self) -> None:
        """From now on somebody looks from time to time whether anything moves at all."""
        if self._watchman or self._stopped:
            return
        import _thread

        self._watchman = -1
        _tap.pause()
        try:
            self._watchman = _thread.start_new_thread(self._watch, ())
        except RuntimeError:
            self._watchman = 0
        finally:
            _tap.resume()

    def stop(self) -> None:
        """Nobody need watch any more."""
        self._stopped = True
        if self._bell.locked():
            self._bell.release()

    def _watch(self) -> None:
        _tap.pause()
        _tap.enter_gate()
        before: Any = None
        while not self._bell.acquire(timeout=self.patience):
            with self.forcing.lock:
                if self._stopped or self.forcing.complete:
                    break
                seen = (self.forcing.progress, self._positions())
                if seen == before and self.forcing.waiting() and not self._due_soon():
                    self.forcing.give_up_unfinished("no progress", f"Nothing has moved for {self.patience:g} s: {_tell_of(self.blocked())}.")
                    break
                before = seen
        _tap.resume()

    def _due_soon(self) -> bool:
        """Whether a timer or a sleep is still running: it will come."""
        return bool(self._sleeps) or any(getattr(loop, "_scheduled", None) for loop in self._idle.values())

    def _positions(self) -> list[tuple[int, int, int]]:
        own = get_ident()
        return sorted((ident, id(frame), frame.f_lasti) for ident, frame in sys._current_frames().items() if ident != own)


def loop_state(loop: Any) -> str:
    """What an event loop that has nothing to run can still be woken by."""
    ready = getattr(loop, "_ready", None)
    if ready is None:
        return MAY_COME
    if ready or loop._stopping:
        return MOVES
    if any(not handle._cancelled for handle in loop._scheduled):
        return MAY_COME
    selector = getattr(loop, "_selector", None)
    registered = selector.get_map() if selector is not None else None
    if registered is None:
        return MAY_COME
    own = getattr(loop, "_ssock", None)
    outside = [key for key in list(registered.values()) if own is None or (key.fileobj != own.fileno() and key.fileobj is not own)]
    return MAY_COME if outside or getattr(loop, "_signal_handlers", None) else STUCK


def tasks_told(loop: Any, actors: Any) -> list[dict[str, Any]]:
    """What the tasks of an idle loop wait for."""
    asyncio = sys.modules["asyncio"]
    told = []
    for task in sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()):
        waiter = getattr(task, "_fut_waiter", None)
        stack = task.get_stack(limit=1)
        where = f" at {stack[-1].f_code.co_filename.rpartition('/')[2]}:{stack[-1].f_lineno}" if stack else ""
        told.append({"actor": actors.task(task).path, "waits_for": f"{type(waiter).__name__ if waiter is not None else 'the order'}{where}"})
    return told


def _alarm() -> bool:
    """Whether the program has set itself an alarm."""
    import signal

    return hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0


def _where(ident: int) -> str:
    frame: Any = sys._current_frames().get(ident)
    library = sys.modules["os"].__file__.rpartition("/")[0]  # type: ignore[union-attr]
    while frame is not None and frame.f_code.co_filename.startswith((library, "<", __file__.rpartition("/")[0])):
        frame = frame.f_back
    return f" at {frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}" if frame is not None else ""


def _tell_of(blocked: list[dict[str, Any]]) -> str:
    others = [f"{one['actor']} waits for {one['waits_for']}" for one in blocked if one["waits_for"] != "the order"]
    return "; ".join(others) or "nobody else is left"
