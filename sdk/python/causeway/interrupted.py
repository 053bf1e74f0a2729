"""Telling what a hook raised from what a signal handler of the program raised while the hook ran: the latter is the program's.

KeyboardInterrupt and its like need no look, since no hook raises them. But handlers also raise what hooks could: TimeoutError from an alarm, say.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType

MOST_FRAMES = 200


def from_handler(error: BaseException) -> bool:
    """Whether a signal handler raised it. Such a function has its caller's frame among its arguments, which no other is given."""
    trace: TracebackType | None = error.__traceback__
    for _ in range(MOST_FRAMES):
        if trace is None:
            return False
        if _handles(trace.tb_frame):
            return True
        trace = trace.tb_next
    return False


def _handles(frame: FrameType) -> bool:
    code, caller = frame.f_code, frame.f_back
    if caller is None:
        return False
    names = code.co_varnames[: code.co_argcount + bool(code.co_flags & 0x04)]  # with *args
    given = frame.f_locals
    for name in names:
        value = given.get(name)
        if value is caller or (type(value) is tuple and any(each is caller for each in value)):
            return True
    return False
