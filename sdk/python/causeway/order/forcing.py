"""What gates, event loops and thread hooks call in a process whose actors are held: under an order (`Ordering`) or an exploration (`Exploring`)."""

from __future__ import annotations

from _thread import RLock, get_ident

from causeway import _tap
from causeway.order.actors import Actors
from causeway.order.agenda import Agenda
from causeway.order.children import Children
from causeway.order.databases import Databases
from causeway.order.held import HeldActors
from causeway.order.liveness import Liveness
from causeway.order.watched import Watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.document import Order, Place


class Forcing:
    """Called from gates, loops and thread hooks of any thread. One lock guards all state (reentrant: a signal handler may run inside). A thread
    that has to wait waits on a lock of its own.

    `changed(forcing)` is called, with the lock held, whenever the result has changed. `remote` passes places and questions on to other
    processes, or is None. Subclasses decide who is held, and where; what they do not override does nothing.
    """

    def __init__(self, order: Order, changed: Callable[[Forcing], None] | None = None, root: str = "main") -> None:
        self.order = order
        self.agenda = Agenda(order)
        self.lock = RLock()
        self.actors = Actors(root)
        self.liveness = Liveness(self)
        self.held = HeldActors(self)
        self.watched = Watched(order.watch)
        self.children = Children()
        self.databases = Databases(self)
        self.inherited_pipes: frozenset[str] = frozenset()
        """Pipes that existed before the program (`channels.given`)."""
        self.semaphores: set[int] = set()
        """Addresses of the semaphores that multiprocessing shares between processes."""
        self.unseen: set[int] = set()
        """Internal threads of the order, which are not actors."""
        self.passed: list[str] = []
        """The keys of the order's places that were passed."""
        self.gave_up: dict[str, Any] | None = None
        self.hang: dict[str, Any] | None = None
        self.open = False
        """Whether nobody is held any more."""
        self.anchored: set[str] = set()
        """Places that were found in loaded code."""
        self.late: set[str] = set()
        """Places whose access has happened when their gate is reached."""
        self.injected: set[str] = set()
        """Places whose injection has been done."""
        self.due: dict[int, list[str]] = {}
        """Injections that a thread makes as soon as it has left its gate."""
        self.progress = 0
        self.on_hang: Callable[[], None] | None = None
        self.remote: Any = None
        self.finished = False
        self._changed = changed

    def names_any_of(self, path: str) -> bool:
        """Whether the order has a place of an actor of this path, of a later one of its name, or of one below these."""
        return self.agenda.names(path) or self.agenda.names_later_actor(path)

    def running(self) -> str:
        """The spawn path of the running actor."""
        with self, self.lock:
            return self.actors.current().path

    # What gates of code call.

    def begin(self, places: Iterable[Place]) -> None:
        """A statement of these places begins in the running actor; waits here if the actor is held at one of them."""
        raise NotImplementedError

    def before(self, place: Place, counted: bool) -> bool:
        """The running actor is about to make the access of the place; False if the actor or execution is not that of the place. Waits until it may
        continue.

        `counted`: its statement is counted by `begin`.
        """
        raise NotImplementedError

    def after(self, place: Place, look: Any = None) -> None:
        """The running actor has made the access of the place. `look()` reads the location's value later."""
        raise NotImplementedError

    def ends(self, places: Iterable[Place]) -> None:
        """If the running actor was executing a statement of these places, that statement is over."""
        with self.lock:
            actor = self.actors.current()
            for place in places:
                if place in actor.pending:
                    self._pass_place(actor, place)

    def answer_arrived(self, places: Iterable[Place]) -> bool:
        """The result of a statement of these places has arrived in the running actor; returns whether it may continue with it now."""
        self.ends(places)
        with self.lock:
            actor = self.actors.current()
            return actor.kind != "task" or self.admits(actor)

    def mark_late(self, keys: Iterable[str]) -> None:
        """The gates of these places are reached after the access. With the lock held."""
        self.late.update(keys)

    def places_missing(self, places: Iterable[Place]) -> None:
        """These places do not exist in the code."""

    def awaits(self, places: Iterable[Place]) -> None:
        """The running actor has reached an await, which is one of these places: it is passed as soon as the actor waits."""

    def awaited(self) -> None:
        """The running actor has resumed."""

    def run_due_injections(self) -> None:
        """Makes the injections that are due in this thread. Called outside of gates, without the lock."""
        from causeway.order.inject import perform

        for injection in self.due.pop(get_ident(), ()):
            perform(self, injection)

    def _pass_place(self, actor: Actor, place: Place) -> None:
        """The actor has executed the statement of a place that was pending."""
        raise NotImplementedError

    # What threads call.

    def stop(self, blocks: bool = False) -> None:
        """A scheduling point of the running thread: before a lock is taken, or (`blocks`) when it is about to wait for one."""
        raise NotImplementedError

    def before_request(self) -> None:
        """A scheduling point: the running thread is about to request something that others may hold (a database, a lock shared by processes)."""
        with self as inside:
            if not inside:
                self.stop()

    def may_request(self) -> bool:
        """Whether the running task, which is about to ask a database, may do so now."""
        return True

    def statement_answered(self, what: str) -> None:
        """A database has answered the running actor: the places of its current statement (`SELECT accounts`) are passed."""

    def wait(self, actor: Actor, place: Place | None = None) -> None:
        """Blocks the running thread as long as its actor is held."""
        raise NotImplementedError

    # What event loops call.

    def admits(self, actor: Actor) -> bool:
        """Whether a step of a task or callback may run now. With the lock held."""
        raise NotImplementedError

    def put_aside(self, actor: Actor, back: Callable[[], None]) -> None:
        """Sets aside a step that is not admitted; `back()` schedules it again. With the lock held."""
        self.held.put_aside(actor, back)
        self.liveness.watch()

    def step_ended(self, actor: Actor) -> None:
        """A step is over. With the lock held."""
        self.actors.leave(actor)

    # Lives of actors.

    def due_injection(self, actor: Actor) -> str:
        """The key of the place whose injection is due before an actor's first step. With the lock held."""
        return self.agenda.due_injection(actor.path, self.injected)

    def started(self, actor: Actor) -> None:
        """With the lock held."""
        raise NotImplementedError

    def ended(self, actor: Actor, look: Any = None) -> None:
        """The actor has ended: it will not pass its remaining places. `look()` returns its result. With the lock held."""
        if actor.ended:
            return
        actor.ended = True
        for place in list(actor.pending):
            self._pass_place(actor, place)
        self._pass_end(actor, look)
        self.progress += 1
        if actor.path not in self.agenda.named:
            self.actors.by_path.pop(actor.path, None)

    def _pass_end(self, actor: Actor, look: Any) -> None:
        """An actor has ended, after it has passed its last place."""
        raise NotImplementedError

    # Who is held.

    @property
    def complete(self) -> bool:
        """Whether no actor is held any more."""
        raise NotImplementedError

    def waiting(self) -> list[Actor]:
        """The actors that are held now."""
        return list(self.held)

    def awaited_actors(self) -> list[Actor]:
        """The actors that can reach the awaited place. With the lock held."""
        return []

    def release_all(self) -> None:
        """Releases every held actor. With the lock held."""
        self.open = True
        self._release()

    def _release(self) -> None:
        """Releases all actors that are no longer held, in order of arrival."""
        raise NotImplementedError

    def give_up_unfinished(self, reason: str, detail: str) -> None:
        """No actor moves while one is held. With the lock held."""
        raise NotImplementedError

    # The result.

    def extra_result(self) -> dict[str, Any]:
        """Further members of the result. With the lock held."""
        return {}

    def hung(self, actors: list[dict[str, Any]]) -> None:
        """The program hangs, and not because of a gate. With the lock held."""
        if self.hang is None:
            self.hang = {"actors": actors}
            self._notify_changed()
        if self.on_hang is not None:
            self.on_hang()

    def end(self) -> None:
        """The run is over: nothing more can happen."""
        with self.lock:
            self.open = True
            self.finished = True
            self._release()

    def _notify_changed(self) -> None:
        if self._changed is not None:
            self._changed(self)

    def __enter__(self) -> bool:
        """A context manager: marks the running thread as internal for its duration; yields whether it was already."""
        return _tap.enter_gate()

    def __exit__(self, *_: object) -> None:
        _tap.leave_gate()
