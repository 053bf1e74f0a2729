"""One run of an exploration: at the chosen places one actor moves at a time, and a strategy picks it (sdk/SPEC.md section 9)."""

from __future__ import annotations

import os
from _thread import RLock, get_ident

from causeway.order.document import STATEMENTS
from causeway.order.forcing import Forcing
from causeway.order.importing import importing
from causeway.order.strategy import strategy_of
from causeway.order.turns import Turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.document import Order, Place
    from causeway.order.liveness import Liveness

MOST_PASSED = 20_000
"""The most executions of places that are reported; after that the run continues freely."""
STARVING = 400
"""After so many successive choices of the same actor, it may be polling for work of the others."""


class Exploring(Forcing):
    """Holds every actor at every place until its turn: a place of an exploration applies to any actor.

    A thread waits at each place for its turn, a task before each of its steps (and inside of a step where other OS threads run). The next turn is
    given when no actor moves: all of them wait for a turn or for another actor.
    """

    def __init__(self, order: Order, changed: Callable[[Forcing], None] | None = None, root: str = "main") -> None:
        super().__init__(order, changed, root)
        assert order.explore is not None
        self.liveness: Liveness = Turns(self)
        self.strategy = strategy_of(order.explore)
        self.trace: list[tuple[str, str, int]] = []
        """What was passed: spawn path, key of the place (or `start`, `end`), execution."""
        self.begun: list[tuple[int, str, str, int]] = []
        """Statements of threads that are places, as they began: how much was in `trace` then; spawn path, key, execution."""
        self.points = 0
        self.stops: list[tuple[str, str, int]] = []
        """Who came to each point, and to which place: spawn path, key (empty for the step of a task), execution."""
        self.passed_over: dict[str, None] = {}
        """Actors that slept while the actors that they had started went on, for the strategy did not wait for so long."""
        self._expected: dict[Actor, tuple[str, str, int]] = {}
        """The place for which an actor got its last turn, until it passes it."""
        self.came: list[tuple[str, str, int]] = []
        self._seen: set[tuple[str, str, int]] = set()
        self._turn: Actor | None = None
        self._last: Actor | None = None
        self._in_a_row = 0

    def leave_children(self) -> None:
        """Further processes run freely."""
        os.register_at_fork(after_in_child=self._born)

    def _born(self) -> None:
        self.lock = RLock()
        self.open = True
        self._changed = self.on_hang = None
        self.held.clear()
        self.liveness.stop()

    # What gates of code call.

    def begin(self, places: Iterable[Place]) -> None:
        """A statement of these places begins."""
        stop: Place | None = None
        with self.lock:
            actor = self.actors.current()
            for place in places:
                if place in actor.pending:
                    self._pass_place(actor, place)
                actor.counts[place.key] = actor.counts.get(place.key, 0) + 1
                if stop is None and (place.key in self.late or place.access in STATEMENTS):
                    stop = place
        if stop is not None:
            self._point(actor, stop)
        with self.lock:
            actor.pending += [place for place in places if place.access in STATEMENTS]
            if stop is not None and actor.kind == "thread" and not self.open:
                stopped = [place for place in places if place.key in self.late or place.access in STATEMENTS]
                self.begun += [(len(self.trace), actor.path, place.key, actor.counts[place.key] - 1) for place in stopped]

    def before(self, place: Place, counted: bool) -> bool:
        """The running actor is about to make the access of the place."""
        with self.lock:
            actor = self.actors.current()
            if not counted:
                actor.counts[place.key] = actor.counts.get(place.key, 0) + 1
        self._point(actor, place)
        return True

    def after(self, place: Place, look: Any = None) -> None:
        """The running actor has made the access of the place."""
        with self.lock:
            if look is not None:
                self.watched.saw(place.key, look)
            self._saw(self.actors.current(), place)

    def _pass_place(self, actor: Actor, place: Place) -> None:
        actor.pending.remove(place)
        self._saw(actor, place)

    def _saw(self, actor: Actor, place: Place) -> None:
        # Several taps of one statement may be one and the same place: the first of them passes it, as in an order.
        passed = (actor.path, place.key, max(actor.counts.get(place.key, 1) - 1, 0))
        if self._expected.get(actor) == passed:
            del self._expected[actor]
        if passed not in self._seen:
            self._seen.add(passed)
            self._note(passed)

    def _note(self, passed: tuple[str, str, int]) -> None:
        self.progress += 1
        if not self.open:
            self.trace.append(passed)
            if len(self.trace) >= MOST_PASSED:
                self.release_all()

    def _point(self, actor: Actor, place: Place) -> None:
        with self.lock:
            if self.open or not self._stops(actor):
                return
            self._counted(actor, place)
        self.wait(actor)
        with self.lock:
            self._expected.pop(actor, None)
            self._expected[actor] = (actor.path, place.key, max(actor.counts.get(place.key, 1) - 1, 0))

    def _counted(self, actor: Actor, place: Place | None = None) -> None:
        self.points += 1
        if len(self.stops) < MOST_PASSED:
            self.stops.append((actor.path, "", 0) if place is None else (actor.path, place.key, max(actor.counts.get(place.key, 1) - 1, 0)))
        self.strategy.point(actor, self.points)

    def _stops(self, actor: Actor) -> bool:
        """Whether the running OS thread may be stopped at a place: another actor has to be able to continue."""
        if actor.kind == "thread" and not actor.begun:
            return False
        own = get_ident()
        return bool(self.actors.starting()) or any(ident != own and not other.ended for ident, other in self.actors.threads().items())

    # What threads call.

    def stop(self, blocks: bool = False) -> None:
        """Before a lock is taken, or (`blocks`) when the running thread is about to wait for one."""
        if get_ident() in self.actors.foreign or importing():
            return
        with self.lock:
            self.progress += 1
            if blocks:
                self.liveness.check()

    def wait(self, actor: Actor, place: Place | None = None) -> None:
        """Blocks the running thread until its turn."""
        with self.lock:
            if self.open:
                return
            lock = self.held.add(actor, place)
        self.held.wait(actor, lock)

    # What event loops call.

    def admits(self, actor: Actor) -> bool:
        """Whether a thread may begin, or a task go on, without a turn. With the lock held."""
        if self.open or actor.kind == "callback":
            return True
        if actor.kind == "task" and not actor.begun and not self.strategy.holds_starts:
            return True
        if self._turn is actor:
            self._turn = None
            return True
        return False

    def put_aside(self, actor: Actor, back: Callable[[], None]) -> None:
        """Keeps the next step of a task until its turn. With the lock held."""
        self._counted(actor)
        super().put_aside(actor, back)

    # Turns.

    def decide(self) -> None:
        """No actor moves: grants the next turn. With the lock held."""
        held = [actor for actor in self.held if not actor.ended]
        if not held or self.open:
            return
        chosen = self.strategy.choose(held)
        self._in_a_row = self._in_a_row + 1 if chosen is self._last and len(held) > 1 else 0
        self._last = chosen
        if self._in_a_row > STARVING:
            self.strategy.lower(chosen)
            self._in_a_row = 0
        self.progress += 1
        if chosen.kind == "task":
            self._turn = chosen
        self.held.release(chosen)

    def _release(self) -> None:
        if self.open:
            for actor in self.waiting():
                self.held.release(actor)

    # Lives of actors.

    def started(self, actor: Actor) -> None:
        """With the lock held."""
        if actor.kind == "callback":
            self.progress += 1
        else:
            self._note((actor.path, "start", 0))

    def _pass_end(self, actor: Actor, look: Any) -> None:
        if actor.kind != "callback":
            self._note((actor.path, "end", 0))

    def hung(self, actors: list[dict[str, Any]]) -> None:
        """The program hangs. With the lock held."""
        if not self.open:
            self.came = list(self._expected.values())
        self.release_all()
        super().hung(actors)

    def give_up_unfinished(self, reason: str, detail: str) -> None:
        """Grants an actor a turn: an exploration has no order to give up."""
        self.decide()

    @property
    def complete(self) -> bool:
        """Whether the waiting actor waits for something other than a turn."""
        return not self.held

    def extra_result(self) -> dict[str, Any]:
        """Further members of the result."""
        return {
            "trace": [list(each) for each in self.trace],
            "begun": [list(each) for each in self.begun],
            "came": [list(each) for each in self.came],
            "points": self.points,
            "stops": [list(each) for each in self.stops],
            "passed_over": list(self.passed_over),
        }
