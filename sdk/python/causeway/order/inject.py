"""Injections at named places: cancellation or time-out of a task, a signal, a garbage collection."""

from __future__ import annotations

import sys

from causeway.order.document import CANCEL, COLLECT, EXPIRE, EXPIRES, PAUSE, SIGNAL, acts_after_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.document import Place
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches

_DEEPEST = 64
"""Awaits that are followed from a task to what it waits for."""


def inject_here(forcing: Forcing, places: Iterable[Place]) -> str:
    """Makes the injection that the order has for the running task at this await, which is one of some places. Returns what has to arrive before the
    task begins the awaited operation, or nothing.
    """
    with forcing, forcing.lock:
        actor = forcing.actors.current()
        for place in places:
            kind = forcing.order.inject.get(place.key)
            if kind is None or acts_after_place(kind) or place.key in forcing.injected:
                continue
            if place.actor != actor.path or actor.counts.get(place.key, 0) != place.nth + 1:
                continue
            first = place.access == "await"
            if kind in ("TimeoutError", PAUSE):
                if first:
                    forcing.injected.add(place.key)
                    return kind
            elif inject(forcing, place.key, actor) and first:
                return kind
    return ""


def inject(forcing: Forcing, key: str, actor: Actor) -> bool:
    """Cancels a task or ends its time limit, as the order says at a place; returns whether there was such a task. With the lock held."""
    task = actor.subject() if actor.kind == "task" else None
    if task is None or not hasattr(task, "cancel"):  # a task of trio has no such method
        return False
    if forcing.order.inject[key] == EXPIRE:
        if not _expire(forcing, actor):
            return False
    else:
        task.cancel()
    forcing.injected.add(key)
    return True


class Paused:
    """Replaces what a task awaits or enters (`async with`) by a pause in which a pending cancellation or time-out arrives; `awaited` then never
    begins. With `PAUSE` it begins after the pause, unless the program cancels the task until then.
    """

    def __init__(self, awaited: Any, injection: str) -> None:
        self._awaited, self._injection = awaited, injection

    def __await__(self) -> Iterator[Any]:
        return self._value().__await__()

    async def _value(self) -> Any:
        await self._pause()
        return await self._awaited

    async def _pause(self) -> None:
        try:
            if self._injection == "TimeoutError":
                raise TimeoutError
            await sys.modules["asyncio"].sleep(0)
        except BaseException:
            if hasattr(self._awaited, "close") and hasattr(self._awaited, "send"):
                self._awaited.close()
            raise

    async def __aenter__(self) -> Any:
        await self._pause()
        return await type(self._awaited).__aenter__(self._awaited)

    async def __aexit__(self, *raised: Any) -> Any:
        return await type(self._awaited).__aexit__(self._awaited, *raised)


def perform(forcing: Forcing, kind: str) -> None:
    """Collects garbage, raises a signal in this thread, or cancels another task. Outside of all gates."""
    if kind == COLLECT:
        import gc

        collector: Any = gc.collect
        collector.causeway_due = True
        gc.collect()
    elif kind.startswith(SIGNAL):
        import signal

        number = getattr(signal, kind.removeprefix(SIGNAL), None)
        if number is not None and callable(signal.getsignal(number)):
            signal.raise_signal(number)
    elif kind.startswith((CANCEL, EXPIRES)):
        with forcing, forcing.lock:
            actor = forcing.actors.by_path.get(kind.partition(" ")[2])
            task = actor.subject() if actor is not None and actor.kind == "task" and not actor.ended else None
            if actor is not None and task is not None and hasattr(task, "cancel"):
                task.cancel() if kind.startswith(CANCEL) else _expire(forcing, actor)


def _expire(forcing: Forcing, actor: Actor) -> bool:
    """Lets the earliest time limit of a task expire now, or that of its nearest ancestor with one; returns whether there was one."""
    for task in _waiting_for(forcing, actor):
        scheduled = getattr(task.get_loop(), "_scheduled", ())
        limits = [handle for handle in scheduled if not handle._cancelled and _limits(handle, task)]
        if limits:
            first = min(limits, key=lambda handle: float(handle._when))
            callback, args, context = first._callback, first._args, first._context
            first.cancel()
            context.run(callback, *args)
            return True
    return False


def _waiting_for(forcing: Forcing, actor: Actor) -> Iterator[Any]:
    """A task, the task that created it, and so on, as far as they have not ended."""
    path = actor.path
    while path:
        found = forcing.actors.by_path.get(path)
        task = found.subject() if found is not None and found.kind == "task" else None
        if task is not None and hasattr(task, "cancel") and not task.done():
            yield task
        path = path.rpartition("/")[0]


def _limits(handle: Any, task: Any) -> bool:
    """Whether a timer cancels a task: that of `asyncio.timeout` (and those of other libraries that keep the task), of `wait_for`, or one that calls
    the task's own `cancel`.
    """
    owner = getattr(handle._callback, "__self__", None)
    if owner is task and handle._callback.__name__ == "cancel":
        return True
    if task in (getattr(owner, "_task", None), getattr(owner, "_host_task", None)):
        return True
    waiter = getattr(task, "_fut_waiter", None)
    return waiter is not None and any(arg is waiter for arg in handle._args or ()) and "wait_for" in _awaits(task)


def _awaits(task: Any) -> list[str]:
    """The names of the coroutines in which a task waits, outermost first."""
    names: list[str] = []
    coroutine = task.get_coro()
    while coroutine is not None and len(names) < _DEEPEST:
        code = getattr(coroutine, "cr_code", None)
        names.append(code.co_name if code is not None else type(coroutine).__name__)
        coroutine = getattr(coroutine, "cr_await", None)
    return names


def put_off_collection(patches: Patches) -> None:
    """Disables garbage collection until the place that the order names."""
    import gc

    original: Any = gc.collect
    was_enabled = gc.isenabled()
    gc.disable()
    patches.also(lambda: gc.enable() if was_enabled else None)

    def collect(generation: int = 2) -> int:
        return int(original(generation)) if collect.causeway_due else 0  # type: ignore[attr-defined]

    collect.causeway_due = False  # type: ignore[attr-defined]
    patches.put(gc, "collect", collect)
