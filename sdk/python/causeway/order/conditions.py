"""Whether a thread in the `wait` of a condition has released its lock."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_WAIT, _RELEASED = "wait", "gotit"
"""The method, and a local variable of it that exists only after it has released the condition's lock."""


def has_released(frame: FrameType) -> bool:
    """Whether a frame is a condition's `wait` that has released the lock."""
    code = frame.f_code
    return code.co_name == _WAIT and code.co_filename.endswith("threading.py") and _RELEASED in frame.f_locals
