"""aiosqlite: each connection has a thread that makes its calls to sqlite3. A call is a work item of the task that awaits it.

Without that, all statements of a program would be those of threads that run none of its code. The calls are detached: one task's call
that comes after another's on the same connection orders nothing that the tasks do.
"""

from __future__ import annotations

from causeway._tap import Mark
from causeway.hooks import ops
from causeway.hooks.inline import before, inline_all
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_FUTURE = "del M[future]"


def install() -> None:
    """Record the calls of its threads once the program has imported aiosqlite."""
    on_import("aiosqlite.core", _core)


def _core(module: ModuleType) -> None:
    submits = before("self._tx.put_nowait((future,", mark=Mark("submit", ops.SUBMIT), text=_FUTURE)
    runs = before("result = function()", mark=Mark("run", ops.RUN, ops.DETACHED), text=_FUTURE)
    # The loop resolves the future later, when the callback runs.
    ends = before("future.get_loop().call_soon_threadsafe(", mark=Mark("sync", ops.RESULT_SET), text=_FUTURE)
    connection = module.Connection
    plans = [(connection, "_execute", [submits]), (connection, "_connect", [submits])]
    if hasattr(module, "_connection_worker_thread"):
        plans.append((module, "_connection_worker_thread", [runs, ends]))
    else:
        plans.append((connection, "run", [runs, ends]))  # before 0.22 a connection was the thread itself
    inline_all("aiosqlite", plans, gap)
