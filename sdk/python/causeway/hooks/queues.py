"""queue: Queue and its kinds, and SimpleQueue (recorded in C, native/locks.c)."""

from __future__ import annotations

from causeway._tap import Mark, patch_simple_queue
from causeway.hooks import ops
from causeway.hooks.inline import after, before, inline_all, leave
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def install() -> None:
    """Record queues once the program has imported them."""
    on_import("_queue", lambda module: patch_simple_queue())
    on_import("queue", _queue)


def _queue(module: ModuleType) -> None:
    patch_simple_queue()
    plans = [
        (module.Queue, "__init__", [leave(Mark("private"), "M[self.mutex] = self")]),
        (
            module.Queue,
            "put",
            [
                before("self.not_full.wait(", mark=Mark("sync", ops.PUT_REQUEST, ops.BLOCKED)),
                after("self._put(item)", mark=Mark("put", ops.PUT), text="M[self] = item"),
            ],
        ),
        (
            module.Queue,
            "get",
            [
                before("self.not_empty.wait(", mark=Mark("sync", ops.GET_REQUEST, ops.BLOCKED)),
                after("item = self._get()", mark=Mark("get", ops.GET), text="M[self] = item"),
            ],
        ),
        # join() returns because of every task_done(), not only the last. The order of a semaphore expresses that.
        (
            module.Queue,
            "task_done",
            [after("self.unfinished_tasks = unfinished", mark=Mark("sync", ops.SEM_RELEASED), text="del M[self.all_tasks_done]")],
        ),
        (module.Queue, "join", [leave(Mark("sync", ops.SEM_ACQUIRED), "del M[self.all_tasks_done]")]),
    ]
    if hasattr(module.Queue, "shutdown"):
        plans.append((module.Queue, "shutdown", [after("self.is_shutdown = True", mark=Mark("sync", ops.EVENT_SET))]))
    inline_all("queue", plans, gap)
