"""trio under an order: the next step of a held task is left out of the loop's batches until the order admits it. The loop itself never blocks.

Tasks of one batch run in the order in which they became runnable, where trio would choose that or its reverse by chance. Cancellation and time limits
of trio are not injected.
"""

from __future__ import annotations

import sys
import time
from _thread import get_ident
from collections import deque

from causeway.hooks.late import on_import
from causeway.order.waiters import lines_of_coroutine, waiter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from causeway.order.actors import Actor, Actors
    from causeway.order.forcing import Forcing
    from causeway.order.patches import Patches

_SLEEPS = "sleep_forever"
_CALLS = "<TrioToken.run_sync_soon task>"


def install(forcing: Forcing, patches: Patches) -> None:
    """Gates trio's loops once the program has imported it; undone by `patches`."""
    on_import("trio._core._run", lambda module: _install(forcing, module, patches))


def _install(forcing: Forcing, module: ModuleType, patches: Patches) -> None:
    patches.put(module, "setup_runner", _setup_runner(forcing, vars(module)["setup_runner"]))
    patches.put(module, "_r", _FixedOrder(vars(module)["_r"]))
    patches.put(vars(module)["Runner"], "task_exited", _task_exited(vars(module)["Runner"].task_exited))


class _FixedOrder:
    """Replaces the random generator with which trio decides whether to reverse a batch, from whose end it takes the tasks."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def random(self) -> float:
        return 0.0

    def shuffle(self, batch: list[Any]) -> None:
        batch.reverse()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


def _setup_runner(forcing: Forcing, original: Any) -> Any:
    def setup_runner(*args: Any, **kwargs: Any) -> Any:
        runner = original(*args, **kwargs)
        if get_ident() not in forcing.unseen:
            loop = Loop(forcing, runner)
            runner.runq = loop.ready
            runner.instruments.add_instrument(_Steps(loop))
        return runner

    return setup_runner


def _task_exited(original: Any) -> Any:
    def task_exited(self: Any, task: Any, outcome: Any) -> Any:
        ready = self.runq
        if isinstance(ready, _Ready):
            ready.loop.outcomes[task] = outcome
        return original(self, task, outcome)

    return task_exited


class Loop:
    """One run of trio. It has those members of a loop of asyncio that show what can still wake it (liveness.py, turns.py, process_state.py)."""

    _stopping = False

    def __init__(self, forcing: Forcing, runner: Any) -> None:
        self.forcing, self.runner = forcing, runner
        self.ready = _Ready(self)
        self.outcomes: dict[Any, Any] = {}
        """Of tasks whose last step is not over yet."""
        self.held: set[Any] = set()
        """Tasks whose next step was set aside."""
        self.ident = 0
        self.idle = False
        self._ahead = 0.0
        """How far `time.monotonic` is ahead of the clock of this run."""

    # What an idle loop of asyncio has.

    @property
    def _ready(self) -> deque[Any]:
        return self.ready.tasks

    @property
    def _scheduled(self) -> list[_Timer]:
        heap = self.runner.deadlines._heap
        return [_Timer(when + self._ahead, scope) for when, _, scope in list(heap) if when == scope._registered_deadline]

    @property
    def _selector(self) -> Loop:
        return self

    @property
    def _ssock(self) -> Any:
        return self.runner.entry_queue.wakeup.wakeup_sock

    def time(self) -> float:
        """The clock of `_scheduled`."""
        return time.monotonic()

    def get_map(self) -> dict[int, _Registered] | None:
        """The descriptors that tasks wait for; None where that is not known."""
        registered = getattr(self.runner.io_manager, "_registered", None)
        if not isinstance(registered, dict):
            return None
        found: dict[int, _Registered] = {}
        for descriptor, waiters in list(registered.items()):
            events = (getattr(waiters, "read_task", None) is not None) + 2 * (getattr(waiters, "write_task", None) is not None)
            if not isinstance(descriptor, int):
                return None
            if events:
                found[descriptor] = _Registered(descriptor, events)
        return found

    # Steps.

    def admits(self, task: Any) -> bool:
        """Whether the task may make its next step now; sets it aside otherwise. With the forcing's lock held."""
        if is_internal(task):
            return True
        actor = self.forcing.actors.trio_task(task)
        if self.forcing.admits(actor):
            return True
        self.held.add(task)
        self.forcing.put_aside(actor, self._back(task))
        return False

    def _back(self, task: Any) -> Callable[[], None]:
        """Makes a task that was set aside runnable, as if it had become so only now."""

        def back() -> None:
            self.held.discard(task)
            self.ready.append(task)
            if self.idle or self.ident != get_ident():
                try:
                    self.runner.entry_queue.wakeup.wakeup_thread_and_signal_safe()
                except OSError:
                    pass  # the run is over

        return back

    def blocks_clock(self) -> bool:
        """Whether a held task keeps trio from finding that all tasks are blocked (`wait_all_tasks_blocked`, a clock that jumps)."""
        return bool(self.held) and bool(self.runner.waiting_for_idle or self.runner.clock_autojump_threshold != float("inf"))

    def waits(self, timeout: float) -> None:
        """The loop is about to wait for events."""
        if self.ready.tasks or self.runner.is_guest or (timeout <= 0 and not self.blocks_clock()):
            return
        self.ident, self.idle = get_ident(), True
        if not self._ahead:
            self._ahead = time.monotonic() - self.runner.clock.current_time()
        with self.forcing, self.forcing.lock:
            if not self.ready.tasks:
                self.forcing.liveness.idles(self)

    def resumed(self) -> None:
        """The loop has received its events."""
        self.idle = False
        with self.forcing, self.forcing.lock:
            self.forcing.liveness.runs(get_ident())

    def task_waits(self, actors: Actors) -> list[dict[str, Any]]:
        """What its tasks wait for."""
        tasks = [task for task in self.runner.tasks if not is_internal(task)]
        waits = []
        for task in sorted(tasks, key=lambda task: task._counter):
            what = "the order" if task in self.held else type(task.custom_sleep_data).__name__ if task.custom_sleep_data is not None else "a wake"
            waits.append(waiter(actors.trio_task(task).path, what, lines_of_coroutine(task.coro)))
        return waits


class _Ready(deque):  # type: ignore[type-arg]
    """A loop's queue of runnable tasks. The loop copies and clears it for each batch: a copy takes those that may run and sets aside the others."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop
        self.tasks: deque[Any] = deque()
        """All of them. `len` may be larger by one, which keeps the loop from waiting."""

    def append(self, task: Any) -> None:
        self.tasks.append(task)

    def __len__(self) -> int:
        return len(self.tasks) or int(self.loop.blocks_clock())

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[Any]:
        loop, batch = self.loop, []
        loop.ident = get_ident()
        while self.tasks:
            batch.append(self.tasks.popleft())
        with loop.forcing, loop.forcing.lock:
            return iter([task for task in batch if loop.admits(task)])

    def clear(self) -> None:
        """Does nothing: tasks that became runnable after the copy belong to the next batch."""


class _Steps:
    """An instrument of trio: names its tasks, and enters and leaves their steps."""

    def __init__(self, loop: Loop) -> None:
        self._loop, self._forcing = loop, loop.forcing

    def task_spawned(self, task: Any) -> None:
        """Its creator names it."""
        if not is_internal(task):
            with self._forcing, self._forcing.lock:
                self._forcing.actors.trio_task(task)

    def before_task_step(self, task: Any) -> None:
        """A step begins."""
        if is_internal(task):
            return
        forcing = self._forcing
        with forcing, forcing.lock:
            forcing.liveness.runs(get_ident())
            actor = forcing.actors.trio_task(task)
            first = not actor.begun
            forcing.actors.enter(actor)
            if first:
                forcing.started(actor)
            forcing.progress += 1
        if forcing.due:
            forcing.run_due_injections()

    def after_task_step(self, task: Any) -> None:
        """A step is over."""
        if is_internal(task):
            return
        forcing = self._forcing
        outcome = self._loop.outcomes.pop(task, None)
        with forcing, forcing.lock:
            actor: Actor = forcing.actors.trio_task(task)
            forcing.step_ended(actor)
            if outcome is not None:
                forcing.ended(actor, lambda: _result_of(outcome))
                forcing.actors.forget(task)

    def before_io_wait(self, timeout: float) -> None:
        """Nothing is left to run."""
        self._loop.waits(timeout)

    def after_io_wait(self, timeout: float) -> None:
        """The wait is over."""
        del timeout
        self._loop.resumed()


class _Timer:
    """A time limit, as a timer of asyncio."""

    __slots__ = ("_cancelled", "_when", "scope")

    def __init__(self, when: float, scope: Any) -> None:
        self._when, self._cancelled, self.scope = when, False, scope

    def sleeper(self) -> Any:
        """The task that sleeps until then, and waits for nothing else; or None."""
        for task in list(self.scope._cancel_status._tasks):
            coroutine, name = task.coro, ""
            while coroutine is not None and name != _SLEEPS:
                name = getattr(getattr(coroutine, "cr_code", None), "co_name", "")
                coroutine = getattr(coroutine, "cr_await", None)
            if name == _SLEEPS:
                return task
        return None


class _Registered:
    """A descriptor that a loop waits for, as a key of a selector."""

    __slots__ = ("events", "fd", "fileobj")

    def __init__(self, descriptor: int, events: int) -> None:
        self.fd = self.fileobj = descriptor
        self.events = events


def is_internal(task: Any) -> bool:
    """Whether a task is trio's own: no actor, also not in a recording (hooks/trio.py)."""
    return task._parent_nursery is None or (task.name == _CALLS and type(task.name) is str)


def _result_of(outcome: Any) -> Any:
    """The result of a finished task, or the exception that ended it."""
    from causeway.order import watched

    error = getattr(outcome, "error", None)
    cancelled = getattr(sys.modules.get("trio"), "Cancelled", None)
    if error is not None and cancelled is not None and isinstance(error, cancelled):
        return watched.GONE
    return outcome.value if error is None else error
