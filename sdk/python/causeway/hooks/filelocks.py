"""Locks on files (`fcntl.flock`, `fcntl.lockf`) as locks between processes and threads.

A lock is identified by its file's device and inode. It ends with LOCK_UN or when its file is closed. Closing is not reported, so it is looked up at
the thread's next operation on files (`release_closed`). A shared lock counts like an exclusive one: it keeps writers out.
"""

from __future__ import annotations

import os

from causeway import _tap
from causeway._tap import Around
from causeway.hooks import ops
from causeway.hooks.late import on_import
from causeway.hooks.numbered import know, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_UNLOCK, _NONBLOCKING = 8, 4


class FileLock:
    """Stands for the lock on one file in this process."""

    __slots__ = ("__weakref__",)


_locks: dict[tuple[int, int], FileLock] = {}
held: dict[int, list[tuple[tuple[int, int], int]]] = {}
"""By thread: device and inode of each file that it has locked, and the descriptor that it used."""


def install() -> None:
    """Record them once the program has imported fcntl."""
    on_import("fcntl", _fcntl)
    os.register_at_fork(after_in_child=held.clear)


def _fcntl(module: ModuleType) -> None:
    namespace = vars(module)
    for name in ("flock", "lockf"):
        if name in namespace:
            namespace[name] = Around(namespace[name], _asks, _asked, hook="filelocks")


def _file(args: tuple[Any, ...]) -> tuple[tuple[int, int], int]:
    descriptor = args[0] if type(args[0]) is int else args[0].fileno()
    about = os.fstat(descriptor)
    return (about.st_dev, about.st_ino), descriptor


def _write(file: tuple[int, int], op: int, flags: int = 0) -> None:
    lock = _locks.setdefault(file, FileLock())
    write(know(lock, f"file-{file[0]}-{file[1]}"), lock, op, flags)


def _mine() -> list[tuple[tuple[int, int], int]]:
    return held.setdefault(_tap.thread_ident(), [])


def _asks(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[int, int], int] | None:
    """Before `flock(file, operation)`."""
    del kwargs
    if len(args) < 2 or type(args[1]) is not int:
        return None
    release_closed()
    file, descriptor = _file(args)
    mine = _mine()
    if args[1] & _UNLOCK:
        if (file, descriptor) in mine:
            mine.remove((file, descriptor))
            _write(file, ops.RELEASED)
        return None
    if (file, descriptor) in mine:
        return None
    if not args[1] & _NONBLOCKING:
        _write(file, ops.ACQUIRE_REQUEST, ops.BLOCKED)
    return file, descriptor


def _asked(state: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del args, kwargs, result
    if state is not None:
        if exception is None:
            _mine().append(state)
        _write(state[0], ops.ACQUIRED if exception is None else ops.ACQUIRE_FAILED)


def release_closed() -> None:
    """Record the release of those locks of this thread whose files were closed. Called from hooks, with recording paused."""
    mine = held.get(_tap.thread_ident())
    for entry in list(mine or ()):
        file, descriptor = entry
        try:
            about = os.fstat(descriptor)
            open_still = (about.st_dev, about.st_ino) == file
        except OSError:
            open_still = False
        if not open_still and mine is not None:
            mine.remove(entry)
            _write(file, ops.RELEASED)
