"""anyio over asyncio: calls that its worker threads make for tasks are work items, like those of an executor.

Synchronous endpoints of Starlette and FastAPI run this way. Over trio, hooks/trio.py records them.
"""

from __future__ import annotations

from causeway._tap import Mark
from causeway.hooks import ops
from causeway.hooks.inline import Unfit, before, inline, inline_all
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def install() -> None:
    """Record the calls in worker threads once the program has imported anyio."""
    on_import("anyio._backends._asyncio", _asyncio)


def _asyncio(module: ModuleType) -> None:
    runs = before("result = context.run(func", mark=Mark("run", ops.RUN), text="del M[future]")
    # The loop resolves the future later, when the callback runs.
    ends = before("self.loop.call_soon_threadsafe(", mark=Mark("sync", ops.RESULT_SET), text="del M[future]")
    inline_all("anyio", [(module.WorkerThread, "run", [runs, ends])], gap)
    method = vars(module.AsyncIOBackend).get("run_sync_in_worker_thread")
    submits = before("worker.queue.put_nowait(", mark=Mark("submit", ops.SUBMIT), text="del M[future]")
    try:
        inline(getattr(method, "__func__", None), submits)
    except Unfit as reason:
        gap("anyio", f"AsyncIOBackend.run_sync_in_worker_thread: {reason}")
