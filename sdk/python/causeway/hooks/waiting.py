"""Which actor waits for what: written when the program is interrupted or ends while actors are pending."""

from __future__ import annotations

import sys

from causeway import _tap
from causeway.hooks import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

DEEPEST = 60
MOST_TASKS = 2000

_WAITS = {
    ("threading.py", "join"): "a thread to end",
    ("threading.py", "_wait_for_tstate_lock"): "a thread to end",
    ("threading.py", "wait"): "a notification",
    ("queue.py", "get"): "an item from a queue",
    ("queue.py", "put"): "room in a queue",
    ("queue.py", "join"): "a queue to be worked off",
    ("queues.py", "_finalize_join"): "what it put into a queue to be read",
    ("queues.py", "_feed"): "work as the feeder of a queue",
    ("_base.py", "result"): "a future",
    ("_base.py", "exception"): "a future",
    ("selectors.py", "select"): "I/O or a timer",
    ("subprocess.py", "_wait"): "a command to end",
    ("popen_fork.py", "poll"): "a process to end",
    ("connection.py", "_recv"): "a message of a process",
    ("socket.py", "readinto"): "data of a socket",
}
"""What a thread waits for, by file and function of the standard library on its stack; the outermost match counts."""

_AWAITS = {
    ("locks.py", "Lock.acquire"): "a lock",
    ("locks.py", "Event.wait"): "an event",
    ("locks.py", "Condition.wait"): "a notification",
    ("locks.py", "Semaphore.acquire"): "a semaphore",
    ("locks.py", "Barrier.wait"): "a barrier",
    ("queues.py", "Queue.get"): "an item from a queue",
    ("queues.py", "Queue.put"): "room in a queue",
    ("queues.py", "Queue.join"): "a queue to be worked off",
    ("tasks.py", "sleep"): "a timer",
    ("tasks.py", "wait_for"): "an awaitable with a timeout",
    ("tasks.py", "_wait"): "other tasks",
    ("taskgroups.py", "TaskGroup.__aexit__"): "the tasks of its group",
    ("streams.py", "StreamReader._wait_for_data"): "data of a stream",
    ("_sync.py", "_LockImpl.acquire"): "a lock",
    ("_sync.py", "Event.wait"): "an event",
    ("_sync.py", "Condition.wait"): "a notification",
    ("_sync.py", "Semaphore.acquire"): "a semaphore",
    ("_sync.py", "CapacityLimiter.acquire_on_behalf_of"): "a token of a limiter",
    ("_channel.py", "MemoryReceiveChannel.receive"): "an item from a channel",
    ("_channel.py", "MemorySendChannel.send"): "room in a channel",
    ("_timeouts.py", "sleep"): "a timer",
    ("_timeouts.py", "sleep_forever"): "nothing but its cancellation",
    ("_run.py", "NurseryManager.__aexit__"): "the tasks of its nursery",
    # AnyIO's own, over asyncio.
    ("_asyncio.py", "Lock.acquire"): "a lock",
    ("_asyncio.py", "Semaphore.acquire"): "a semaphore",
    ("_asyncio.py", "TaskGroup.__aexit__"): "the tasks of its group",
}


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def write(interrupted: FrameType | None = None) -> None:
    """Write WAITING records for every other thread, the interrupted one, and every pending task of asyncio, and of trio in this thread.

    Runs no code of the program. At the end of the program these are daemon threads and tasks that never finished.
    """
    _tap.pause()
    try:
        for actor, waiting_on, target, stack in [*_threads(interrupted), *_tasks(), *_trio_tasks()]:
            body = {"actor": actor, "waiting_on": waiting_on, "object": target, "stack": stack}
            records.emit(records.WAITING, records.text(records.json_of(body)))
    finally:
        _tap.resume()


def _entry(code: Any, line: int | None) -> list[Any]:
    return [code.co_filename, line or code.co_firstlineno, code.co_qualname]


def _threads(interrupted: FrameType | None) -> list[tuple[int, str, int, list[Any]]]:
    threading = sys.modules.get("threading")
    ident = _tap.thread_ident()
    blocked = {who: (op, target) for who, op, target, _ in _tap.blocked()}
    known = dict(threading._active) if threading is not None else {}
    out = []
    for who, frame in sys._current_frames().items():
        if who == ident:
            if interrupted is None:
                continue
            frame = interrupted
        thread = known.get(who)
        actor = _tap.actor_of_thread(who) or (_tap.thread_actor(thread) if thread is not None else 0)
        if not actor:
            continue
        stack = [_entry(at.f_code, at.f_lineno) for at in callers(frame)]
        op, target = blocked.get(who, (0, 0))
        out.append((actor, thread_waits(frame)[0] or ("a lock" if op else ""), target, stack))
    return out


def callers(frame: FrameType) -> list[FrameType]:
    """A frame and its callers, innermost first; of a deep stack only the innermost."""
    out: list[FrameType] = []
    at: FrameType | None = frame
    while at is not None and len(out) < DEEPEST:
        out.append(at)
        at = at.f_back
    return out


def thread_waits(frame: FrameType) -> tuple[str, Any]:
    """What a thread waits for in words, by the standard library's functions on its stack, and the object of whose class that function is."""
    words, of = "", None
    for at in callers(frame):
        wording = _WAITS.get((_name(at.f_code.co_filename), at.f_code.co_name))
        if wording:
            words, of = wording, at
    return words, of.f_locals.get("self") if of is not None else None


def pending() -> list[Any]:
    """The tasks that asyncio knows of, some of which may have ended."""
    tasks = sys.modules.get("asyncio.tasks")
    if tasks is None:
        return []
    found: list[Any] = []
    seen: set[int] = set()
    for name in ("_scheduled_tasks", "_all_tasks", "_eager_tasks"):
        group = getattr(tasks, name, None)
        refs = getattr(group, "data", group)
        for ref in list(refs or ()):
            task = ref() if type(ref).__name__ in ("ReferenceType", "weakref") else ref
            if task is not None and id(task) not in seen:
                seen.add(id(task))
                found.append(task)
        if len(found) > MOST_TASKS:
            break
    return found


def unretrieved() -> None:
    """At the end of the recording: tasks that failed and whose exception was never retrieved."""
    for task in pending():
        if _tap.never_retrieved(task):
            records.sync(records.ops.EXCEPTION_UNRETRIEVED, task, _tap.task_actor(task), records.ops.ASYNCHRONOUS)


def _tasks() -> list[tuple[int, str, int, list[Any]]]:
    out = []
    for task in pending()[:MOST_TASKS]:
        state, coro, waiter = _tap.task_state(task)
        if state != "PENDING":
            continue
        actor = _tap.task_actor(task)
        if not actor:
            continue
        stack, words, subject = await_chain(coro)
        target = _tap.known_object(subject) if subject is not None else 0
        if not target and waiter is not None:
            target = _tap.known_object(waiter)
            if not words:
                words = "a task" if _tap.task_actor(waiter) else "a future"
        out.append((actor, words, target, stack))
    return out


def _trio_tasks() -> list[tuple[int, str, int, list[Any]]]:
    module: Any = sys.modules.get("trio._core._run")
    runner = getattr(getattr(module, "GLOBAL_RUN_CONTEXT", None), "runner", None)
    out = []
    for task in list(getattr(runner, "tasks", ()))[:MOST_TASKS]:
        actor = _tap.task_actor(task)
        stack, words, subject = await_chain(task.coro)
        if actor and stack:
            out.append((actor, words, _tap.known_object(subject) if subject is not None else 0, stack))
    return out


def await_chain(coro: Any) -> tuple[list[Any], str, Any]:
    """Stack of a suspended coroutine, innermost first; what it waits for in words, and the asyncio object if it is one."""
    stack: list[list[Any]] = []
    words, subject = "", None
    for frame in frames_of(coro):
        stack.append(_entry(frame.f_code, frame.f_lineno))
        wording = _AWAITS.get((_name(frame.f_code.co_filename), frame.f_code.co_qualname))
        if wording:
            words, subject = wording, frame.f_locals.get("self")
    return stack[::-1], words, subject


def frames_of(coro: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine and of what it awaits, outermost first."""
    for _ in range(DEEPEST):
        kind = type(coro).__name__
        if kind == "coroutine":
            frame, coro = coro.cr_frame, coro.cr_await
        elif kind == "generator":
            frame, coro = coro.gi_frame, coro.gi_yieldfrom
        elif kind == "async_generator":
            frame, coro = coro.ag_frame, coro.ag_await
        else:
            break
        if frame is None:
            break
        yield frame
