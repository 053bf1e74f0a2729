"""Checks from time to time whether any actor can still move, in the process that decides for all processes of an order. If none can while one is
held, the order is impossible; if none can and none is held, the program hangs.

Two observations of every process, one after the other, decide. A process that was quiet in both and has done nothing in between was quiet all the
time in between, so there was a moment at which all of them were. Bytes that one process sent to another before that moment are ready at the other's
end, and show in the second observation; messages through the coordinator arrived before its answer.
"""

from __future__ import annotations

import time
from _thread import allocate_lock

from causeway.order.process_group import ProcessGroup
from causeway.order.reasons import EVERYBODY, NO_ACTOR, NO_PROGRESS
from causeway.order.syscalls import lives

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing

PATIENCE = 2.0
LIMIT = 5
"""For how many times the patience an actor is held while others move but pass no place of the order. Servers that poll every 100 ms always move."""
SHORTEST, LONGEST = 0.03, 0.25
"""Seconds between two observations: more, the longer nothing changes."""


class Watchdog:
    """A separate thread that neither the order nor a recording sees. Created with the forcing's lock held."""

    def __init__(self, forcing: Forcing, patience: float, limit: float) -> None:
        from causeway.order.coordinator import start_unseen

        self._forcing = forcing
        self._patience, self._limit = patience, limit
        self._group = ProcessGroup(forcing.inherited_pipes)
        self._stop_lock = allocate_lock()
        self._stop_lock.acquire()
        self._before: dict[int, dict[str, Any]] | None = None
        self._quiet_since = self._last_passed_at = self._locked_out_since = time.monotonic()
        self._passed = -1
        try:
            start_unseen(forcing, self._watch)
        except RuntimeError:
            pass  # no more threads can be started: no watchdog

    def stop(self) -> None:
        """Ends it."""
        if self._stop_lock.locked():
            self._stop_lock.release()

    def _watch(self) -> None:
        pause, forcing = SHORTEST, self._forcing
        while not self._stop_lock.acquire(timeout=min(pause, self._patience)):
            now = self._observe()
            with forcing.lock:
                if forcing.complete and not self._may_hang():
                    return
                moved = now is None or self._before is None or _marks(now) != _marks(self._before)
                if moved:
                    self._quiet_since = time.monotonic()
                elif now is not None and self._before is not None:
                    self._decide(self._before, now)
                if not forcing.complete:
                    self._give_up_without_progress()
            self._before = now
            pause = LONGEST if forcing.complete else SHORTEST if moved else min(pause * 1.5, LONGEST)

    def _may_hang(self) -> bool:
        """Whether a hang of several processes is to be noticed. The actors of one process notice theirs on their own (`liveness`)."""
        return self._forcing.liveness.hangs and self._forcing.remote is not None

    def _give_up_without_progress(self) -> None:
        """Gives up the order if no actor has passed one of its places for too long. With the forcing's lock held.

        If the awaited actor is blocked by a lock, actors that still move (a polling server) do not help it: then patience is enough.
        """
        from causeway.order.liveness import waits_text

        forcing, now = self._forcing, time.monotonic()
        awaited = forcing.awaited_actors()
        locked_out = bool(awaited) and all(map(forcing.liveness.waits_for_held_lock, awaited))
        if self._passed != len(forcing.passed):
            self._passed, self._last_passed_at, self._locked_out_since = len(forcing.passed), now, now
        if not locked_out:
            self._locked_out_since = now
        late = now - self._locked_out_since >= self._patience if locked_out else now - self._last_passed_at >= self._limit
        if not late or not forcing.waiting():
            return
        blocked = waits_text(forcing.liveness.blocked())
        if not awaited:
            reason, detail = NO_ACTOR, f"No actor exists that could reach the awaited place: {blocked}."
        else:
            seconds = self._patience if locked_out else self._limit
            reason = EVERYBODY if locked_out else NO_PROGRESS
            detail = f"No actor has reached a place of the order for {seconds:g} s: {blocked}."
        forcing.give_up_unfinished(reason, detail)

    def _observe(self) -> dict[int, dict[str, Any]] | None:
        """The state of all processes, by process id; None if one has not answered, or something happened meanwhile."""
        from causeway.order.process_state import BACKEND, process_state

        forcing = self._forcing
        with forcing.lock:
            own, remote = process_state(forcing), forcing.remote
        others = remote.process_states() if remote is not None else []
        if others is None:
            return None
        now = {one["pid"]: one for one in [own, *others]}
        if any(name.startswith(f"{BACKEND} ") for one in now.values() for name in one.get("hears", ())):
            own["locks"] = forcing.databases.waits()
        self._group.add_observation(now, remote.joined if remote is not None else {})
        return now

    def _decide(self, before: dict[int, dict[str, Any]], now: dict[int, dict[str, Any]]) -> None:
        """Gives up the order, or reports a hang, if the two observations show one. With the forcing's lock held."""
        from causeway.order.liveness import waits_text

        forcing = self._forcing
        names = sorted(name for one in now.values() for name in one["waiting"])
        own = next(iter(now.values()))
        if forcing.progress != own["mark"][0]:
            return  # something was reported just now
        blocked = [each for one in now.values() for each in one.get("blocked", ())]
        if not names:
            if forcing.complete and blocked and self._group.hangs(before, now, lives):
                self._hung(blocked)
        elif self._group.all_blocked(before, now):
            forcing.give_up_unfinished(EVERYBODY, f"No actor can continue while {', '.join(names)} waits; {waits_text(blocked)}.")
        elif time.monotonic() - self._quiet_since >= self._patience and not any(one["due"] for one in now.values()):
            waits = waits_text(blocked or forcing.liveness.blocked())
            forcing.give_up_unfinished(NO_PROGRESS, f"Nothing has moved for {self._patience:g} s: {waits}.")

    def _hung(self, blocked: list[dict[str, Any]]) -> None:
        forcing = self._forcing
        forcing.remote.interrupt()
        forcing.progress += 1  # the same hang, if it is met again, is interrupted again
        forcing.hung(blocked)


def _marks(states: dict[int, dict[str, Any]]) -> dict[int, Any]:
    return {process: (one["mark"], one["positions"]) for process, one in states.items()}
