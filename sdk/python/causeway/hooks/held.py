"""What a debugger that holds the program asks about its asyncio tasks: which there are, what they wait for, and who waits for them.

Runs no code of the program and records nothing. Answers are JSON texts, for an adapter in another process.
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway.hooks import waiting
from causeway.hooks.records import json_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MOST_LISTED = 200
_DEEPEST = 12
_ENTRIES = 20
"""Frames of a task that are told."""


def tasks() -> str:
    """`{"here": {"actor", "name"} or null, "more": count, "tasks": [{"actor", "name", "words", "place"}]}`: the pending tasks, but for the one that
    runs in this thread, which is `here`. At most 200, those that wait for it first; `more` says how many are left out."""
    return _quietly(_tasks)


def stack(actor: int) -> str:
    """The frames of a pending task, innermost first: `[[file, line, function]]`; empty where there is no such task."""
    return _quietly(lambda: next((_frames(task) for task in _others() if _tap.task_actor(task) == actor), []))


def awaiters() -> str:
    """The task that waits for the one that runs in this thread, the one that waits for that, and so on: `[{"actor", "name", "stack"}]`."""
    return _quietly(lambda: [{"actor": _tap.task_actor(task), "name": _name(task), "stack": _frames(task)} for task in _chain(_here())])


def _quietly(answer: Callable[[], Any]) -> str:
    _tap.pause()
    try:
        return json_of(answer())
    finally:
        _tap.resume()


def _tasks() -> dict[str, Any]:
    here = _here()
    first = _chain(here)
    told = {id(task) for task in (here, *first)}
    others = [*first, *(task for task in _others() if id(task) not in told)]
    described = [_described(task) for task in others[:MOST_LISTED]]
    return {
        "here": {"actor": _tap.task_actor(here), "name": _name(here)} if here is not None else None,
        "more": max(0, len(others) - MOST_LISTED), "tasks": [one for one in described if one["actor"]],
    }  # fmt: skip


def _others() -> list[Any]:
    """The pending tasks, in the order of their creation."""
    return sorted((task for task in waiting.pending() if _tap.task_state(task)[0] == "PENDING"), key=_tap.task_actor)


def _here() -> Any:
    """The task that runs in this thread."""
    events, module = sys.modules.get("asyncio.events"), sys.modules.get("asyncio.tasks")
    loop = events._get_running_loop() if events is not None else None
    return module.current_task(loop) if loop is not None and module is not None else None


def _name(task: Any) -> str:
    """As asyncio has it."""
    native = getattr(sys.modules.get("_asyncio"), "Task", None)
    name = native.get_name(task) if native is not None and issubclass(type(task), native) else vars(task).get("_name")
    return name if type(name) is str else "?"


def _described(task: Any) -> dict[str, Any]:
    _, coro, waiter = _tap.task_state(task)
    stack, words, _ = waiting.await_chain(coro)
    if getattr(coro, "cr_running", False):
        words = "running"
    elif waiter is None:
        words = "ready to run"
    else:
        words = f"waiting for {words or _awaited(waiter)}"
    own = next((entry for entry in reversed(stack) if not _of_asyncio(entry[0])), None)
    return {"actor": _tap.task_actor(task), "name": _name(task), "words": words, "place": own if waiter is not None else None}


def _awaited(future: Any) -> str:
    if _is_task(future):
        return f"task {_name(future)}"
    return "the tasks that it gathered" if type(future).__name__ == "_GatheringFuture" else "a future"


def _frames(task: Any) -> list[Any]:
    """Innermost first, without what asyncio itself waits in."""
    stack = waiting.await_chain(_tap.task_state(task)[1])[0]
    return [entry for entry in reversed(stack) if not _of_asyncio(entry[0])][:_ENTRIES]


def _of_asyncio(file: str) -> bool:
    return file.replace("\\", "/").rpartition("/")[0].endswith("/asyncio")


# Who waits for a task.


def _chain(task: Any) -> list[Any]:
    """The task that waits for a task, the one that waits for that, and so on."""
    found: list[Any] = []
    while task is not None and len(found) < _DEEPEST:
        task = next((one for one in _waiting_for(task, [task]) if all(one is not other for other in found)), None)
        if task is not None:
            found.append(task)
    return found


def _waiting_for(future: Any, seen: list[Any]) -> Iterator[Any]:
    """The tasks that go on when a future is done, through what asyncio puts between: gathered futures, groups, shields and timeouts."""
    for entry in _callbacks(future):
        callback = entry[0] if type(entry) is tuple else entry
        for thing in _parts(callback):
            if any(thing is one for one in seen):
                continue
            seen.append(thing)
            if _is_task(thing):
                yield thing
            elif _is_future(thing) and len(seen) < 100:
                yield from _waiting_for(thing, seen)


def _callbacks(future: Any) -> list[Any]:
    native = getattr(sys.modules.get("_asyncio"), "Future", None)
    if native is not None and issubclass(type(future), native):
        return list(native.__dict__["_callbacks"].__get__(future) or ())
    return list(getattr(future, "_callbacks", None) or ())


def _parts(callback: Any) -> list[Any]:
    """What of asyncio a callback speaks for: a task that it wakes, a future that it sets, the task that entered a group.

    What a callback of the program's does with the tasks that it knows is not waiting.
    """
    owner = getattr(callback, "__self__", None)
    if _is_task(owner):
        return [owner]
    function = getattr(callback, "func", callback) if type(callback).__name__ == "partial" else getattr(callback, "__func__", callback)
    if not str(getattr(function, "__module__", "")).startswith("asyncio."):
        return []
    group = getattr(owner, "_parent_task", None)
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or () if _is_filled(cell)]
    futures = [part for part in (*cells, *getattr(callback, "args", ())) if _is_future(part) and not _is_task(part)]
    return [*([group] if _is_task(group) else []), *futures]


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _is_task(thing: Any) -> bool:
    return _is_a(thing, "Task", "_PyTask")


def _is_future(thing: Any) -> bool:
    return _is_a(thing, "Future", "_PyFuture")


def _is_a(thing: Any, name: str, plain: str) -> bool:
    native, python = sys.modules.get("_asyncio"), sys.modules.get("asyncio.tasks" if name == "Task" else "asyncio.futures")
    types = [getattr(native, name, None), getattr(python, plain, None)]
    return any(kind is not None and issubclass(type(thing), kind) for kind in types)
