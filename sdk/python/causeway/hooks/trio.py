"""trio: calls that other threads pass to its loop, and calls that the loop passes to worker threads.

Its tasks are not actors of their own: trio's loop runs all of them in its thread, whose order is known. Calls between threads go through a deque and
a lock that is released by a thread that never acquired it, which hooks of the standard library cannot interpret.
"""

from __future__ import annotations

from causeway._tap import Mark
from causeway.hooks import ops
from causeway.hooks.inline import before, first, inline_all
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def install() -> None:
    """Record the hand-overs of trio once the program has imported it."""
    on_import("trio._core._entry_queue", _entry_queue)
    on_import("trio._core._thread_cache", _thread_cache)


def _entry_queue(module: ModuleType) -> None:
    plans = [
        (module.EntryQueue, "run_sync_soon", [before("self.queue.append(", mark=Mark("put", ops.PUT), text="M[self] = sync_fn")]),
        (module.EntryQueue, "task", [before("sync_fn(*args)", mark=Mark("get", ops.GET), text="M[self] = sync_fn", inner=True)]),
    ]
    inline_all("trio", plans, gap)


def _thread_cache(module: ModuleType) -> None:
    plans = [
        (module.ThreadCache, "start_thread_soon", [before("worker._worker_lock.release()", mark=Mark("submit", ops.SUBMIT), text="del M[worker]")]),
        (module.WorkerThread, "_handle_job", [first(Mark("run", ops.RUN))]),
    ]
    inline_all("trio", plans, gap)
