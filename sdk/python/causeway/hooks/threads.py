"""threading: Thread, Condition, Event, Semaphore, Barrier. Locks are recorded in C (native/locks.c), starting of threads too (native/threads.c)."""

from __future__ import annotations

import sys

from causeway._tap import Mark, patch_locks, patch_threads
from causeway.hooks import ops
from causeway.hooks.inline import after, before, first, inline_all, leave
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def install() -> None:
    """Record locks and threads from now on, and the classes of `threading` once the program has it."""
    patch_locks()
    patch_threads()
    on_import("threading", _threading)


def _threading(module: ModuleType) -> None:
    ended = "M[self] = self._is_stopped" if sys.version_info < (3, 13) else "M[self] = self._handle.is_done()"
    blocked = ops.BLOCKED
    inside = [leave(Mark("private"), "M[self._cond._lock] = self")]
    plans = [
        (module.Event, "__init__", inside),
        (module.Semaphore, "__init__", inside),
        (module.Barrier, "__init__", inside),
        (
            module.Condition,
            "wait",
            [
                after("waiter = _allocate_lock()", mark=Mark("private"), text="del M[waiter]"),
                before("saved_state = self._release_save()", mark=Mark("sync", ops.WAIT_BEGIN, blocked), text="M[self] = self._lock"),
                after(
                    "self._acquire_restore(saved_state)", mark=Mark("sync_if", ops.WAIT_END, blocked, ops.TIMEOUT), text="M[self, self._lock] = gotit"
                ),
            ],
        ),
        (module.Condition, "notify", [before("waiters = self._waiters", mark=Mark("sync", ops.NOTIFY), text="M[self] = self._lock")]),
        (module.Condition, "notify_all", [before("self.notify(len(self._waiters))", mark=Mark("sync", ops.NOTIFY_ALL), text="M[self] = self._lock")]),
        (module.Event, "set", [after("self._flag = True", mark=Mark("sync", ops.EVENT_SET))]),
        (module.Event, "clear", [before("self._flag = False", mark=Mark("sync_if", ops.EVENT_CLEAR), text="M[self] = self._flag")]),
        (module.Event, "is_set", [first(Mark("read", ops.EVENT_READ), "M[self] = self._flag")]),
        (
            module.Event,
            "wait",
            [
                before("signaled = self._cond.wait(timeout)", mark=Mark("sync", ops.WAIT_BEGIN, blocked)),
                before("return signaled", mark=Mark("sync_if", ops.WAIT_END, 0, ops.TIMEOUT), text="M[self] = signaled"),
            ],
        ),
        (
            module.Semaphore,
            "acquire",
            [
                before("self._cond.wait(timeout)", mark=Mark("sync", ops.ACQUIRE_REQUEST, blocked)),
                before("return rc", mark=Mark("sync_if", ops.SEM_ACQUIRED, 0, ops.ACQUIRE_FAILED), text="M[self] = rc"),
            ],
        ),
        (module.Semaphore, "release", [after("self._value += n", mark=Mark("sync", ops.SEM_RELEASED))]),
        (module.BoundedSemaphore, "release", [after("self._value += n", mark=Mark("sync", ops.SEM_RELEASED))]),
        (
            module.Barrier,
            "wait",
            [
                before("self._enter()", mark=Mark("sync", ops.BARRIER_ARRIVE)),
                before("return index", mark=Mark("sync", ops.BARRIER_LEAVE)),
            ],
        ),
        (
            module.Thread,
            "join",
            [
                before("self._wait_for_tstate_lock(", "self._handle.join(", mark=Mark("join", ops.WAIT_BEGIN, blocked)),
                leave(Mark("joined"), ended),
            ],
        ),
    ]
    inline_all("threading", plans, gap)
    _name(module)


def _name(module: ModuleType) -> None:
    """Names that are set later."""
    setter = type("setter", (), {"name": vars(module.Thread)["name"].fset})
    inline_all("threading", [(setter, "name", [leave(Mark("renamed"))])], gap)
