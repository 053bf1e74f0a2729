"""What is told of an actor that waits: for what, and at which lines of the program."""

from __future__ import annotations

import sys

from causeway.order.importing import of_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_LINES = 20
"""Lines of a stack that are told, the innermost ones."""


def waiter(actor: str, what: str, lines: list[str]) -> dict[str, Any]:
    """One entry of a hang. `lines` are those of the program that the actor is in (`file.py:12`), the innermost first."""
    return {"actor": actor, "waits_for": f"{what} at {lines[0]}" if lines else what, "lines": lines}


def lines_of_thread(ident: int) -> list[str]:
    """Empty if all code that the thread is in belongs to libraries."""
    found: list[str] = []
    frame: Any = sys._current_frames().get(ident)
    while frame is not None and len(found) < MOST_LINES:
        if not of_library(frame.f_code.co_filename):
            found.append(_line(frame))
        frame = frame.f_back
    return found


def lines_of_coroutine(coroutine: Any) -> list[str]:
    """The same for a chain of coroutines, each of which awaits the next."""
    found: list[str] = []
    while coroutine is not None and hasattr(coroutine, "cr_await"):
        frame = coroutine.cr_frame
        if frame is not None and not of_library(frame.f_code.co_filename):
            found.append(_line(frame))
        coroutine = coroutine.cr_await
    return found[: -MOST_LINES - 1 : -1]


def _line(frame: Any) -> str:
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
