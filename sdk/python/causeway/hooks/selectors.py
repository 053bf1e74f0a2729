"""selectors: who registers a file hands it, and what belongs to it, over to the thread whose `select` returns it.

Registrations by a running event loop are left out: the loop is the only one that selects.
"""

from __future__ import annotations

import os
import sys

from causeway._tap import Around
from causeway.hooks import records
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

MOST = 4096
"""Registrations that may wait for their first `select`."""

_registered: dict[tuple[int, int], str] = {}
"""Message of the latest registration, by selector and file descriptor, until `select` has returned it."""
_number = 0


def install() -> None:
    """Record registrations once the program has imported `selectors`."""
    on_import("selectors", _selectors)


def _selectors(module: ModuleType) -> None:
    base: Any = module._BaseSelectorImpl
    base.register = Around(base.register, None, _registers, hook="selectors")
    base.unregister = Around(base.unregister, _forgets, None, hook="selectors")
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "DevpollSelector", "KqueueSelector"):
        kind: Any = getattr(module, name, None)
        if kind is not None:
            kind.select = Around(kind.select, None, _selected, hook="selectors")
    os.register_at_fork(after_in_child=_registered.clear)


def _registers(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `register(file, events, data)`."""
    global _number
    del state, kwargs
    if exception is not None:
        return
    place = id(args[0]), result.fd
    _registered.pop(place, None)
    loops: Any = sys.modules.get("_asyncio")
    if (loops is not None and loops._get_running_loop() is not None) or len(_registered) >= MOST:
        return
    _number += 1
    _registered[place] = key = f"selector:{os.getpid()}:{_number}"
    records.plain_message(records.SEND, key, "selector")


def _forgets(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `unregister(file)`."""
    del kwargs
    if _registered:
        file = args[1] if len(args) > 1 else -1
        number = file if isinstance(file, int) else file.fileno()
        _registered.pop((id(args[0]), number), None)


def _selected(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
    """After `select()`."""
    del state, kwargs
    if not _registered or exception is not None:
        return
    for key, _ in result:
        message = _registered.pop((id(args[0]), key.fd), None)
        if message is not None:
            records.plain_message(records.RECEIVE, message, "selector")


__all__ = ["install"]
