"""Actors and their spawn paths: the names that a recording gives them (host: ingest/actors.py), from the order of their creation.

A path is the creator's path, a slash and the last part of the name of the code that the actor runs. The second actor of a name gets `#2`. Threads and
tasks get their paths at creation, callbacks when they first run, as in a recording. Actors that a callback creates are named below the callback's
name without its number, because the number of callbacks (one per packet, for example) differs from run to run.
"""

from __future__ import annotations

import functools
import sys
from _thread import get_ident, get_native_id
from types import BuiltinFunctionType, CodeType, CoroutineType, FunctionType, GeneratorType, MethodType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any


SUBMIT = "submit()"
"""The last part of the path of a work item of a thread pool. No code has such a name."""


class Actor:
    """One thread, task or callback. `thread` is the ident of the OS thread it runs on, once known; `loop` its event loop."""

    __slots__ = ("aside", "awaiting", "begun", "counts", "ended", "kind", "loop", "native", "path", "pending", "stem", "subject", "thread", "worker")

    def __init__(self, path: str, kind: str, subject: Any = None) -> None:
        self.path = path
        self.stem = path
        """The prefix of the paths of actors that it creates."""
        self.kind = kind
        self.subject = subject
        """The Thread or Task, to find out what it waits for. Tasks are referenced weakly."""
        self.worker: Actor | None = None
        """For a work item: the thread that runs it."""
        self.thread = 0
        self.native = 0
        """For a thread: its id in the operating system, once it runs."""
        self.loop: Any = None
        self.begun = self.ended = False
        self.awaiting = ""
        """The place of an await that the actor has reached and that is not over."""
        self.counts: dict[str, int] = {}
        """How often the statement of a place has begun."""
        self.pending: list[Any] = []
        """Places whose statement is being executed."""
        self.aside: list[Any] = []
        """Calls that schedule the held handles again."""


def described(it: Any) -> str:
    """The name of an actor that runs `it`: the qualified name of its code, else of its type or built-in function."""
    for _ in range(8):
        if isinstance(it, MethodType):
            it = it.__func__
        elif type(it) is functools.partial and "asyncio" in sys.modules:
            it = it.func  # the recorder knows partials once asyncio is imported
        elif type(it).__name__ in ("Around", "AroundPlain") and type(it).__module__ == "causeway._tap":
            it = it.__wrapped__
        elif type(it).__name__ == "Awaited" and type(it).__module__ == "causeway._tap":
            return str(it.cr_code.co_qualname)  # a coroutine whose end the recorder waits for
        else:
            break
    code: CodeType | None = None
    if isinstance(it, FunctionType):
        code = it.__code__
    elif type(it) is GeneratorType:
        code = it.gi_code
    elif type(it) is CoroutineType:
        code = it.cr_code
    if code is not None:
        return code.co_qualname
    return it.__name__ if isinstance(it, BuiltinFunctionType) else type(it).__name__


class Actors:
    """All actors of this process, by path, thread and task. Every method is called with the forcing's lock held, or before anything runs."""

    def __init__(self, root: str = "main") -> None:
        self._siblings: dict[str, int] = {}
        self.by_path: dict[str, Actor] = {}
        self._threads: dict[int, Actor] = {}
        self._starting: dict[int, Actor] = {}
        self._tasks: dict[int, tuple[Any, Actor]] = {}
        self._running: dict[int, list[Actor]] = {}
        self._inside: dict[int, set[Actor]] = {}
        """Tasks that were seen to run inside the step of their creator, by thread."""
        self.foreign: frozenset[int] = frozenset()
        self.root = self._new(root, "thread")
        self.root.begun = True

    def _new(self, path: str, kind: str, subject: Any = None) -> Actor:
        actor = self.by_path[path] = Actor(path, kind, subject)
        return actor

    def spawn(self, creator: Actor, name: str, kind: str, subject: Any = None) -> Actor:
        """A new actor, named."""
        base = _below(creator, name)
        actor = self._new(self._numbered(base), kind, subject)
        if kind == "callback":
            actor.stem = base
        return actor

    def named(self, creator: Actor, name: str) -> str:
        """The path of an actor that is about to be created."""
        return self._numbered(_below(creator, name))

    def _numbered(self, base: str) -> str:
        count = self._siblings[base] = self._siblings.get(base, 0) + 1
        return base if count == 1 else f"{base}#{count}"

    # Threads.

    def main(self, ident: int) -> None:
        """Makes the running thread the root; threads that exist already do not belong to the program."""
        self.foreign = frozenset(sys._current_frames()) - {ident}
        self._threads[ident] = self.root
        self.root.thread = ident
        self.root.native = get_native_id()

    def thread_made(self, thread: Any) -> Actor:
        """`thread` is about to be started by the running actor."""
        target = getattr(thread, "_target", None)
        if target is None:
            target = thread.run
        name = described(target)
        if not _has_code(target):
            name = thread._name or name
        actor = self._starting[id(thread)] = self.spawn(self.current(), name, "thread", thread)
        return actor

    def thread_lost(self, thread: Any) -> None:
        """It could not be started after all."""
        self._starting.pop(id(thread), None)

    def thread_begins(self, thread: Any) -> Actor:
        """In the new thread."""
        actor = self._starting.pop(id(thread), None) or self.spawn(self.root, described(thread.run), "thread", thread)
        actor.thread, actor.native = get_ident(), get_native_id()
        self._threads[actor.thread] = actor
        return actor

    def thread_ends(self, actor: Actor) -> None:
        """At the end of the thread."""
        if self._threads.get(actor.thread) is actor:
            del self._threads[actor.thread]

    # Work items of thread pools.

    def submitted(self) -> str:
        """The path of the work item that the running actor submits."""
        return self.named(self.current(), SUBMIT)

    def work(self, path: str) -> Actor:
        """The work item of this path is about to be run by this thread."""
        actor = self._new(path, "thread")
        actor.thread, actor.worker = get_ident(), self.current()
        return actor

    def starting(self) -> list[Actor]:
        """Threads that were started and have not begun."""
        return list(self._starting.values())

    def threads(self) -> dict[int, Actor]:
        """Threads by ident."""
        return self._threads

    def current(self) -> Actor:
        """The running actor: the task or callback whose step this is, else the thread."""
        ident = get_ident()
        running = self._running.get(ident)
        asyncio = sys.modules.get("asyncio")
        if asyncio is not None and running:
            # An eager task runs inside the step of its creator.
            task = asyncio.tasks._current_tasks.get(running[-1].loop) if running[-1].loop is not None else None
            if task is not None:
                actor = self.task(task)
                if actor is not running[-1]:
                    self._inside.setdefault(ident, set()).add(actor)
                return actor
        if running:
            return running[-1]
        return self._thread(ident)

    def _thread(self, ident: int) -> Actor:
        actor = self._threads.get(ident)
        if actor is None:
            actor = self._threads[ident] = self.spawn(self.root, f"thread-{len(self._threads)}", "thread")
            actor.thread, actor.native, actor.begun = ident, get_native_id(), True
        return actor

    # Steps of tasks and callbacks.

    def task(self, task: Any) -> Actor:
        """The actor of a task; a new task was created by the running actor."""
        known = self._tasks.get(id(task))
        if known is not None and known[0]() is task:
            return known[1]
        actor = self._new_task(self._maker(task), task, task.get_coro())
        actor.loop = task.get_loop()
        return actor

    def trio_task(self, task: Any) -> Actor:
        """The same for a task of trio."""
        known = self._tasks.get(id(task))
        return known[1] if known is not None and known[0]() is task else self._new_task(self.current(), task, task.coro)

    def _new_task(self, creator: Actor, task: Any, coroutine: Any) -> Actor:
        from weakref import ref

        actor = self.spawn(creator, described(coroutine), "task", ref(task))
        self._tasks[id(task)] = (actor.subject, actor)
        return actor

    def _maker(self, task: Any) -> Actor:
        """The creator of a new task. A task that was started eagerly creates others inside the step of its own creator."""
        running = self._running.get(get_ident())
        if not running:
            return self._thread(get_ident())
        inside = sys.modules["asyncio"].tasks._current_tasks.get(running[-1].loop)
        return running[-1] if inside is None or inside is task else self.task(inside)

    def callback(self, callback: Any) -> Actor:
        """A new actor for a callback that is about to run."""
        running = self._running.get(get_ident())
        return self.spawn(running[-1] if running else self._thread(get_ident()), described(callback), "callback")

    def enter(self, actor: Actor) -> None:
        """The running thread now runs a step of `actor`."""
        ident = get_ident()
        actor.thread = ident
        actor.begun = True
        self._running.setdefault(ident, []).append(actor)

    def loop_of(self, ident: int) -> Any:
        """The event loop of whose steps a thread is executing one; None if it executes none."""
        return next((actor.loop for actor in reversed(self._running.get(ident, ())) if actor.loop is not None), None)

    def leave(self, actor: Actor) -> None:
        """The step is over."""
        running = self._running.get(get_ident())
        if running and running[-1] is actor:
            running.pop()

    def begun_inside(self) -> Collection[Actor]:
        """The eager tasks that were seen to run in the step of the running thread that ends."""
        return self._inside.pop(get_ident(), ())

    def forget(self, task: Any) -> None:
        """A task has ended; a new one may get its address."""
        self._tasks.pop(id(task), None)

    # Parts, each taken by the first actor that arrives.

    def rename_to_part(self, actor: Actor, part: str) -> None:
        """Renames the actor to a part (`document.part_of`)."""
        actor.path = part
        self.by_path[part] = actor


def _below(creator: Actor, name: str) -> str:
    if name != SUBMIT:
        creator = creator.worker or creator
    return f"{creator.stem}/{name.rsplit('.', 1)[-1]}"


def _has_code(it: Any) -> bool:
    while True:
        if isinstance(it, MethodType):
            it = it.__func__
        elif type(it) is functools.partial and "asyncio" in sys.modules:
            it = it.func
        else:
            return isinstance(it, FunctionType)


def task_of(callback: Any) -> Any:
    """The task whose step a handle's callback is, or None."""
    subject = getattr(callback, "__self__", None)
    if subject is None:
        return None
    kind = callback.__class__.__name__  # also through the recorder's wrapper of it
    name = getattr(callback, "__name__", kind)
    if kind == "TaskStepMethWrapper" or name in ("task_wakeup", "__step", "__wakeup", "_Task__step", "_Task__wakeup"):
        asyncio = sys.modules.get("asyncio")
        if asyncio is not None and isinstance(subject, (asyncio.tasks.Task, asyncio.tasks._PyTask)):
            return subject
    return None
