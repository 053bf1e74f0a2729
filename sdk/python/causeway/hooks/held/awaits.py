"""Which tasks wait for a task, through the objects that asyncio and AnyIO put between a task and its waiters."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_DEEPEST = 12
_BETWEEN = ("asyncio.", "anyio._backends._asyncio")
"""Modules whose callbacks of tasks stand for a waiter."""


def chain(task: Any) -> list[Any]:
    """The task that waits for a task, the one that waits for that, and so on."""
    found: list[Any] = []
    while task is not None and len(found) < _DEEPEST:
        task = next((one for one in _waiting_for(task, [task]) if all(one is not other for other in found)), None)
        if task is not None:
            found.append(task)
    return found


def _waiting_for(future: Any, seen: list[Any]) -> Iterator[Any]:
    """The tasks that continue when a future is done, also through gathered futures, groups, shields and timeouts."""
    for entry in _callbacks(future):
        callback = entry[0] if type(entry) is tuple else entry
        for thing in _parts(callback):
            if any(thing is one for one in seen):
                continue
            seen.append(thing)
            if is_task(thing):
                yield thing
            elif is_future(thing) and len(seen) < 100:
                yield from _waiting_for(thing, seen)


def _callbacks(future: Any) -> list[Any]:
    native = getattr(sys.modules.get("_asyncio"), "Future", None)
    if native is not None and issubclass(type(future), native):
        return list(native.__dict__["_callbacks"].__get__(future) or ())
    return list(getattr(future, "_callbacks", None) or ())


def _parts(callback: Any) -> list[Any]:
    """What a callback of asyncio stands for: a task that it wakes, a future that it sets, or the task that entered a group.

    A callback of the program does not count as a waiter.
    """
    owner = getattr(callback, "__self__", None)
    if is_task(owner):
        return [owner]
    function = getattr(callback, "func", callback) if type(callback).__name__ == "partial" else getattr(callback, "__func__", callback)
    if not str(getattr(function, "__module__", "")).startswith(_BETWEEN):
        return []
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or () if _is_filled(cell)]
    parents = [parent for parent in map(_entered_by, (owner, *cells)) if is_task(parent)]
    futures = [part for part in (*cells, *getattr(callback, "args", ())) if is_future(part) and not is_task(part)]
    return [*parents, *futures]


def _entered_by(group: Any) -> Any:
    """The task that entered a group of asyncio's or AnyIO's."""
    if type(group).__name__ != "TaskGroup":
        return None
    scope = getattr(group, "cancel_scope", None)
    return getattr(group, "_parent_task", None) if scope is None else getattr(scope, "_host_task", None)


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def is_task(thing: Any) -> bool:
    """Whether it is a task of asyncio, or of a subclass in the program."""
    return _is_a(thing, "Task", "_PyTask")


def is_future(thing: Any) -> bool:
    """The same for futures, which include tasks."""
    return _is_a(thing, "Future", "_PyFuture")


def _is_a(thing: Any, name: str, plain: str) -> bool:
    native, python = sys.modules.get("_asyncio"), sys.modules.get("asyncio.tasks" if name == "Task" else "asyncio.futures")
    types = [getattr(native, name, None), getattr(python, plain, None)]
    return any(kind is not None and issubclass(type(thing), kind) for kind in types)
