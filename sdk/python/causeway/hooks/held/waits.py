"""What tasks and threads wait for, in words: the object by its name in the program, and its holder."""

from __future__ import annotations

import sys

from causeway import _tap
from causeway.hooks import waiting
from causeway.hooks.held import actors
from causeway.hooks.held.awaits import is_task
from causeway.hooks.held.names import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_NOUNS = ("a lock", "an event", "a semaphore", "a barrier", "a queue")
"""The words that a name replaces."""
_DEBUGGER = ("_pydevd", "pydevd.py")
"""Files of the debugger: a thread that it holds is in one of them."""


class Words:
    """What is waited for, at one stop. Each object is looked up once."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._titles = actors.titles()

    def of_task(self, coro: Any, waiter: Any) -> str:
        """What a pending task waits for: its coroutine, and the future that is to wake it."""
        _, words, subject = waiting.await_chain(coro)
        if not words:
            return _awaited(waiter)
        frames = [frame for frame in waiting.frames_of(coro) if not of_library(frame.f_code.co_filename)][::-1]
        return self._named(words, subject, frames)

    def of_threads(self) -> list[tuple[str, str]]:
        """Name and words for each recorded thread except this one that waits by itself, not because the debugger holds it."""
        frames = sys._current_frames()
        here, blocked = _tap.thread_ident(), {ident: lock for ident, _, _, lock in _tap.blocked()}
        found = []
        for ident, thread in list(getattr(sys.modules.get("threading"), "_active", {}).items()):
            name, frame = getattr(thread, "_name", None), frames.get(ident)
            if ident == here or frame is None or type(name) is not str or not _tap.actor_of_thread(ident):
                continue
            words = self._of_thread(frame, blocked.get(ident))
            if words:
                found.append((name, words))
        return found

    def _of_thread(self, frame: FrameType, blocked_by: Any) -> str:
        own = [caller for caller in waiting.callers(frame) if not of_library(caller.f_code.co_filename)]
        if own and any(part in own[0].f_code.co_filename for part in _DEBUGGER):
            return ""
        words, subject = waiting.thread_waits(frame)
        if words:
            return self._named(words, subject, own)
        return self._named("a lock", blocked_by, own) if blocked_by is not None else ""

    def _named(self, words: str, subject: Any, frames: list[FrameType]) -> str:
        if subject is None:
            return words
        if id(subject) not in self._names:
            self._names[id(subject)] = name_of(lambda value: value is subject, frames)
        name, holder = self._names[id(subject)], self._titles.get(_holder(subject))
        for noun in _NOUNS if name else ():
            words = words.replace(noun, name)
        return f"{words} held by {holder}" if holder else words


def _awaited(future: Any) -> str:
    if is_task(future):
        return f"task {actors.task_name(future)}"
    return "the tasks that it gathered" if type(future).__name__ == "_GatheringFuture" else "a future"


def _holder(lock: Any) -> int:
    """The actor that holds a lock; AnyIO's own know their task."""
    owner = getattr(lock, "_owner_task", None) if type(lock).__module__ == "anyio._backends._asyncio" else None
    return _tap.task_actor(owner) if is_task(owner) else _tap.holder(lock)


def of_library(file: str) -> bool:
    """Whether a file is asyncio's or AnyIO's own, or the threads' and queues'."""
    folder, _, name = file.replace("\\", "/").rpartition("/")
    return folder.endswith(("/asyncio", "/anyio/_backends", "/anyio/_core")) or name in ("threading.py", "queue.py")
