"""Threads under an order: their actors, where they stop, and what they wait for."""

from __future__ import annotations

import time
from _thread import get_ident

from causeway import _tap
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.order.actors import Actor
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches


def install(forcing: Forcing, patches: Patches) -> None:
    """Gates locks, sleeps and threads; undone by `patches`."""
    forcing.actors.main(get_ident())
    _tap.patch_locks()
    on_import("_queue", lambda module: _tap.patch_simple_queue())
    _tap.gate_locks(lambda lock, blocks: forcing.stop(blocks))
    patches.also(lambda: _tap.gate_locks(None))
    patches.put(time, "sleep", _sleep(forcing, time.sleep))
    on_import("threading", lambda module: _threading(forcing, patches, module))
    on_import("concurrent.futures.thread", lambda module: _pools(forcing, patches, module))
    on_import("anyio._backends._asyncio", lambda module: _anyio(forcing, patches, module))
    on_import("multiprocessing.synchronize", lambda module: _semaphores(forcing, patches, module))


def _pools(forcing: Forcing, patches: Patches, module: ModuleType) -> None:
    item: Any = module._WorkItem
    patches.put(item, "__init__", _submitted(forcing, item.__init__))
    patches.put(item, "run", _worked(forcing, item.run))


def _submitted(forcing: Forcing, original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        with forcing, forcing.lock:
            path = forcing.actors.submitted()
            if forcing.agenda.names(path):
                self._causeway_path = path

    return __init__


def _worked(forcing: Forcing, original: Any) -> Any:
    """Makes a work item that an order names an actor of its own, on any worker."""

    def run(self: Any, *args: Any) -> None:
        path = vars(self).get("_causeway_path")
        if path is None:
            original(self, *args)
        else:
            _work(forcing, path, original, (self, *args))

    return run


def _work(forcing: Forcing, path: str, call: Any, args: tuple[Any, ...]) -> Any:
    """Makes a call in this thread as the work item of a path; returns its result."""
    with forcing:
        with forcing.lock:
            actor = forcing.actors.work(path)
        forcing.wait(actor)
        with forcing.lock:
            forcing.actors.enter(actor)
            forcing.started(actor)
    try:
        return call(*args)
    finally:
        with forcing, forcing.lock:
            forcing.actors.leave(actor)
            forcing.ended(actor)
            forcing.liveness.check()


def _anyio(forcing: Forcing, patches: Patches, module: ModuleType) -> None:
    """Treats calls that a worker thread of anyio makes for a task as work items."""
    backend: Any = module.AsyncIOBackend
    original = backend.run_sync_in_worker_thread

    async def run_sync_in_worker_thread(cls: Any, func: Any, args: Any, *rest: Any, **options: Any) -> Any:
        path = None
        with forcing, forcing.lock:
            path = forcing.actors.submitted()
            path = path if forcing.agenda.names(path) else None
        if path is None:
            return await original(func, args, *rest, **options)
        return await original(_work, (forcing, path, func, args), *rest, **options)

    patches.put(backend, "run_sync_in_worker_thread", classmethod(run_sync_in_worker_thread))


def _semaphores(forcing: Forcing, patches: Patches, module: ModuleType) -> None:
    shared: Any = module.SemLock
    patches.put(shared, "__enter__", _entered(forcing, shared.__enter__))
    patches.put(shared, "_make_methods", _made(forcing, shared._make_methods))


def _made(forcing: Forcing, original: Any) -> Any:
    """Notes each semaphore that this process makes or receives."""

    def _make_methods(self: Any) -> None:
        original(self)
        forcing.semaphores.add(self._semlock.handle)

    return _make_methods


def _entered(forcing: Forcing, original: Any) -> Any:
    """Stops before `with` takes a lock that processes share: an actor held inside would block the other processes."""

    def __enter__(self: Any) -> Any:
        forcing.before_request()
        return original(self)

    return __enter__


def _sleep(forcing: Forcing, original: Any) -> Any:
    def sleep(seconds: Any, /) -> None:
        with forcing as inside:
            pass
        if inside or not isinstance(seconds, (int, float)):
            original(seconds)
            return
        with forcing:
            forcing.stop()
            with forcing.lock:
                forcing.liveness.sleeps(time.monotonic() + seconds)
        try:
            original(seconds)
        finally:
            with forcing, forcing.lock:
                forcing.liveness.runs(get_ident())
                forcing.progress += 1

    return sleep


def _threading(forcing: Forcing, patches: Patches, module: ModuleType) -> None:
    thread: Any = module.Thread
    patches.put(thread, "start", _start(forcing, thread.start))
    patches.put(thread, "_bootstrap_inner", _bootstrap(forcing, thread._bootstrap_inner))
    patches.put(thread, "join", _join(forcing, thread.join))
    patches.put(module, "_shutdown", _shutdown(forcing, module))


def _start(forcing: Forcing, original: Any) -> Any:
    def start(self: Any) -> None:
        with forcing, forcing.lock:
            if not self._started.is_set():
                forcing.actors.thread_made(self)
        try:
            original(self)
        except BaseException:
            with forcing, forcing.lock:
                forcing.actors.thread_lost(self)
            raise

    return start


def _bootstrap(forcing: Forcing, original: Any) -> Any:
    def _bootstrap_inner(self: Any) -> None:
        with forcing, forcing.lock:
            actor = forcing.actors.thread_begins(self)
            held = not forcing.admits(actor)
            actor.begun = not held
            if not held:
                forcing.started(actor)
        if held:
            _hold_run(forcing, actor, self)
        try:
            original(self)
        finally:
            with forcing, forcing.lock:
                forcing.ended(actor)
                forcing.actors.thread_ends(actor)
                forcing.liveness.runs(actor.thread)
                forcing.liveness.check()

    return _bootstrap_inner


def _hold_run(forcing: Forcing, actor: Actor, thread: Any) -> None:
    """Makes the thread wait just before it runs its target: for the caller of start() it has already started."""
    original = thread.run

    def run() -> None:
        vars(thread).pop("run", None)
        with forcing:
            forcing.wait(actor)
            with forcing.lock:
                actor.begun = True
                forcing.started(actor)
        original()

    code = getattr(original, "__code__", None)
    if code is not None:
        run.__code__ = run.__code__.replace(co_qualname=code.co_qualname)
    thread.run = run


def _join(forcing: Forcing, original: Any) -> Any:
    def join(self: Any, timeout: Any = None) -> None:
        with forcing:
            forcing.stop()
            with forcing.lock:
                forcing.liveness.joins(self, timeout is not None)
        try:
            original(self, timeout)
        finally:
            with forcing, forcing.lock:
                forcing.liveness.runs(get_ident())

    return join


def _shutdown(forcing: Forcing, module: ModuleType) -> Any:
    original: Any = vars(module)["_shutdown"]

    def joins_all() -> None:
        with forcing, forcing.lock:
            forcing.liveness.joins(None, False)

    def _shutdown() -> None:
        with forcing, forcing.lock:
            forcing.ended(forcing.actors.root)
        # Called last of these: `concurrent.futures` tells its idle workers there to end, who until then seem to wait for ever.
        vars(module)["_threading_atexits"].insert(0, joins_all)
        try:
            original()
        finally:
            with forcing, forcing.lock:
                forcing.liveness.runs(get_ident())

    return _shutdown
