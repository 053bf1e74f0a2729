"""multiprocessing's fork server: the parent of a child is the process that asked for it, not the server that forked it.

The key of the start travels inside the preparation data that the parent pickles for the child.
"""

from __future__ import annotations

import sys

from causeway import _tap
from causeway._tap import Around
from causeway.hooks import processes, reaped, records
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_KEY = "causeway_parent"

_launching: dict[int, str | None] = {}
"""By thread that starts a child through the server: the key of the start, or what stands for it until there is one."""

_started: dict[int, str] = {}
"""Keys of children by pid, until their end is recorded."""


def install() -> None:
    """Record the children of a fork server once the program has imported it."""
    on_import("multiprocessing.spawn", _spawn)
    on_import("multiprocessing.popen_forkserver", _popen)


def _spawn(module: ModuleType) -> None:
    namespace: Any = module
    namespace.get_preparation_data = Around(namespace.get_preparation_data, None, _prepared, hook="forkserver")
    namespace.prepare = Around(namespace.prepare, _prepares, hook="forkserver")


def _popen(module: ModuleType) -> None:
    popen: Any = vars(module)["Popen"]
    popen._launch = Around(popen._launch, _launches, _launched, hook="forkserver")
    popen.poll = Around(popen.poll, None, _polled, hook="forkserver")  # `wait` is that of `popen_fork`


def _launches(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    _launching[_tap.thread_ident()] = None


def _prepared(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `get_preparation_data(name)`, in the parent: the first call is for the child, a second one for a server that is started for it."""
    del state, args, kwargs
    thread = _tap.thread_ident()
    if exception is None and _launching.get(thread, "") is None and type(result) is dict:
        key = _launching[thread] = processes.announce()
        if key is not None:
            result[_KEY] = key


def _launched(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs, result
    key = _launching.pop(_tap.thread_ident(), None)
    pid = getattr(args[0], "pid", None)
    if exception is None and key is not None and type(pid) is int:
        _started[pid] = key


def _prepares(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `prepare(data)`, in the child."""
    data = args[0] if args else kwargs.get("data")
    key = data.pop(_KEY, None) if type(data) is dict else None
    if type(key) is str:
        processes.adopted(key)


def _polled(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs
    if exception is None and result is not None:
        pid, caller = args[0].pid, sys._getframe(1)
        key = _started.pop(pid, None)
        if key is None:
            reaped.end_seen(pid, caller)
        elif not reaped.put_aside(pid, key, caller):
            records.message(records.RECEIVE, f"exit:{key}", "subprocess", peer=str(pid))
