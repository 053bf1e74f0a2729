"""The state of this process, reported to the process that decides for all: which actors are held, what else is waited for, and what is connected to
what.

A process is **quiet** when each of its threads is held, waits for a lock or thread that stays as it is, idles in a loop, or blocks in a system call
without a time limit, and nothing that it waits for is ready. It then continues only when one of the ends it `hears` from does something, or, if it
is `timed`, when a timer ends or a signal arrives.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident

from causeway.order import liveness, syscalls
from causeway.order.channels import OWN, Channels, ready
from causeway.order.waiters import lines_of_thread, waiter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing

HORIZON = 10.0
"""Seconds. Timers further away are not waited for: keep-alive limits of servers, time-outs of clients."""
UNKNOWN_SENDER = "anybody"
_SUBJECTS = {
    syscalls.READS: "input", syscalls.WRITES: "a reader", syscalls.CHILD: "the end of a process",
    syscalls.SEMAPHORE: "a lock or semaphore of multiprocessing",
}  # fmt: skip
BACKEND = "backend"
"""For a database server: the process that answers one connection."""
ANY_CHILD = 1 << 31
"""From here on an argument of `wait4` is negative."""


def process_state(forcing: Forcing) -> dict[str, Any]:
    """The current state of this process, to be sent as JSON. With the forcing's lock held."""
    state: dict[str, Any] = {
        "pid": os.getpid(),
        "waiting": [actor.path for actor in forcing.waiting()],
        "mark": [forcing.progress, forcing.liveness.turns],
        "positions": positions(forcing),
        "due": False,
        "timed": False,
        "quiet": False,
    }
    _Inspection(forcing, state).take()
    return state


class _Inspection:
    """Examines all threads once and fills in the findings."""

    def __init__(self, forcing: Forcing, state: dict[str, Any]) -> None:
        self._forcing = forcing
        self._liveness = forcing.liveness
        self._state = state
        self._now = time.monotonic()
        self._senders: set[str] = set()
        self._calls: list[dict[str, Any]] = []
        """The actors that wait in system calls, and for what."""
        self._channels: Channels | None = None

    def take(self) -> None:
        state = self._state
        settled = True
        for each in self._liveness.threads():
            settled = self._settled(*each) and settled  # all threads are examined: a timer that is due counts even if another thread runs
        if not settled:
            return
        channels = self._channels or Channels()
        if self._liveness.alarmed():
            self._senders.add(UNKNOWN_SENDER)
        state |= {
            "quiet": True,
            "hears": sorted(self._senders),
            "held": sorted(channels.held),
            "unsent": sorted(channels.unsent),
            "visits": sorted(channels.visits),
            "visitors": sorted(channels.visitors),
            "children": self._forcing.children.living(),
            "executed": self._forcing.children.executed,
            "blocked": [*self._liveness.blocked(), *self._calls],
            "backends": sorted(set(self._forcing.databases.backends.values())),
        }

    def _settled(self, ident: int, actor: Any, at: str, found: str) -> bool:
        """Whether the thread continues only when input arrives."""
        if at == "lock" and _serves(ident):
            return True
        if found is liveness.BLOCKED and at not in ("loop", "exit"):
            return True
        match at:
            case "loop":
                return found is not liveness.RUNNABLE and self._idles(self._liveness.loop(ident))
            case "sleep":
                return self._note_timer(self._liveness.wakes(ident) - self._now)
            case "code" if backend := self._forcing.databases.awaited(thread=ident):
                self._senders.add(f"{BACKEND} {backend}")
                return True
            case "code" | "exit" if actor is not None and actor.native:
                return self._blocks(ident, actor)
        self._senders.add(UNKNOWN_SENDER)  # a time limit of a lock, whose length is not known
        return found is not liveness.RUNNABLE

    def _note_timer(self, seconds: float) -> bool:
        self._state["timed"] = True
        self._state["due"] = self._state["due"] or seconds < HORIZON
        return not self._state["due"]

    def _idles(self, loop: Any) -> bool:
        if getattr(loop, "_signal_handlers", None):
            self._state["timed"] = True
        timers = [handle._when - loop.time() for handle in getattr(loop, "_scheduled", ()) if not handle._cancelled]
        if timers and not self._note_timer(min(timers)):
            return False
        selector = getattr(loop, "_selector", None)
        registered = selector.get_map() if selector is not None else None
        if registered is None:
            self._senders.add(UNKNOWN_SENDER)
            return True
        return all(self._waits(key.fd, way) for key in list(registered.values()) for way in (1, 2) if key.events & way)

    def _waits(self, descriptor: int, way: int) -> bool:
        if ready(descriptor, reads=way == 1):
            return False
        databases = self._forcing.databases
        if descriptor in databases.backends:
            backend = databases.awaited(socket=descriptor)
            self._senders.add(f"{BACKEND} {backend}" if backend else OWN)
            return True
        if self._channels is None:
            self._channels = Channels()
        self._senders.add(self._channels.sender_of(descriptor) or UNKNOWN_SENDER)
        return True

    def _blocks(self, ident: int, actor: Any) -> bool:
        found = syscalls.blocks_in(actor.native)
        if found is None:
            return False
        self._state["mark"].append(syscalls.turns(actor.native))
        self._calls.append(waiter(actor.path, _SUBJECTS[found[0][0]], lines_of_thread(ident)))
        return all(self._is_pending(*each) for each in found)

    def _is_pending(self, kind: str, subject: int) -> bool:
        """Whether what a system call waits for has not happened yet."""
        if kind == syscalls.CHILD:
            self._senders.add(f"process {subject}" if subject < ANY_CHILD else OWN)
            return True
        if kind == syscalls.SEMAPHORE:
            # Only processes that multiprocessing has passed it to can release it. Each of them takes part, or is one of `children`.
            return subject in self._forcing.semaphores and _is_zero(subject)
        return self._waits(subject, 1 if kind == syscalls.READS else 2)


def _is_zero(semaphore: int) -> bool:
    try:
        return syscalls.value_of(semaphore) == 0
    except OSError:
        return False


def _serves(ident: int) -> bool:
    """Whether the thread is the main one of a manager's server, which looks every second whether a request has told it to stop."""
    frame = sys._current_frames().get(ident)
    while frame is not None:
        if frame.f_code.co_name == "serve_forever" and frame.f_globals.get("__name__") == "multiprocessing.managers":
            return True
        frame = frame.f_back
    return False


def positions(forcing: Forcing) -> int:
    """The positions of all threads of the program, as one number."""
    own = forcing.unseen | {get_ident()}
    return hash(tuple(sorted((ident, id(frame), frame.f_lasti) for ident, frame in sys._current_frames().items() if ident not in own)))
