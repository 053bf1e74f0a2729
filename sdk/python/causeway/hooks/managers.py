"""multiprocessing's managers: the locks, conditions, events and queues of a server process, for the processes that have proxies of them.

Every operation of a proxy goes through `BaseProxy._callmethod`. Operations on one referent are numbered over all processes, as with semaphores. An
item of a queue is a message: the n-th item put is the n-th one taken. Data (dict, list, Namespace, Value) is recorded by the taps (`hooks.sharing`).
"""

from __future__ import annotations

from causeway._tap import Around
from causeway.hooks import ops, records
from causeway.hooks.late import on_import
from causeway.hooks.numbered import Shared, know, number, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_BEFORE = {
    "Lock": {"acquire": ops.ACQUIRE_REQUEST, "release": ops.RELEASED},
    "Semaphore": {"release": ops.SEM_RELEASED},
    "Event": {"set": ops.EVENT_SET, "clear": ops.EVENT_CLEAR, "wait": ops.WAIT_BEGIN},
    "Condition": {
        "acquire": ops.ACQUIRE_REQUEST, "release": ops.RELEASED, "wait": ops.WAIT_BEGIN, "notify": ops.NOTIFY, "notify_all": ops.NOTIFY_ALL
    },
    "Barrier": {"wait": ops.BARRIER_ARRIVE},
}
_BEFORE["RLock"], _BEFORE["BoundedSemaphore"] = _BEFORE["Lock"], _BEFORE["Semaphore"]

_AFTER = {
    "Lock": {"acquire": (ops.ACQUIRED, ops.ACQUIRE_FAILED)},
    "Semaphore": {"acquire": (ops.SEM_ACQUIRED, ops.ACQUIRE_FAILED)},
    "Event": {"is_set": (ops.EVENT_READ, 0), "wait": (ops.WAIT_END, ops.TIMEOUT)},
    "Condition": {"acquire": (ops.ACQUIRED, ops.ACQUIRE_FAILED), "wait": (ops.WAIT_END, ops.TIMEOUT)},
    "Barrier": {"wait": (ops.BARRIER_LEAVE, 0)},
}
_AFTER["RLock"], _AFTER["BoundedSemaphore"] = _AFTER["Lock"], _AFTER["Semaphore"]
"""The operation, by the method's result: true (a barrier: any), false."""

_QUEUES = ("Queue", "JoinableQueue")
_WAITS = (ops.ACQUIRE_REQUEST, ops.WAIT_BEGIN)


def install() -> None:
    """Record them once the program has imported managers."""
    on_import("multiprocessing.managers", _managers)


def _managers(module: ModuleType) -> None:
    base: Any = vars(module)["BaseProxy"]
    base._callmethod = Around(base._callmethod, _calls, _called, hook="managers")


def _known(proxy: Any) -> Shared | None:
    token = proxy._token
    address = token.address if isinstance(token.address, str) else "-".join(map(str, token.address))
    return know(proxy, f"proxy:{address}:{token.id}".replace("/", "_"))


def _method(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    name = args[1] if len(args) > 1 else kwargs.get("methodname")
    return name if isinstance(name, str) else ""


def _calls(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    proxy, method = args[0], _method(args, kwargs)
    kind = proxy._token.typeid
    if kind in _QUEUES:
        if method in ("put", "put_nowait"):
            _item(proxy, records.SEND)
        return
    op = _BEFORE.get(kind, {}).get(method)
    if op is not None:
        write(_known(proxy), proxy, op, ops.BLOCKED if op in _WAITS else 0)


def _called(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state
    proxy, method = args[0], _method(args, kwargs)
    kind = proxy._token.typeid
    if kind in _QUEUES:
        if method in ("get", "get_nowait") and exception is None:
            _item(proxy, records.RECEIVE)
        return
    done = _AFTER.get(kind, {}).get(method)
    if done is not None:
        op = done[0] if exception is None and (result is True or kind == "Barrier") else done[1]
        if op:
            write(_known(proxy), proxy, op)


def _item(proxy: Any, direction: int) -> None:
    shared = _known(proxy)
    if shared is not None:
        # Puts and gets are counted apart.
        records.message(direction, f"{shared.key}:{number(shared, direction)}", "queue")
