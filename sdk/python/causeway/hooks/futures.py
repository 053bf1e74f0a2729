"""concurrent.futures: submit, run, results. What crosses processes is recorded by hooks/multiprocessing.py."""

from __future__ import annotations

from causeway._tap import Mark
from causeway.hooks import ops
from causeway.hooks.inline import after, before, first, inline_all, leave
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def install() -> None:
    """Record futures and executors once the program has imported them."""
    on_import("concurrent.futures._base", _base)
    on_import("concurrent.futures.thread", _thread)
    on_import("concurrent.futures.process", _process)


def _base(module: ModuleType) -> None:
    future = module.Future
    got = [
        before("self._condition.wait(timeout)", mark=Mark("sync", ops.WAIT_BEGIN, ops.BLOCKED)),
        leave(Mark("sync", ops.RESULT_GOT)),
    ]
    plans = [
        (future, "set_result", [before("self._condition.notify_all()", mark=Mark("sync", ops.RESULT_SET))]),
        (future, "set_exception", [before("self._condition.notify_all()", mark=Mark("sync", ops.EXCEPTION_SET))]),
        (future, "cancel", [before("self._condition.notify_all()", mark=Mark("sync", ops.CANCEL))]),
        (future, "result", got),
        (future, "exception", got),
        (future, "done", [leave(Mark("read", ops.EVENT_READ), "M[self] = self._state in [CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED]")]),
        (future, "add_done_callback", [before("fn(self)", mark=Mark("sync", ops.RESULT_GOT))]),
        # A waiter for several futures gets a notification for each that is done, although only the last one wakes it.
        (module, "wait", [leave(Mark("sync", ops.RESULT_GOT), "for f in done: del M[f]")]),
        (module, "_yield_finished_futures", [before("yield fs.pop()", mark=Mark("sync", ops.RESULT_GOT), text="del M[fs[-1]]")]),
    ]
    inline_all("concurrent.futures", plans, gap)


def _process(module: ModuleType) -> None:
    shut_down = after("self._shutdown_thread = True", mark=Mark("sync", ops.EVENT_SET))
    inline_all("concurrent.futures", [(module.ProcessPoolExecutor, "shutdown", [shut_down])], gap)


def _thread(module: ModuleType) -> None:
    plans = [
        (module._WorkItem, "__init__", [leave(Mark("submit", ops.SUBMIT), "del M[self.future]")]),
        (module._WorkItem, "run", [first(Mark("run", ops.RUN), "del M[self.future]")]),
        (module.ThreadPoolExecutor, "shutdown", [after("self._shutdown = True", mark=Mark("sync", ops.EVENT_SET))]),
    ]
    inline_all("concurrent.futures", plans, gap)
