"""Answers for a debugger that holds the program, about its asyncio tasks and threads: which there are, what they wait for, what waits for them, and
what created them.

Runs no code of the program and records nothing. Answers are JSON texts, for an adapter in another process.
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway.hooks import waiting
from causeway.hooks.held import actors, awaits, waits
from causeway.hooks.records import json_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST_LISTED = 200
_ENTRIES = 20
"""The most frames of a task that are listed."""


def tasks() -> str:
    """`{"here": {"actor", "name"} or null, "more": count, "tasks": [{"actor", "name", "words", "place"}], "threads": [[name, words]]}`: the pending
    tasks except the one that runs in this thread, which is `here`; and the other threads that wait. At most 200 tasks, those that wait for this one
    first; `more` is the number of tasks that are left out."""
    return _quietly(_tasks)


def stack(actor: int) -> str:
    """`{"frames": [[file, line, function]], "creator": title or null}` of a pending task, innermost first; no frames where there is no such task."""
    return _quietly(lambda: _stack(next((task for task in _others() if _tap.task_actor(task) == actor), None)))


def awaiters() -> str:
    """`{"chain": [{"actor", "name", "frames"}], "creator": title or null}`: the task that waits for the one that runs in this thread, the one that
    waits for that, and so on; and who created what runs here, where that is none of these."""
    return _quietly(_awaiters)


def creator(name: str) -> str:
    """Who created the thread of this name: a title, or null."""
    return _quietly(lambda: next((actors.creator(actor) for thread, actor in actors.threads() if thread == name), None))


def _quietly(answer: Callable[[], Any]) -> str:
    _tap.pause()
    try:
        return json_of(answer())
    finally:
        _tap.resume()


def _tasks() -> dict[str, Any]:
    here = _here()
    first = awaits.chain(here)
    listed = {id(task) for task in (here, *first)}
    others = [*first, *(task for task in _others() if id(task) not in listed)]
    words = waits.Words()
    described = [_described(task, words) for task in others[:MOST_LISTED]]
    return {
        "here": {"actor": _tap.task_actor(here), "name": actors.task_name(here)} if here is not None else None,
        "more": max(0, len(others) - MOST_LISTED), "tasks": [one for one in described if one["actor"]], "threads": words.of_threads(),
    }  # fmt: skip


def _stack(task: Any) -> dict[str, Any]:
    return {"frames": _frames(task), "creator": actors.creator(_tap.task_actor(task))} if task is not None else {"frames": [], "creator": None}


def _awaiters() -> dict[str, Any]:
    here = _here()
    chain = awaits.chain(here)
    actor = _tap.task_actor(here) if here is not None else _tap.actor_of_thread(_tap.thread_ident())
    made_by_one = any(_tap.task_actor(task) == _tap.creator(actor) for task in chain)
    return {
        "chain": [{"actor": _tap.task_actor(task), "name": actors.task_name(task), "frames": _frames(task)} for task in chain],
        "creator": None if made_by_one else actors.creator(actor),
    }


def _others() -> list[Any]:
    """The pending tasks, in the order of their creation."""
    return sorted((task for task in waiting.pending() if _tap.task_state(task)[0] == "PENDING"), key=_tap.task_actor)


def _here() -> Any:
    """The task that runs in this thread."""
    events, module = sys.modules.get("asyncio.events"), sys.modules.get("asyncio.tasks")
    loop = events._get_running_loop() if events is not None else None
    return module.current_task(loop) if loop is not None and module is not None else None


def _described(task: Any, words: waits.Words) -> dict[str, Any]:
    _, coro, waiter = _tap.task_state(task)
    state, place = "ready to run", None
    if getattr(coro, "cr_running", False):
        state = "running"
    elif waiter is not None:
        state, place = f"waiting for {words.of_task(coro, waiter)}", next(iter(_frames(task)), None)
    return {"actor": _tap.task_actor(task), "name": actors.task_name(task), "words": state, "place": place}


def _frames(task: Any) -> list[Any]:
    """Innermost first, without what asyncio itself waits in."""
    stack = waiting.await_chain(_tap.task_state(task)[1])[0]
    return [entry for entry in reversed(stack) if not waits.of_library(entry[0])][:_ENTRIES]
