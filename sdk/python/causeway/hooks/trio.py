"""trio: tasks and their steps, locks, events, conditions, semaphores, limiters, memory channels and nurseries; calls between its threads.

Marks in trio's own functions (native/trio.c) do all of it. Two tasks of trio itself are no actors: `init`, which starts the main task, and the task
that makes the calls other threads pass to the loop. Each such call is a callback of its own. Calls between threads go through a deque, and a lock
that another thread releases than the one that acquired it: hooks of the standard library cannot interpret that.
"""

from __future__ import annotations

import sys

from causeway._tap import Around, Mark
from causeway.hooks import ops, waiting
from causeway.hooks.inline import Rule, Unfit, after, before, first, inline, leave, returned, save_copies
from causeway.hooks.late import on_import
from causeway.hooks.records import gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    Plans = Sequence[tuple[object, str, Sequence[Rule]]]

CALL_SOON, TIMER, READER = 1, 2, 3
_A = ops.ASYNCHRONOUS
_BLOCKED = ops.ASYNCHRONOUS | ops.BLOCKED


def install() -> None:
    """Record trio once the program has imported it."""
    on_import("trio._core._run", _run)
    on_import("trio._core._entry_queue", _entry_queue)
    on_import("trio._core._thread_cache", _thread_cache)
    on_import("trio._sync", _sync)
    on_import("trio._channel", _channel)


def _inline(plans: Plans) -> None:
    """Put marks into methods, whose protection from KeyboardInterrupt stays as it is: trio keeps it in a wrapper or, later, by the code object."""
    protected: Any = getattr(sys.modules.get("trio._core._ki"), "_CODE_KI_PROTECTION_STATUS_WMAP", None)
    for owner, name, rules in plans:
        function: Any = vars(owner).get(name)
        if function is None:
            continue
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        code = getattr(function, "__code__", None)
        try:
            inline(function, *rules)
        except Unfit as reason:
            gap("trio", f"{getattr(owner, '__name__', owner)}.{name}: {reason}")
            continue
        try:
            protected[function.__code__] = protected[code]
        except (KeyError, TypeError):  # it is not protected, or this version has no such table
            pass
    save_copies()


def _run(module: ModuleType) -> None:
    own = "M[task] = nursery is None or (system_task and name == '<TrioToken.run_sync_soon task>')"
    # A nursery ends because every task has ended, not only the last. The order of a semaphore expresses that.
    plans: Plans = [
        (module.Runner, "spawn_impl", [before("self.reschedule(task, None)", mark=Mark("trio_task"), text=own)]),
        (module.Runner, "reschedule", [before("self.runq.append(task)", mark=Mark("trio_ready"), text="del M[task]")]),
        (module.Nursery, "_child_finished", [first(Mark("sync", ops.SEM_RELEASED, _A))]),
        (module.Nursery, "_nested_child_finished", [before("popped = self._parent_task", mark=Mark("sync", ops.SEM_ACQUIRED, _A))]),
        (
            module,
            "unrolled_run",
            [
                before("runner.io_manager.process_events(", mark=Mark("trio_kind", READER), text="~M"),
                before("now = runner.clock.current_time()", mark=Mark("trio_kind", TIMER), text="~M"),
                before("batch = list(runner.runq)", mark=Mark("trio_kind", CALL_SOON), text="~M"),
                before("msg = task.context.run(", mark=Mark("trio_step"), text="del M[task]"),
                before("runner.task_exited(task, final_outcome)", mark=Mark("trio_outcome"), text="M[task] = final_outcome"),
                before("runner.task_exited(task, msg.final_outcome)", mark=Mark("trio_outcome"), text="M[task] = msg.final_outcome"),
                before('if "after_task_step" in', mark=Mark("trio_step_end"), text="~M"),
                before("runner.close()", mark=Mark("trio_step_end"), text="~M"),
            ],
        ),
    ]
    _inline(plans)
    module.Runner.deliver_ki = Around(module.Runner.deliver_ki, _interrupted, hook="trio")


def _interrupted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `runner.deliver_ki()`, which the handler of Ctrl-C calls: who waits for what is known only now."""
    del args, kwargs
    waiting.write()


def _entry_queue(module: ModuleType) -> None:
    ends = Mark("trio_step_end")
    calls = [
        before("sync_fn(*args)", mark=Mark("trio_call"), text="del M[sync_fn]", inner=True),
        before("sync_fn(*args)", mark=Mark("get", ops.GET), text="M[self] = sync_fn", inner=True),
        after("sync_fn(*args)", mark=ends, text="~M", inner=True),
        before("async def kill_everything(", mark=ends, text="~M", inner=True),
    ]
    plans: Plans = [
        (module.EntryQueue, "run_sync_soon", [before("self.queue.append(", mark=Mark("put", ops.PUT), text="M[self] = sync_fn")]),
        (module.EntryQueue, "task", calls),
    ]
    _inline(plans)


def _thread_cache(module: ModuleType) -> None:
    plans: Plans = [
        (module.ThreadCache, "start_thread_soon", [before("worker._worker_lock.release()", mark=Mark("submit", ops.SUBMIT), text="del M[worker]")]),
        (module.WorkerThread, "__init__", [after("self._worker_lock = Lock()", mark=Mark("private"), text="del M[self._worker_lock]")]),
        (module.WorkerThread, "_handle_job", [first(Mark("run", ops.RUN))]),
    ]
    _inline(plans)


def _sync(module: ModuleType) -> None:
    # A task holds a lock from where it is its owner, or from where it goes on after the release that made it the owner.
    lock, semaphore, limiter, condition = module._LockImpl, module.Semaphore, module.CapacityLimiter, module.Condition
    acquired, got = Mark("sync", ops.ACQUIRED, _A), Mark("sync", ops.SEM_ACQUIRED, _A)
    parks, request, freed = "await self._lot.park()", Mark("sync", ops.ACQUIRE_REQUEST, _BLOCKED), Mark("sync", ops.SEM_RELEASED, _A)
    plans: Plans = [
        (lock, "acquire_nowait", [after("self._owner = task", mark=acquired)]),
        (lock, "acquire", [before(parks, mark=request), after(parks, mark=acquired)]),
        (lock, "release", [before("if self._lot:", mark=Mark("sync", ops.RELEASED, _A))]),
        (module.Event, "is_set", [first(Mark("read", ops.EVENT_READ, _A), "M[self] = self._flag")]),
        (module.Event, "set", [after("self._flag = True", mark=Mark("sync", ops.EVENT_SET, _A))]),
        (
            module.Event,
            "wait",
            [before("await _core.wait_task_rescheduled(", mark=Mark("sync", ops.WAIT_BEGIN, _BLOCKED)), leave(Mark("sync", ops.WAIT_END, _A))],
        ),
        (semaphore, "acquire_nowait", [after("self._value -= 1", mark=got)]),
        (semaphore, "acquire", [before(parks, mark=request), after(parks, mark=got)]),
        (semaphore, "release", [before("self._lot.unpark(count=1)", mark=freed), after("self._value += 1", mark=freed)]),
        (limiter, "acquire_on_behalf_of_nowait", [after("self._borrowers.add(borrower)", mark=got)]),
        (limiter, "acquire_on_behalf_of", [before(parks, mark=request), after(parks, mark=got)]),
        (limiter, "release_on_behalf_of", [before("self._wake_waiters()", mark=freed)]),
        # A notification moves the waiter to the lock's own queue, where it becomes the owner.
        (
            condition,
            "wait",
            [
                before(parks, mark=Mark("sync", ops.WAIT_BEGIN, _BLOCKED)),
                after(parks, mark=acquired, text="del M[self._lock]"),
                leave(Mark("sync", ops.WAIT_END, _A)),
            ],
        ),
        (condition, "notify", [before("self._lot.repark(", mark=Mark("sync", ops.NOTIFY, _A))]),
        (condition, "notify_all", [before("self._lot.repark_all(", mark=Mark("sync", ops.NOTIFY_ALL, _A))]),
    ]
    _inline(plans)


def _channel(module: ModuleType) -> None:
    # Both ends share a state, which is the queue. The end of the channel is seen because of every sender that has closed its end.
    sends, receives = module.MemorySendChannel, module.MemoryReceiveChannel
    put, state = Mark("put", ops.PUT, _A), "del M[self._state]"
    closed, all_closed = "self._state.open_send_channels -= 1", "assert not self._state.send_tasks"
    plans: Plans = [
        (
            sends,
            "send_nowait",
            [before("task, _ = self._state.receive_tasks", "self._state.data.append(value)", mark=put, text="M[self._state] = value")],
        ),
        (
            sends,
            "send",
            [
                before("self._state.send_tasks[task] = value", mark=Mark("sync", ops.PUT_REQUEST, _BLOCKED), text=state),
                after("self._state.send_tasks[task] = value", mark=put, text="M[self._state] = value"),
            ],
        ),
        (
            sends,
            "close",
            [
                after(closed, mark=Mark("sync", ops.SEM_RELEASED, _A), text=state),
                before(all_closed, mark=Mark("sync", ops.SEM_ACQUIRED, _A), text=state),
                before(all_closed, mark=Mark("sync", ops.EVENT_SET, _A), text=state),
            ],
        ),
        (
            receives,
            "receive_nowait",
            [
                returned("return self._state.data.popleft()", mark=Mark("get", ops.GET, _A), text="self._state"),
                before("raise trio.EndOfChannel", mark=Mark("read", ops.EVENT_READ, _A), text="M[self._state] = True"),
            ],
        ),
        (
            receives,
            "receive",
            [
                before("return await trio.lowlevel.wait_task", mark=Mark("sync", ops.GET_REQUEST, _BLOCKED), text=state),
                returned("return await trio.lowlevel.wait_task", mark=Mark("get", ops.GET, _A), text="self._state"),
            ],
        ),
    ]
    _inline(plans)
