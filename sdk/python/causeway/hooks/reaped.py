"""Children that `multiprocessing` reaps in passing: `Process.start` first looks which earlier children have ended, and says so to nobody.

Such an end orders nothing that the parent does next. It is recorded when the program asks for it (`join`, `is_alive`, `exitcode`).
"""

from __future__ import annotations

import sys

from causeway._tap import Around
from causeway.hooks import records
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any

_ended: dict[int, str] = {}
"""Keys of children by pid, from their reaping until the program has asked."""
_frame = sys._getframe


def install() -> None:
    """Watch the questions once the program has imported multiprocessing."""
    on_import("multiprocessing.popen_fork", _popen_fork)


def put_aside(pid: int, key: str, frame: FrameType | None) -> bool:
    """Whether a child was reaped in passing, by the frame that called `poll`; then its end is recorded later."""
    if not _in_passing(frame):
        return False
    _ended[pid] = key
    return True


def forget() -> None:
    """In a forked child, which cannot ask."""
    _ended.clear()


def _popen_fork(module: ModuleType) -> None:
    popen: Any = vars(module)["Popen"]
    for name in ("poll", "wait"):
        setattr(popen, name, Around(getattr(popen, name), None, _after_poll, hook="reaped"))


def _after_poll(state: object, args: tuple[Any, ...], kwargs: dict[str, Any], result: object, exception: BaseException | None) -> None:
    """After `Popen.poll()` and `Popen.wait(timeout)`."""
    del state, kwargs
    if exception is None and result is not None:
        end_seen(getattr(args[0], "pid", 0), _frame(1))


def end_seen(pid: int, frame: FrameType | None) -> None:
    """The program learns that a child has ended, unless `frame`, the caller of `poll`, reaps in passing."""
    if _ended and not _in_passing(frame):
        key = _ended.pop(pid, None)
        if key is not None:
            records.message(records.RECEIVE, f"exit:{key}", "subprocess", peer=str(pid))


def _in_passing(frame: FrameType | None) -> bool:
    above = frame.f_back if frame is not None else None
    if frame is None or above is None or (frame.f_code.co_name, above.f_code.co_name) != ("_cleanup", "start"):
        return False
    return frame.f_globals.get("__name__") == "multiprocessing.process"
