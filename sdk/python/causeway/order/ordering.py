"""Forces the constraints of an order in one process: which places were passed, who is held because of them, and whether the order was given up."""

from __future__ import annotations

import sys
import time
from _thread import RLock, get_ident

from causeway.order.actors import Actors
from causeway.order.children import Children
from causeway.order.conditions import has_released
from causeway.order.databases import Databases
from causeway.order.document import ARRIVES, OPENED, STATEMENTS, acts_after_place
from causeway.order.forcing import Forcing
from causeway.order.importing import importing
from causeway.order.liveness import Liveness
from causeway.order.parts import Parts
from causeway.order.reasons import ENDED, NO_ACTOR, NO_PLACE, ONE_STEP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.document import Constraint, Order, Place

_now_ns = time.monotonic_ns


class Ordering(Forcing):
    """Holds the actors that the constraints name, each until its constraint is fulfilled."""

    def __init__(self, order: Order, changed: Callable[[Forcing], None] | None = None, root: str = "main") -> None:
        super().__init__(order, changed, root)
        self.parts = Parts(order, self.actors)
        self.open = not order.constraints and not order.inject
        self._done: set[str] = set()
        self._bound: set[str] = set()
        """Late places that are in one statement with the place from which their actor is held."""
        self.free_ns: int | None = None
        """Since when nobody is held any more, and all that was to be injected was (`time.monotonic_ns`)."""

    def names_any_of(self, path: str) -> bool:
        """Whether the order has a place of an actor of this path, of a later one of its name, or of one below these."""
        return super().names_any_of(path) or self.parts.are_of(path)

    # What gates of code call.

    def begin(self, places: Iterable[Place]) -> None:
        """A statement of these places begins in the running actor; waits here if the actor is held at one of them."""
        with self.lock:
            actor = self.actors.current()
            self.parts.offer(actor, places, self._done)
            mine = [place for place in places if place.actor == actor.path]
            for place in mine:
                if place in actor.pending:
                    self._pass_place(actor, place)
                actor.counts[place.key] = actor.counts.get(place.key, 0) + 1
        for place in mine:
            if place.key in self.late and actor.counts[place.key] == place.nth + 1:
                self._arrive(actor, place)
            pends = place.access in STATEMENTS or (place.access == "await" and actor.kind == "thread")
            if pends and actor.counts[place.key] == place.nth + 1 and self._arrive(actor, place):
                with self.lock:
                    actor.pending.append(place)

    def before(self, place: Place, counted: bool) -> bool:
        """The running actor is about to make the access of the place; False if the actor or execution is not that of the place. Waits until it may
        continue.

        `counted`: its statement is counted by `begin`.
        """
        with self.lock:
            actor = self.actors.current()
            if not counted:
                self.parts.offer(actor, (place,), self._done)
            if place.actor != actor.path:
                return False
            if not counted:
                actor.counts[place.key] = actor.counts.get(place.key, 0) + 1
            if actor.counts.get(place.key, 0) != place.nth + 1:
                return False
        return self._arrive(actor, place)

    def after(self, place: Place, look: Any = None) -> None:
        """The running actor has made the access of the place. `look()` reads the location's value later."""
        with self.lock:
            if look is not None:
                self.watched.saw(place.key, look)
            self._pass(place.key)
            inside = self.agenda.inside.get(place.key)
            actor = self.actors.current()
            stops = inside is not None and inside.hold.key in self._bound and actor.kind == "thread"
        if inside is not None and stops:
            # `n += 1` of a global: the gate of its write comes after the write, so this is the last place to stop at.
            self.wait(actor, inside.hold)

    def mark_late(self, keys: Iterable[str]) -> None:
        """The gates of these places are reached after the access. With the lock held."""
        inside = {one.hold.key for one in self.agenda.inside.values()}
        self.late.update(key for key in keys if key not in inside)
        self._bound.update(key for key in keys if key in inside)

    def _pass_place(self, actor: Actor, place: Place) -> None:
        actor.pending.remove(place)
        self._pass(place.key)

    def _arrive(self, actor: Actor, place: Place) -> bool:
        with self.lock:
            if place.key in self._done:
                return False
            constraint = None if self.open else self._held_by(actor, place)
            if constraint is None or (actor.kind == "task" and place.access == "sql" and place.name is not None):
                return True  # a task is held where it sends the request to the server
            if actor.kind != "thread" and not self._elsewhere(constraint.after.actor, actor):
                self._give_up(constraint, ONE_STEP, f"{actor.path} reaches its {place} in the step that it could only be stopped before.")
                return True
        self.wait(actor, place)
        return True

    def _elsewhere(self, path: str, actor: Actor) -> bool:
        """Whether an actor runs, or will be created, on another OS thread, so that the thread of a step may stop for it."""
        known = path
        while known and known not in self.actors.by_path:
            known = known.rpartition("/")[0]
        other = self.actors.by_path.get(known)
        if other is None or other.ended:
            return False
        return (other.kind == "thread" and other.thread != get_ident()) or (other.loop is not None and other.loop is not actor.loop)

    # What threads call.

    def stop(self, blocks: bool = False) -> None:
        """A scheduling point of the running thread: before a lock is taken, or (`blocks`) when it is about to wait for one."""
        if get_ident() in self.actors.foreign or importing():
            return
        with self.lock:
            actor = self.actors.current()
            self.progress += 1
            if blocks:
                self.liveness.check()
                return
            if any(place.access == "await" for place in actor.pending) and has_released(sys._getframe(2)):
                for place in [each for each in actor.pending if each.access == "await"]:
                    self._pass_place(actor, place)
            # Locks that a thread takes before it runs its target are not the program's.
            if self.open or actor.kind != "thread" or not actor.begun or self._held_by(actor) is None:
                return
        self.wait(actor)

    def wait_before_change(self) -> None:
        """Called before the running thread makes a change that others may see. It waits if a place that it has passed holds it, unless another actor
        waits for one of its later places.
        """
        if get_ident() in self.unseen:
            return
        with self as inside:
            if inside:
                return
            with self.lock:
                stops = self.agenda.must_wait(self.actors.current().path, self._done)
            if stops:
                self.stop()

    def may_request(self) -> bool:
        """Whether the running task, which is about to ask a database, may do so now."""
        if get_ident() in self.unseen:
            return True
        with self, self.lock:
            actor = self.actors.current()
            return actor.kind != "task" or self.admits(actor)

    def statement_answered(self, what: str) -> None:
        """A database has answered the running actor: the places of its current statement (`SELECT accounts`) are passed."""
        if get_ident() in self.unseen:
            return
        with self, self.lock:
            actor = self.actors.current()
            for place in [each for each in actor.pending if each.access == "sql" and each.name == what]:
                self._pass_place(actor, place)

    def file_opened(self) -> None:
        """The running actor has opened a file to write it, in its current statement: places that are passed there are. It waits if one holds it."""
        with self as inside:
            if inside:
                return
            with self.lock:
                actor = self.actors.current()
                mine = [each for each in actor.pending if each.access == "file" and each.name == OPENED]
                for place in mine:
                    self._pass_place(actor, place)
            if mine:
                self.stop()

    def wait(self, actor: Actor, place: Place | None = None) -> None:
        """Blocks the running thread as long as its actor is held."""
        while True:
            with self.lock:
                if self.open or self._held_by(actor, place) is None:
                    return
                lock = self.held.add(actor, place)
            self.held.wait(actor, lock)

    # What event loops call.

    def admits(self, actor: Actor) -> bool:
        """Whether a step of a task or callback may run now. With the lock held."""
        return self.open or self._held_by(actor) is None

    def awaits(self, places: Iterable[Place]) -> None:
        """The running actor has reached an await, which is one of these places: it is passed as soon as the actor waits."""
        with self.lock:
            actor = self.actors.current()
            for place in places:
                if place.access == "await" and place.actor == actor.path and actor.counts.get(place.key, 0) == place.nth + 1:
                    actor.awaiting = place.key

    def awaited(self) -> None:
        """The running actor has resumed."""
        with self.lock:
            self.actors.current().awaiting = ""

    def step_ended(self, actor: Actor) -> None:
        """A step is over. With the lock held."""
        super().step_ended(actor)
        if actor.awaiting:
            self._pass(actor.awaiting)
            actor.awaiting = ""

    # Lives of actors.

    def started(self, actor: Actor) -> None:
        """With the lock held."""
        self.progress += 1
        for key in self.agenda.starts(actor.path):
            self._pass(key)

    def _pass_end(self, actor: Actor, look: Any) -> None:
        for key in self.agenda.ends(actor.path):
            if look is not None:
                self.watched.note(key, look)
            self._pass(key)
        for constraint in self.agenda.unmet(actor.path, self._done):
            self._give_up(constraint, ENDED, f"{actor.path} has ended without its {constraint.after}.")

    def places_missing(self, places: Iterable[Place]) -> None:
        """These places do not exist in the code."""
        for place in places:
            for constraint in self.order.constraints:
                if place in (constraint.after, constraint.hold, constraint.since):
                    self._give_up(constraint, NO_PLACE, f"The code is gone: nothing in {place.file} is the {place} ({place.text!r}).")

    # The order itself.

    def _held_by(self, actor: Actor, place: Place | None = None) -> Constraint | None:
        return self.agenda.held_by(actor.path, self._done, place)

    def _pass(self, key: str) -> None:
        if key in self._done:
            return
        self._done.add(key)
        self.passed.append(key)
        self.progress += 1
        injection = self.order.inject.get(key, "")
        if acts_after_place(injection):
            self.due.setdefault(get_ident(), []).append(injection)
        if self.remote is not None:
            self.remote.passed(key)
        self._release()
        self._notify_changed()

    def passed_elsewhere(self, key: str) -> None:
        """Another process has passed a place."""
        with self.lock:
            if key not in self._done:
                self._done.add(key)
                self.passed.append(key)
                self.progress += 1
                self._release()
                self._notify_changed()

    def gave_up_elsewhere(self, why: dict[str, Any]) -> None:
        """Another process has given up the order. With the lock held."""
        if self.gave_up is None:
            self.gave_up = why
            self.open = True
            self._release()
            self._notify_changed()

    def process_ended(self, root: str) -> None:
        """Another process, and all actors in it, have ended. With the lock held."""
        if not root:
            return
        for key in self.agenda.ends(root):
            self._pass(key)
        for constraint in self.order.constraints:
            place = constraint.after
            if place.key not in self._done and (place.actor == root or place.actor.startswith(root + "/")):
                self._give_up(constraint, ENDED, f"The process {root} has ended without {place}.")

    def after_fork(self, root: str) -> None:
        """In a forked child: the same order, seen by a process with one thread."""
        self.lock = RLock()
        self.actors = Actors(root)
        self.parts = Parts(self.order, self.actors)
        self.liveness = Liveness(self)
        self.children = Children()
        self.databases = Databases(self)
        self.databases.observe()
        self.unseen.clear()
        self.remote = self._changed = self.on_hang = None
        self.held.clear()
        self.actors.main(get_ident())

    def _release(self) -> None:
        for actor in self.waiting():
            if self.open or self._held_by(actor, self.held.place_of(actor)) is None:
                self.held.release(actor)
        if self.free_ns is None and self.complete and not self.waiting() and self._done.issuperset(self.order.inject):
            self.free_ns = _now_ns()

    def extra_result(self) -> dict[str, Any]:
        """The members of the result that only a forced order has."""
        return {} if self.free_ns is None else {"free_ns": self.free_ns}

    def _give_up(self, constraint: Constraint, reason: str, detail: str) -> None:
        if self.gave_up is not None or self.open:
            return
        self.gave_up = {"constraint": constraint.index, "reason": reason, "detail": detail}
        self.open = True
        if self.remote is not None:
            self.remote.gave_up(self.gave_up)
        self._release()
        self._notify_changed()

    def give_up_unfinished(self, reason: str, detail: str) -> None:
        """Gives up the first constraint that is not fulfilled. With the lock held."""
        for constraint in self.order.constraints:
            if constraint.after.key not in self._done:
                self._give_up(constraint, reason, detail)
                return

    def awaited_actors(self) -> list[Actor]:
        """The actors that can reach the awaited place: for a part that no actor has taken, all that may take it. With the lock held."""
        path = next((one.after.actor for one in self.order.constraints if one.after.key not in self._done), "")
        known = self.actors.by_path.get(path)
        return [known] if known is not None else self.parts.candidates(path)

    @property
    def complete(self) -> bool:
        """Whether no actor is held any more."""
        return self.open or all(constraint.after.key in self._done for constraint in self.order.constraints)

    def end(self) -> None:
        """The run is over: nothing more can happen. In further processes this ends only their own part."""
        decides = self.remote is None or self.remote.decides
        with self.lock:
            for constraint in self.order.constraints:
                if not decides or constraint.after.key in self._done:
                    continue
                place = constraint.after
                known = place.actor in self.actors.by_path
                if known and place.file and place.key not in self.anchored:
                    self._give_up(constraint, NO_PLACE, f"The code is gone: {place.file} was not loaded.")
                elif known:
                    self._give_up(constraint, ENDED, f"{place.actor} has ended without its {place}.")
                else:
                    self._give_up(constraint, NO_ACTOR, f"There was no {place.actor}.")
            injected = self.order.inject.items()
            missed = [key for key, kind in injected if kind in ARRIVES and key not in self.injected]
            missed += [key for key, kind in injected if acts_after_place(kind) and key not in self._done]
            if missed and decides and self.gave_up is None:
                self.gave_up = {"constraint": None, "reason": ENDED, "detail": f"No actor reached {self.order.places[missed[0]]}."}
            super().end()
