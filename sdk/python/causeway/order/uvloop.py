"""uvloop under an order: its handles are written in C, so what is scheduled is replaced by a step that runs, or is scheduled again in its turn.

Callbacks of file descriptors and signals are named, but not held: the loop would call them again and again. Code that the loop calls itself when I/O
is ready (protocols) is attributed to the thread. An idle loop does not show that it has nothing to wait for, so patience decides.
"""

from __future__ import annotations

from _thread import get_ident

from causeway.hooks.late import on_import
from causeway.order.actors import task_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches

HELD, NAMED = True, False
SCHEDULING = (
    ("call_soon", 0, HELD),
    ("call_soon_threadsafe", 0, HELD),
    ("call_later", 1, HELD),
    ("call_at", 1, HELD),
    ("add_reader", 1, NAMED),
    ("add_writer", 1, NAMED),
    ("add_signal_handler", 1, NAMED),
)
"""Method, index of the callback after self, and whether its steps can be held."""


def install(forcing: Forcing, patches: Patches) -> None:
    """Gates uvloop once the program has imported it; undone by `patches`."""
    on_import("uvloop", lambda module: _uvloop(forcing, module, patches))


def _uvloop(forcing: Forcing, module: ModuleType, patches: Patches) -> None:
    from causeway._tap import Around
    from causeway.hooks import uvloop as recorded

    loop: Any = module.Loop
    kinds = {name: kind for name, kind, _ in recorded.SCHEDULING}
    again = vars(loop).get("call_soon_threadsafe", loop.call_soon_threadsafe)
    again = getattr(again, "__wrapped__", again)
    for name, place, held in SCHEDULING:
        method = getattr(loop, name)
        if type(method).__name__ == "Around":
            # The recorder's wrapper has to be the outer one: it recognizes the step of a task when that is scheduled.
            inner = _scheduling(forcing, method.__wrapped__, again, place, held)
            patches.put(loop, name, Around(inner, hook="uvloop", handle=kinds[name], callback=place + 1))
        else:
            patches.put(loop, name, _scheduling(forcing, method, again, place, held))


def _scheduling(forcing: Forcing, original: Any, again: Any, place: int, held: bool) -> Any:
    def schedule(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) <= place or not callable(args[place]):
            return original(self, *args, **kwargs)
        with forcing as inside:
            if inside:
                return original(self, *args, **kwargs)
            if "context" in kwargs and kwargs["context"] is None:
                del kwargs["context"]
            if held and "context" not in kwargs:
                from contextvars import copy_context

                kwargs["context"] = copy_context()
            step = _Step(forcing, self, args[place], again if held else None, kwargs.get("context"))
            if step.task is not None:
                with forcing.lock:
                    forcing.actors.task(step.task)
        step.handle = original(self, *args[:place], step, *args[place + 1 :], **kwargs)
        return step.handle

    return schedule


class _Step:
    """What a handle of uvloop calls instead of a callback."""

    __slots__ = ("_actor", "_again", "_callback", "_context", "_forcing", "_loop", "handle", "task")

    def __init__(self, forcing: Forcing, loop: Any, callback: Any, again: Any, context: Any) -> None:
        self._forcing, self._loop, self._callback, self._again, self._context = forcing, loop, callback, again, context
        self._actor: Actor | None = None
        self.task = task_of(callback)
        self.handle: Any = None

    def __call__(self, *args: Any) -> Any:
        with self._forcing as inside:
            actor = None if inside else self._admit(args)
        if inside:
            return self._callback(*args)
        if actor is None:
            return None
        if self._forcing.due:
            self._forcing.run_due_injections()
        try:
            return self._callback(*args)
        finally:
            self._leave(actor)

    def _admit(self, args: tuple[Any, ...]) -> Actor | None:
        """The actor whose step this is, entered; None when it was set aside."""
        forcing = self._forcing
        with forcing.lock:
            forcing.liveness.runs(get_ident())
            if self.task is not None:
                actor = forcing.actors.task(self.task)
            else:
                actor = self._actor or forcing.actors.callback(self._callback)
                actor.loop = self._loop
            if self._again is not None and not forcing.admits(actor):
                self._actor = actor
                forcing.put_aside(actor, lambda: self._back(args))
                return None
            self._actor = None
            first = not actor.begun
            forcing.actors.enter(actor)
            if first:
                forcing.started(actor)
            forcing.progress += 1
            return actor

    def _back(self, args: tuple[Any, ...]) -> None:
        if self.handle is not None and self.handle.cancelled():
            return
        try:
            self._again(self._loop, self, *args, context=self._context)
        except RuntimeError:
            pass  # the loop is closed

    def _leave(self, actor: Actor) -> None:
        forcing = self._forcing
        with forcing, forcing.lock:
            forcing.step_ended(actor)
            if self.task is None:
                forcing.ended(actor)
            elif self.task.done():
                forcing.ended(actor)
                forcing.actors.forget(self.task)
