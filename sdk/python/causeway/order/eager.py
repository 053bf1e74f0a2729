"""Tasks that a library starts eagerly (`asyncio.Task(…, eager_start=True)`; aiohttp runs its handlers so from Python 3.12 on).

An eager task begins inside a step of its creator, where nothing can come before it. Under an order, a library's task begins in a step of its own, as
it does without the option and on Python 3.11, so that it can be held at its start. Tasks that code of the program starts eagerly stay eager: that
code may rely on it.
"""

from __future__ import annotations

import sys

from causeway.order.importing import of_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any

    from causeway.order.patches import Patches


def install(module: ModuleType, patches: Patches) -> None:
    """Replaces `asyncio.Task` (what `asyncio.tasks` makes its own tasks of stays) and, where it takes the option, `create_task`; undone by
    `patches`.
    """
    if sys.version_info < (3, 12):
        return
    loop: Any = vars(sys.modules["asyncio.base_events"])["BaseEventLoop"]
    patches.put(loop, "create_task", _created(loop.create_task))
    task = _replaced(vars(sys.modules["asyncio.tasks"])["Task"])
    if task is not None:
        patches.put(module, "Task", task)


def _created(original: Any) -> Any:
    """`create_task` passes the option on from 3.13.3 on."""

    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        if options.get("eager_start") and _of_library(sys._getframe(1)):
            options["eager_start"] = False
        return original(self, coro, **options)

    return create_task


def _replaced(original: Any) -> Any:
    """A class that makes tasks of the original class, and passes for it in `isinstance` and `issubclass`; None where it cannot be subclassed so."""

    class Lazily(type(original)):  # type: ignore[misc]  # the class of asyncio.Task is only known here
        def __call__(cls, *args: Any, **options: Any) -> Any:
            if cls is not replaced:
                return type.__call__(cls, *args, **options)
            if options.get("eager_start") and _of_library(sys._getframe(1)):
                options["eager_start"] = False
            return original(*args, **options)

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, original) if cls is replaced else type.__instancecheck__(cls, instance)

        def __subclasscheck__(cls, subclass: Any) -> bool:
            return issubclass(subclass, original) if cls is replaced else type.__subclasscheck__(cls, subclass)

    try:
        replaced = Lazily(original.__name__, (original,), {"__module__": original.__module__, "__doc__": original.__doc__})
    except TypeError:
        return None
    return replaced


def _of_library(frame: FrameType | None) -> bool:
    """Whether the first caller that is not asyncio is in a library."""
    asyncio = sys.modules["asyncio"].__file__.rpartition("/")[0] + "/"  # type: ignore[union-attr]
    while frame is not None and frame.f_code.co_filename.startswith(asyncio):
        frame = frame.f_back
    return frame is not None and of_library(frame.f_code.co_filename)
