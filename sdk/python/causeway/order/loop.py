"""asyncio under an order: the handle of a held step of a task or callback is set aside and scheduled again in its turn. Nothing blocks the loop."""

from __future__ import annotations

import sys
from _thread import get_ident
from types import CoroutineType

from causeway.hooks.late import on_import
from causeway.order import eager, watched
from causeway.order.actors import described, task_of
from causeway.order.inject import inject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches


def install(forcing: Forcing, patches: Patches) -> None:
    """Gates the loops of asyncio once the program has imported it; undone by `patches`."""
    on_import("asyncio", lambda module: _Loops(forcing).install(module, patches))


class _Loops:
    def __init__(self, forcing: Forcing) -> None:
        self.forcing = forcing
        self._named: dict[int, Actor] = {}
        """Callbacks that were set aside, by the id of their handle."""

    def install(self, module: ModuleType, patches: Patches) -> None:
        events, base = sys.modules["asyncio.events"], sys.modules["asyncio.base_events"]
        handle: Any = vars(events)["Handle"]
        loop: Any = vars(base)["BaseEventLoop"]
        patches.put(handle, "__init__", self._made(handle.__init__))
        patches.put(handle, "_run", self._run(handle._run))
        patches.put(loop, "_run_once", self._run_once(loop._run_once))
        eager.install(module, patches)
        scheduled: Any = getattr(sys.modules["asyncio.tasks"], "_scheduled_tasks", None)
        if hasattr(scheduled, "__dict__"):
            patches.put(scheduled, "add", self._registered(scheduled.add))
        limited = (self._as_actor if sys.version_info >= (3, 12) else self._in_caller)(sys.modules["asyncio.tasks"].wait_for)
        for owner in (module, sys.modules["asyncio.tasks"]):
            patches.put(owner, "wait_for", limited)
        if "loop" in self.forcing.order.checks:
            patches.put(loop, "__init__", _checked(loop.__init__))

    def _made(self, original: Any) -> Any:
        def __init__(self: Any, callback: Any, args: Any, loop: Any, context: Any = None) -> None:
            original(self, callback, args, loop, context)
            task = task_of(callback)
            if task is not None and get_ident() not in forcing.unseen:
                with forcing, forcing.lock:
                    forcing.actors.task(task)

        forcing = self.forcing
        return __init__

    def _as_actor(self, original: Any) -> Any:
        """From 3.12 on, `wait_for` runs a coroutine inside of its caller. If the order names it as an actor (as before 3.12), it becomes one."""

        async def wait_for(fut: Any, timeout: Any) -> Any:
            if timeout is not None and type(fut) is CoroutineType:
                with forcing, forcing.lock:
                    path = forcing.actors.current().stem + "/" + described(fut).rpartition(".")[2]
                if forcing.names_any_of(path):
                    fut = sys.modules["asyncio"].create_task(fut)
            return await original(fut, timeout)

        forcing = self.forcing
        return wait_for

    def _in_caller(self, original: Any) -> Any:
        """Up to 3.11, `wait_for` makes a task of a coroutine. Here it runs inside of its caller if the order has its places as the caller's, or a
        place at the await.
        """

        async def wait_for(fut: Any, timeout: Any) -> Any:
            if timeout is not None and timeout > 0 and type(fut) is CoroutineType:
                with forcing, forcing.lock:
                    caller, name = forcing.actors.current(), described(fut)
                    inside = bool(caller.awaiting) or forcing.agenda.names_function(caller.path, name)
                    inside = inside and not forcing.names_any_of(f"{caller.stem}/{name.rpartition('.')[2]}")
                if inside:
                    async with sys.modules["asyncio"].timeout(timeout):
                        return await fut
            return await original(fut, timeout)

        forcing = self.forcing
        return wait_for

    def _registered(self, original: Any) -> Any:
        """A task that has begun eagerly waits for the first time, and is registered (3.12, 3.13): its creator names it, not what wakes it."""

        def add(task: Any) -> None:
            original(task)
            if get_ident() not in forcing.unseen:
                with forcing, forcing.lock:
                    forcing.actors.task(task)

        forcing = self.forcing
        return add

    def _run(self, original: Any) -> Any:
        forcing, admit, leave = self.forcing, self._admit, self._leave

        def _run(self: Any) -> None:
            with forcing as inside:
                actor = None if inside else admit(self)
            if inside:
                original(self)
                return
            if actor is None:
                return
            if forcing.due:
                forcing.run_due_injections()
            task = actor.subject() if actor.subject is not None else None
            try:
                original(self)
            finally:
                leave(actor, task)

        return _run

    def _admit(self, handle: Any) -> Actor | None:
        """The actor whose step the handle is, entered; None when it was set aside."""
        forcing = self.forcing
        with forcing.lock:
            forcing.liveness.runs(get_ident())
            task = task_of(handle._callback)
            if task is not None:
                actor = forcing.actors.task(task)
            else:
                named = self._named.pop(id(handle), None)
                actor = named if named is not None else forcing.actors.callback(handle._callback)
                actor.loop = handle._loop
            if not forcing.admits(actor):
                if task is None:
                    self._named[id(handle)] = actor
                forcing.put_aside(actor, _back(handle))
                return None
            first = not actor.begun
            if first and task is not None and (key := forcing.due_injection(actor)) and inject(forcing, key, actor):
                # A waiter with a time limit cancels it in a step of its own, which now comes before this one.
                _back(handle)()
                return None
            forcing.actors.enter(actor)
            if first:
                forcing.started(actor)
            forcing.progress += 1
            return actor

    def _leave(self, actor: Actor, task: Any) -> None:
        forcing = self.forcing
        with forcing, forcing.lock:
            for begun in forcing.actors.begun_inside():
                self._begun_inside(begun)
            forcing.step_ended(actor)
            if task is None:
                forcing.ended(actor)
            elif task.done():
                forcing.ended(actor, lambda: _result_of(task))
                forcing.actors.forget(task)

    def _begun_inside(self, actor: Actor) -> None:
        """A task has begun eagerly in the step that ends, and may have ended in it."""
        forcing, task = self.forcing, actor.subject()
        if not actor.begun:
            actor.begun = True
            forcing.started(actor)
        if task is None:
            forcing.ended(actor)
        elif task.done():
            forcing.ended(actor, lambda: _result_of(task))
            forcing.actors.forget(task)

    def _run_once(self, original: Any) -> Any:
        forcing = self.forcing

        def _run_once(self: Any) -> None:
            if get_ident() in forcing.unseen:
                original(self)
                return
            if not self._ready:
                with forcing, forcing.lock:
                    if not self._ready:
                        forcing.liveness.idles(self)
            try:
                original(self)
            finally:
                with forcing, forcing.lock:
                    forcing.liveness.runs(get_ident())

        return _run_once


def _checked(original: Any) -> Any:
    """Sets debug mode: the loop then raises if it is used from a thread other than its own."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.set_debug(True)
        self.slow_callback_duration = 3600.0

    return __init__


def _back(handle: Any) -> Callable[[], None]:
    """Schedules a handle that was set aside, as if it had become runnable only now."""

    def back() -> None:
        loop = handle._loop
        loop._ready.append(handle)
        if loop._thread_id not in (None, get_ident()):
            loop._write_to_self()

    return back


def _result_of(task: Any) -> Any:
    """The result of a finished task, or the exception that ended it. Not by its methods, which would mark the exception as retrieved."""
    if task.cancelled():
        return watched.GONE
    error = task._exception
    return task._result if error is None else error
