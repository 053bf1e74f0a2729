"""asyncio: handles and steps, tasks and futures, locks, events, conditions, semaphores, barriers and queues.

Handles carry marks where they are made and run (native/step.c does the rest); the synchronization classes carry marks between the statements of
their coroutines. Nothing is wrapped or replaced, and nothing is imported before the program imports asyncio.
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway._tap import Around, Mark
from causeway.hooks import ops
from causeway.hooks.inline import Rule, after, before, first, inline_all, leave
from causeway.hooks.late import imported_now, on_import
from causeway.hooks.records import gap, sync

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

READER, THREADSAFE = 3, 4
_A = ops.ASYNCHRONOUS
_BLOCKED = ops.ASYNCHRONOUS | ops.BLOCKED


def install() -> None:
    """Record asyncio once the program has imported it."""
    on_import("asyncio", _asyncio)


def _asyncio(module: ModuleType) -> None:
    events, base = sys.modules["asyncio.events"], sys.modules["asyncio.base_events"]
    _types(events)
    plans: list[tuple[object, str, list[Rule]]] = [
        (events.Handle, "__init__", [leave(Mark("handle"))]),
        (events.Handle, "_run", [Rule("around", Mark("step"), closing=(Mark("step_end"), "~M"))]),
        (base.BaseEventLoop, "call_soon_threadsafe", [before("handle = self._call_soon(", mark=Mark("kind", THREADSAFE), text="~M")]),
        (base.BaseEventLoop, "close", [after("self._closed = True", mark=Mark("sync", ops.EVENT_SET))]),
    ]
    for name, owner, methods in (
        ("asyncio.selector_events", "BaseSelectorEventLoop", ("_add_reader", "_add_writer")),
        ("asyncio.unix_events", "_UnixSelectorEventLoop", ("add_signal_handler",)),
    ):
        cls = getattr(sys.modules.get(name), owner, None)
        if cls is not None:
            plans += [(cls, method, [before("handle = events.Handle(", mark=Mark("kind", READER), text="~M")]) for method in methods]
    python_task = getattr(sys.modules["asyncio.tasks"], "_PyTask", None)
    if python_task is not None:
        plans.append((python_task, "__init__", [first(Mark("task"))]))
    inline_all("asyncio", plans, gap)
    inline_all("asyncio", _locks(sys.modules["asyncio.locks"]), gap)
    inline_all("asyncio", _queues(sys.modules["asyncio.queues"]), gap)
    inline_all("asyncio", _groups(sys.modules["asyncio.taskgroups"]), gap)
    base.BaseEventLoop.call_exception_handler = Around(base.BaseEventLoop.call_exception_handler, unretrieved, hook="asyncio")


def _types(events: Any) -> None:
    """Pass the types of asyncio to the native part."""
    tasks = sys.modules["asyncio.tasks"]
    native = sys.modules.get("_asyncio")
    task, future = getattr(native, "Task", None), getattr(native, "Future", None)
    iterator = None
    if future is not None:
        # A future without a loop of the program, only to get the type of its iterator, which has no other name. It is never awaited.
        probe = future(loop=_NoLoop())
        iterator = type(future.__iter__(probe))
    functools = sys.modules["functools"]
    _tap.asyncio_install(
        events.Handle,
        events.TimerHandle,
        task,
        getattr(tasks, "_PyTask", None),
        future,
        iterator,
        events._get_running_loop,
        functools.partial,
        getattr(tasks.gather, "__code__", None),
        imported_now(),
    )


class _NoLoop:
    def get_debug(self) -> bool:
        return False


def _locks(module: Any) -> list[tuple[object, str, list[Rule]]]:
    return [
        (
            module.Lock,
            "acquire",
            [
                before("await fut", mark=Mark("sync", ops.ACQUIRE_REQUEST, _BLOCKED)),
                leave(Mark("sync", ops.ACQUIRED, _A)),
            ],
        ),
        (module.Lock, "release", [before("self._wake_up_first()", mark=Mark("sync", ops.RELEASED, _A))]),
        (module.Event, "set", [after("self._value = True", mark=Mark("sync", ops.EVENT_SET, _A))]),
        (module.Event, "clear", [before("self._value = False", mark=Mark("sync_if", ops.EVENT_CLEAR, _A), text="M[self] = self._value")]),
        (module.Event, "is_set", [first(Mark("read", ops.EVENT_READ, _A), "M[self] = self._value")]),
        (
            module.Event,
            "wait",
            [
                before("await fut", mark=Mark("sync", ops.WAIT_BEGIN, _BLOCKED)),
                leave(Mark("sync", ops.WAIT_END, _A)),
            ],
        ),
        (
            module.Condition,
            "wait",
            [
                before("await fut", mark=Mark("sync", ops.WAIT_BEGIN, _BLOCKED)),
                leave(Mark("sync", ops.WAIT_END, _A)),
            ],
        ),
        (module.Condition, "notify", [before("idx = 0", "self._notify(n)", mark=Mark("sync", ops.NOTIFY, _A))]),
        (module.Condition, "notify_all", [before("self.notify(len(self._waiters))", mark=Mark("sync", ops.NOTIFY_ALL, _A))]),
        (
            module.Semaphore,
            "acquire",
            [
                before("await fut", mark=Mark("sync", ops.ACQUIRE_REQUEST, _BLOCKED)),
                leave(Mark("sync", ops.SEM_ACQUIRED, _A)),
            ],
        ),
        (module.Semaphore, "release", [after("self._value += 1", mark=Mark("sync", ops.SEM_RELEASED, _A))]),
        (
            module.Barrier,
            "wait",
            [
                before("await self._block()", mark=Mark("sync", ops.BARRIER_ARRIVE, _A)),
                before("return index", mark=Mark("sync", ops.BARRIER_LEAVE, _A)),
            ],
        ),
    ]


def _queues(module: Any) -> list[tuple[object, str, list[Rule]]]:
    return [
        (module.Queue, "put", [before("await putter", mark=Mark("sync", ops.PUT_REQUEST, _BLOCKED))]),
        (module.Queue, "put_nowait", [after("self._put(item)", mark=Mark("put", ops.PUT, _A), text="M[self] = item")]),
        (module.Queue, "get", [before("await getter", mark=Mark("sync", ops.GET_REQUEST, _BLOCKED))]),
        (module.Queue, "get_nowait", [after("item = self._get()", mark=Mark("get", ops.GET, _A), text="M[self] = item")]),
    ]


def _groups(module: Any) -> list[tuple[object, str, list[Rule]]]:
    # A group ends because every task has ended, not only the last. The order of a semaphore expresses that.
    return [
        (module.TaskGroup, "_on_task_done", [first(Mark("sync", ops.SEM_RELEASED, _A))]),
        (module.TaskGroup, "__aexit__", [before("assert not self._tasks", mark=Mark("sync", ops.SEM_ACQUIRED, _A))]),
    ]


def unretrieved(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `loop.call_exception_handler(context)`: an exception that was never retrieved is recorded."""
    context = args[1] if len(args) > 1 else kwargs.get("context")
    if type(context) is dict and "never retrieved" in str(context.get("message", "")):
        task = context.get("future") or context.get("task")
        # It is being finalized: if the object were recorded for the first time here, its end could no longer be recorded.
        sync(ops.EXCEPTION_UNRETRIEVED, task if _tap.known_object(task) else None, _tap.task_actor(task), _A)
