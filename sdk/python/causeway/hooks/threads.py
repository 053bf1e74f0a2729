"""threading: Thread, Condition, Event, Semaphore, Barrier. Locks are recorded in C (native/locks.c), starting of threads too (native/threads.c)."""

from __future__ import annotations

import sys

from causeway._tap import Mark, patch_locks, patch_threads
from causeway.hooks import ops
from causeway.hooks.inline import Rule, after, before, first, inline_all, leave
from causeway.hooks.late import on_import
from causeway.hooks.records import gap, sync

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def install() -> None:
    """Record locks and threads from here on, and the classes of `threading` once the program has imported it."""
    patch_locks()
    patch_threads()
    on_import("threading", _threading)


def _threading(module: ModuleType) -> None:
    inline_all("threading", [*_primitives(module), *_threads(module)], gap)
    if sys.version_info < (3, 13):
        _hide(module._main_thread._tstate_lock)


def _primitives(module: Any) -> list[tuple[object, str, list[Rule]]]:
    blocked = ops.BLOCKED
    wait = [
        after("waiter = _allocate_lock()", mark=Mark("private"), text="del M[waiter]"),
        before("saved_state = self._release_save()", mark=Mark("sync", ops.WAIT_BEGIN, blocked), text="M[self] = self._lock"),
        after("self._acquire_restore(saved_state)", mark=Mark("sync_if", ops.WAIT_END, blocked, ops.TIMEOUT), text="M[self, self._lock] = gotit"),
    ]
    event_wait = [
        before("signaled = self._cond.wait(timeout)", mark=Mark("sync", ops.WAIT_BEGIN, blocked)),
        before("return signaled", mark=Mark("sync_if", ops.WAIT_END, 0, ops.TIMEOUT), text="M[self] = signaled"),
    ]
    acquire = [
        before("self._cond.wait(timeout)", mark=Mark("sync", ops.ACQUIRE_REQUEST, blocked)),
        before("return rc", mark=Mark("sync_if", ops.SEM_ACQUIRED, 0, ops.ACQUIRE_FAILED), text="M[self] = rc"),
    ]
    released = [after("self._value += n", mark=Mark("sync", ops.SEM_RELEASED))]
    inside = [leave(Mark("private"), "M[self._cond._lock] = self")]
    barrier = [before("self._enter()", mark=Mark("sync", ops.BARRIER_ARRIVE)), before("return index", mark=Mark("sync", ops.BARRIER_LEAVE))]
    notify = before("waiters = self._waiters", mark=Mark("sync", ops.NOTIFY), text="M[self] = self._lock")
    notify_all = before("self.notify(len(self._waiters))", mark=Mark("sync", ops.NOTIFY_ALL), text="M[self] = self._lock")
    return [
        (module.Event, "__init__", inside),
        (module.Semaphore, "__init__", inside),
        (module.Barrier, "__init__", inside),
        (module.Condition, "wait", wait),
        (module.Condition, "notify", [notify]),
        (module.Condition, "notify_all", [notify_all]),
        (module.Event, "set", [after("self._flag = True", mark=Mark("sync", ops.EVENT_SET))]),
        (module.Event, "clear", [before("self._flag = False", mark=Mark("sync_if", ops.EVENT_CLEAR), text="M[self] = self._flag")]),
        (module.Event, "is_set", [first(Mark("read", ops.EVENT_READ), "M[self] = self._flag")]),
        (module.Event, "wait", event_wait),
        (module.Semaphore, "acquire", acquire),
        (module.Semaphore, "release", released),
        (module.BoundedSemaphore, "release", released),
        (module.Barrier, "wait", barrier),
        # Who arrives last runs the barrier's action; only then do the others leave.
        (module.Barrier, "_release", [before("self._state = 1", mark=Mark("sync", ops.BARRIER_ARRIVE))]),
    ]


def _threads(module: Any) -> list[tuple[object, str, list[Rule]]]:
    ended = "M[self] = self._is_stopped" if sys.version_info < (3, 13) else "M[self] = self._handle.is_done()"
    join = [before("self._wait_for_tstate_lock(", "self._handle.join(", mark=Mark("join", ops.WAIT_BEGIN, ops.BLOCKED)), leave(Mark("joined"), ended)]
    setter = type("setter", (), {"name": vars(module.Thread)["name"].fset})
    plans: list[tuple[object, str, list[Rule]]] = [(module.Thread, "join", join), (setter, "name", [leave(Mark("renamed"))])]
    if sys.version_info < (3, 13):
        # A lock that lives as long as its thread and is released in C: the record of `join` is enough.
        sentinel = after("self._tstate_lock = _set_sentinel()", mark=Mark("private"), text="del M[self._tstate_lock]")
        plans.append((module.Thread, "_set_tstate_lock", [sentinel]))
    return plans


def _hide(lock: object) -> None:
    """Make private a lock that was recorded as acquired while its module was imported: a release is recorded for the reader."""
    if lock is not None:
        sync(ops.RELEASED, lock)
        private: Any = Mark("private")
        del private[lock]
