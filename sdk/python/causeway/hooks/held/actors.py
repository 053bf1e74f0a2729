"""Tasks and threads of a held program by the number of their actor, and by their readable names."""

from __future__ import annotations

import sys

from causeway import _tap
from causeway.hooks import waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def task_name(task: Any) -> str:
    """As asyncio has it."""
    native = getattr(sys.modules.get("_asyncio"), "Task", None)
    name = native.get_name(task) if native is not None and issubclass(type(task), native) else vars(task).get("_name")
    return name if type(name) is str else "?"


def threads() -> Iterator[tuple[str, int]]:
    """Name and actor of each running thread that is recorded."""
    for ident, thread in list(getattr(sys.modules.get("threading"), "_active", {}).items()):
        actor, name = _tap.actor_of_thread(ident) or _tap.thread_actor(thread), getattr(thread, "_name", None)
        if actor and type(name) is str:
            yield name, actor


def titles() -> dict[int, str]:
    """`task transfer-1`, `thread worker`, by actor: of the tasks that are pending and the threads that run."""
    tasks = {_tap.task_actor(task): f"task {task_name(task)}" for task in waiting.pending()}
    return tasks | {actor: f"thread {name}" for name, actor in threads()}


def creator(actor: int) -> str | None:
    """The title of the actor that created an actor, if it still exists. A thread that creates tasks of the loop it runs is not named."""
    known = titles()
    maker = known.get(_tap.creator(actor))
    return maker if maker is None or maker.startswith("task ") or known.get(actor, "").startswith("thread ") else None
