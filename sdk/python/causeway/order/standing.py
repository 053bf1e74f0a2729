"""The state of this process, reported to the process that decides for all: which actors are held, what else is waited for, and what is connected to
what.

A process is **quiet** when each of its threads is held, waits for a lock or thread that stays as it is, idles in a loop, or blocks in a system call
without a time limit, and nothing that it waits for is ready. It then continues only when one of the ends it `hears` from does something.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident

from causeway.order import movers, syscalls
from causeway.order.channels import OWN, Channels, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing

HORIZON = 10.0
"""Seconds. Timers further away are not waited for: keep-alive limits of servers, time-outs of clients."""
NOBODY_KNOWS = "anybody"
BACKEND = "backend"
"""For a database server: the process that answers one connection."""
ANY_CHILD = 1 << 31
"""From here on an argument of `wait4` is negative."""


def standing(forcing: Forcing) -> dict[str, Any]:
    """The current state of this process, to be sent as JSON. With the forcing's lock held."""
    told: dict[str, Any] = {
        "pid": os.getpid(),
        "waiting": [actor.path for actor in forcing.waiting()],
        "mark": [forcing.progress, forcing.movers.turns],
        "positions": positions(forcing),
        "due": False,
        "quiet": False,
    }
    _Look(forcing, told).take()
    return told


class _Look:
    """Examines all threads once and fills in the findings."""

    def __init__(self, forcing: Forcing, told: dict[str, Any]) -> None:
        self._forcing = forcing
        self._movers = forcing.movers
        self._told = told
        self._now = time.monotonic()
        self._heard: set[str] = set()
        self._channels: Channels | None = None

    def take(self) -> None:
        told = self._told
        settled = True
        for each in self._movers.threads():
            settled = self._settled(*each) and settled  # all threads are examined: a timer that is due counts even if another thread runs
        if not settled:
            return
        channels = self._channels or Channels()
        if self._movers.alarmed():
            self._heard.add(NOBODY_KNOWS)
        told |= {
            "quiet": True,
            "hears": sorted(self._heard),
            "held": sorted(channels.held),
            "unsent": sorted(channels.unsent),
            "visits": sorted(channels.visits),
            "visitors": sorted(channels.visitors),
            "children": self._forcing.children.living(),
            "blocked": self._movers.blocked(),
            "backends": sorted(set(self._forcing.databases.backends.values())),
        }

    def _settled(self, ident: int, actor: Any, at: str, found: str) -> bool:
        """Whether the thread continues only when input arrives."""
        if found is movers.STUCK and at != "loop":
            return True
        match at:
            case "loop":
                return found is not movers.MOVES and self._idles(self._movers.loop(ident))
            case "sleep":
                return self._comes(self._movers.wakes(ident) - self._now)
            case "code" if backend := self._forcing.databases.awaited(thread=ident):
                self._heard.add(f"{BACKEND} {backend}")
                return True
            case "code" if actor is not None and actor.native:
                return self._blocks(actor.native)
        self._heard.add(NOBODY_KNOWS)  # a time limit of a lock, whose length is not known
        return found is not movers.MOVES

    def _comes(self, seconds: float) -> bool:
        self._told["due"] = self._told["due"] or seconds < HORIZON
        return not self._told["due"]

    def _idles(self, loop: Any) -> bool:
        timers = [handle._when - loop.time() for handle in getattr(loop, "_scheduled", ()) if not handle._cancelled]
        if timers and not self._comes(min(timers)):
            return False
        selector = getattr(loop, "_selector", None)
        registered = selector.get_map() if selector is not None else None
        if registered is None:
            self._heard.add(NOBODY_KNOWS)
            return True
        return all(self._waits(key.fd, way) for key in list(registered.values()) for way in (1, 2) if key.events & way)

    def _waits(self, descriptor: int, way: int) -> bool:
        if ready(descriptor, reads=way == 1):
            return False
        databases = self._forcing.databases
        if descriptor in databases.backends:
            backend = databases.awaited(socket=descriptor)
            self._heard.add(f"{BACKEND} {backend}" if backend else OWN)
            return True
        if self._channels is None:
            self._channels = Channels()
        self._heard.add(self._channels.heard(descriptor) or NOBODY_KNOWS)
        return True

    def _blocks(self, native: int) -> bool:
        found = syscalls.blocks_in(native)
        if found is None:
            return False
        self._told["mark"].append(syscalls.turns(native))
        kind, descriptor = found
        if kind == syscalls.CHILD:
            self._heard.add(f"process {descriptor}" if descriptor < ANY_CHILD else OWN)
            return True
        return self._waits(descriptor, 1 if kind == syscalls.READS else 2)


def positions(forcing: Forcing) -> int:
    """The positions of all threads of the program, as one number."""
    own = forcing.unseen | {get_ident()}
    return hash(tuple(sorted((ident, id(frame), frame.f_lasti) for ident, frame in sys._current_frames().items() if ident not in own)))
