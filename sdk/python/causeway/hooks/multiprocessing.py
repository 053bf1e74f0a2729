"""multiprocessing: messages over pipes, and with them queues, pools and process pools.

Messages are paired by number, without a byte added: all processes that share a pipe share counters, in a file of the spool named after its inode.
A process that writes to or reads from a shared pipe holds the lock of its queue, so the order of numbers is the order of messages.
"""

# ruff: noqa: PTH103, PTH108, PTH110, PTH118
# (pathlib is not imported into the program)
from __future__ import annotations

import os
import stat

from causeway import _tap
from causeway._tap import Around, Mark
from causeway.hooks import ops, records
from causeway.hooks.inline import after, inline_all
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_SENT, _RECEIVED, _FIRST_END, _SECOND_END = 0, 2, 4, 5
"""Counters: messages sent and received in either direction, then the inodes of the two ends of a socket pair."""

_pipes: dict[tuple[int, int], tuple[str, int, int]] = {}
"""(device, inode) of an end: name of the pipe, counters, direction in which this end sends. Handle 0: not followed."""


def install() -> None:
    """Record messages once the program has imported multiprocessing."""
    on_import("multiprocessing.connection", _connection)
    on_import("multiprocessing.queues", _queues)


def _connection(module: ModuleType) -> None:
    connection: Any = module.Connection
    connection._send_bytes = Around(connection._send_bytes, _sends, hook="multiprocessing")
    connection._recv_bytes = Around(connection._recv_bytes, None, _received, hook="multiprocessing")
    module.__dict__["Pipe"] = Around(module.Pipe, None, _paired, hook="multiprocessing")


def _queues(module: ModuleType) -> None:
    """From `put` to the thread that feeds the pipe."""
    plans = [
        (module.Queue, "put", [after("self._buffer.append(obj)", mark=Mark("put", ops.PUT), text="M[self._buffer] = obj")]),
        (module.JoinableQueue, "put", [after("self._buffer.append(obj)", mark=Mark("put", ops.PUT), text="M[self._buffer] = obj")]),
    ]
    inline_all("multiprocessing", plans, records.gap)
    feed = type("feed", (), {"_feed": vars(module.Queue)["_feed"].__func__})
    inline_all("multiprocessing", [(feed, "_feed", [after("obj = bpopleft()", mark=Mark("get", ops.GET), text="M[buffer] = obj")])], records.gap)


def _folder() -> str:
    from causeway.hooks.processes import spool

    return os.path.join(spool(), "pipes")


def _counters(inode: int, create: bool) -> int:
    folder = _folder()
    if create:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return _tap.counters_open(os.path.join(folder, str(inode)), create)


def _pipe_of(connection: Any) -> tuple[str, int, int]:
    """Name, counters and sending direction of a connection's end. Only anonymous pipes and pairs from `Pipe()` are followed."""
    about = os.fstat(connection._handle)
    known = _pipes.get((about.st_dev, about.st_ino))
    if known is not None:
        return known
    fifo = stat.S_ISFIFO(about.st_mode)
    handle = _counters(about.st_ino, fifo) if fifo or stat.S_ISSOCK(about.st_mode) else 0
    name, direction = str(about.st_ino), 0
    if handle and not fifo:
        name = str(_tap.counters_get(handle, _FIRST_END))
        direction = int(about.st_ino == _tap.counters_get(handle, _SECOND_END))
    found = _pipes[about.st_dev, about.st_ino] = (f"{about.st_dev}-{name}", handle, direction)
    if len(_pipes) > 10_000:
        _pipes.clear()
    return found


def _sends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `Connection._send_bytes(buffer)`."""
    del kwargs
    name, handle, direction = _pipe_of(args[0])
    if handle:
        number = _tap.counters_next(handle, _SENT + direction)
        records.message(records.SEND, f"pipe:{name}:{direction}:{number}", "pipe")


def _received(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    """After `Connection._recv_bytes(maxsize)`."""
    del state, kwargs, result
    if exception is not None:
        return
    name, handle, direction = _pipe_of(args[0])
    if handle:
        if not stat.S_ISFIFO(os.fstat(args[0]._handle).st_mode):
            direction = 1 - direction
        number = _tap.counters_next(handle, _RECEIVED + direction)
        records.message(records.RECEIVE, f"pipe:{name}:{direction}:{number}", "pipe")


def _paired(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `Pipe(duplex)`: records which two ends form a socket pair, because the ends do not know each other."""
    del state, args, kwargs
    if exception is not None:
        return
    abouts = [os.fstat(end._handle) for end in result]
    if not all(stat.S_ISSOCK(about.st_mode) for about in abouts):
        return
    first, second = (about.st_ino for about in abouts)
    handle = _counters(first, create=True)
    if not handle:
        return
    for index, value in ((0, 0), (1, 0), (2, 0), (3, 0), (_FIRST_END, first), (_SECOND_END, second)):
        _tap.counters_set(handle, index, value)
    folder = _folder()
    target = os.path.join(folder, str(second))
    if os.path.exists(target):
        os.unlink(target)
    os.link(os.path.join(folder, str(first)), target)
    for about in abouts:
        _pipes.pop((about.st_dev, about.st_ino), None)
