"""Where a thread is in the `wait` of a condition."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_WAIT, _LETS_GO = "wait", "gotit"
"""The method, and its local that there is only once it has let go of the condition's lock."""


def has_let_go(frame: FrameType) -> bool:
    """Whether a frame is that of a condition's `wait`, and others can have its lock meanwhile."""
    code = frame.f_code
    return code.co_name == _WAIT and code.co_filename.endswith("threading.py") and _LETS_GO in frame.f_locals
