"""multiprocessing: Lock, RLock, Semaphore, Condition, Event, Barrier, JoinableQueue, as synchronization between processes.

One object of the program is a separate object in each process. A SHARED record gives the name by which all processes know it. Each of its SYNC
records (flag `shared`) has a number from a counter that all processes share. The number is taken while the lock is held, so that the numbers are the
order. Semaphores inside queues, conditions and events are not recorded: the object that contains them is.
"""

from __future__ import annotations

from causeway import _tap
from causeway._tap import Around
from causeway.hooks import ops
from causeway.hooks.late import on_import
from causeway.hooks.numbered import Shared, know, known, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_made = 0
"""Numbers semaphores that have no name in the system."""


def install() -> None:
    """Record synchronization between processes once the program has imported it."""
    on_import("multiprocessing.synchronize", _synchronize)
    on_import("multiprocessing.queues", _queues)


def _synchronize(module: ModuleType) -> None:
    namespace: Any = module
    base = namespace.SemLock
    base._make_methods = Around(base._make_methods, None, _made_methods, hook="multiprocessing")
    base.__enter__ = Around(base.__enter__, _enters, _entered, hook="multiprocessing")
    base.__exit__ = Around(base.__exit__, _releases, hook="multiprocessing")
    condition = namespace.Condition
    condition.wait = Around(condition.wait, _waits, _waited, hook="multiprocessing")
    condition.notify = Around(condition.notify, _notifies, hook="multiprocessing")
    event = namespace.Event
    event.set = Around(event.set, _sets, hook="multiprocessing")
    event.clear = Around(event.clear, _clears, hook="multiprocessing")
    event.is_set = Around(event.is_set, _suppresses, _is_set, hook="multiprocessing")
    event.wait = Around(event.wait, _waits_for_event, _waited_for_event, hook="multiprocessing")
    barrier = namespace.Barrier
    barrier.wait = Around(barrier.wait, _arrives, _left, hook="multiprocessing")


def _queues(module: ModuleType) -> None:
    namespace: Any = module
    namespace.Queue._reset = Around(namespace.Queue._reset, _quiet_parts("_rlock", "_wlock", "_sem"), hook="multiprocessing")
    for name in ("__init__", "__setstate__"):
        setattr(namespace.SimpleQueue, name, _around_parts(vars(namespace.SimpleQueue)[name], "_rlock", "_wlock"))
    joinable = namespace.JoinableQueue
    joinable.task_done = Around(joinable.task_done, _done, hook="multiprocessing")
    joinable.join = Around(joinable.join, _suppress_joinable, _joined, hook="multiprocessing")


# ---- names and numbers ----


def _semaphore(lock: Any) -> Shared | None:
    global _made
    found = known(lock)
    if found is not None:
        return found
    name = lock._semlock.name
    if name is None:
        _made += 1
        name = f"{_tap.uid():016x}-{_made}"
    return know(lock, name.replace("/", ""))


def _part(thing: Any, lock: Any, kind: str) -> Shared | None:
    """An object that consists of semaphores is known by the name of one of them."""
    inside = _semaphore(lock)
    return None if inside is None else know(thing, f"{inside.key}.{kind}")


def _suppress(*locks: Any) -> None:
    for lock in locks:
        shared = _semaphore(lock) if hasattr(lock, "_semlock") else None
        if shared is not None:
            shared.quiet = True


# ---- Lock, RLock, Semaphore, BoundedSemaphore ----


def _is_lock(lock: Any) -> bool:
    """Whether it can have only one holder: `RLock` (kind 0), `Lock`, `BoundedSemaphore(1)`. A `Semaphore(1)` can be released to more units."""
    return bool(lock._semlock.kind == 0 or lock._semlock.maxvalue == 1)


def _asks(lock: Any) -> None:
    if lock._semlock._is_zero() and not lock._semlock._is_mine():
        write(_semaphore(lock), lock, ops.ACQUIRE_REQUEST, ops.BLOCKED)


def _acquired(lock: Any, got: bool) -> None:
    if not got:
        write(_semaphore(lock), lock, ops.ACQUIRE_FAILED)
    else:
        write(_semaphore(lock), lock, ops.ACQUIRED if _is_lock(lock) else ops.SEM_ACQUIRED)


def _released(lock: Any) -> None:
    write(_semaphore(lock), lock, ops.RELEASED if _is_lock(lock) else ops.SEM_RELEASED)


def _made_methods(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    """After `SemLock._make_methods()`: `acquire` and `release` are attributes of each lock, and have no Python frame."""
    del state, kwargs, result
    if exception is not None or _semaphore(args[0]) is None:
        return
    from weakref import ref

    lock = ref(args[0])  # not the lock itself: it would never be freed

    def asks(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        held = lock()
        if held is not None and (args[0] if args else kwargs.get("block", True)):
            _asks(held)

    def acquired(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, exception: BaseException | None) -> None:
        held = lock()
        if held is not None and exception is None:
            _acquired(held, result is True)

    def releases(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        held = lock()
        if held is not None:
            _released(held)

    args[0].acquire = Around(args[0].acquire, asks, acquired, hook="multiprocessing")
    args[0].release = Around(args[0].release, releases, hook="multiprocessing")


def _enters(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    _asks(args[0])


def _entered(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs, result
    if exception is None:
        _acquired(args[0], True)


def _releases(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    _released(args[0])


# ---- Condition ----


def _condition(condition: Any) -> Shared | None:
    _suppress(condition._sleeping_count, condition._woken_count, condition._wait_semaphore)
    return _part(condition, condition._wait_semaphore, "condition")


def _waits(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_condition(args[0]), args[0], ops.WAIT_BEGIN, ops.BLOCKED)


def _waited(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs
    write(_condition(args[0]), args[0], ops.WAIT_END if exception is None and result is True else ops.TIMEOUT)


def _notifies(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`notify_all` is `notify(sys.maxsize)`."""
    count = args[1] if len(args) > 1 else kwargs.get("n", 1)
    write(_condition(args[0]), args[0], ops.NOTIFY if type(count) is int and count == 1 else ops.NOTIFY_ALL)


# ---- Event ----


def _event(event: Any) -> Shared | None:
    condition = event._cond
    shared = _condition(condition)
    if shared is not None:
        shared.quiet = True
    _suppress(event._flag, condition._lock)
    return _part(event, event._flag, "event")


def _sets(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_event(args[0]), args[0], ops.EVENT_SET)


def _clears(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_event(args[0]), args[0], ops.EVENT_CLEAR)


def _suppresses(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    _event(args[0])


def _is_set(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs
    if exception is None and result is True:
        write(_event(args[0]), args[0], ops.EVENT_READ)


def _waits_for_event(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_event(args[0]), args[0], ops.WAIT_BEGIN, ops.BLOCKED)


def _waited_for_event(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs
    write(_event(args[0]), args[0], ops.WAIT_END if exception is None and result is True else ops.TIMEOUT)


# ---- Barrier ----


def _barrier(barrier: Any) -> Shared | None:
    condition = barrier._cond
    shared = _condition(condition)
    if shared is not None:
        shared.quiet = True
    _suppress(condition._lock)
    return _part(barrier, condition._wait_semaphore, "barrier")


def _arrives(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_barrier(args[0]), args[0], ops.BARRIER_ARRIVE)


def _left(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs, result
    if exception is None:
        write(_barrier(args[0]), args[0], ops.BARRIER_LEAVE)


# ---- queues ----


def _quiet_parts(*names: str) -> Any:
    def enter(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _suppress(*[getattr(args[0], name, None) for name in names])

    return enter


def _around_parts(function: Any, *names: str) -> Any:
    quiet = _quiet_parts(*names)

    def leave(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
        if exception is None:
            quiet(args, kwargs)

    return Around(function, None, leave, hook="multiprocessing")


def _joinable(queue: Any) -> Shared | None:
    condition = queue._cond
    shared = _condition(condition)
    if shared is not None:
        shared.quiet = True
    _suppress(queue._unfinished_tasks, condition._lock)
    return _part(queue, queue._unfinished_tasks, "joinable")


def _done(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    write(_joinable(args[0]), args[0], ops.SEM_RELEASED)


def _suppress_joinable(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    del kwargs
    _joinable(args[0])


def _joined(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    del state, kwargs, result
    if exception is None:
        write(_joinable(args[0]), args[0], ops.SEM_ACQUIRED)
