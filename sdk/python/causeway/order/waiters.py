"""Descriptions of actors that wait: for what, and at which lines of the program."""

from __future__ import annotations

import gc
import sys

from causeway.order.importing import of_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_LINES = 20
"""How many lines of a stack are reported, the innermost ones."""


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
    """The same for a chain of coroutines and asynchronous generators, each of which awaits the next."""
    found: list[str] = []
    while coroutine is not None:
        kind = "cr" if hasattr(coroutine, "cr_await") else "ag" if hasattr(coroutine, "ag_await") else ""
        if not kind:
            coroutine = _generator(coroutine)
            continue
        frame = getattr(coroutine, f"{kind}_frame")
        if frame is not None and not of_library(frame.f_code.co_filename):
            found.append(_line(frame))
        coroutine = getattr(coroutine, f"{kind}_await")
    return found[: -MOST_LINES - 1 : -1]


def _generator(step: Any) -> Any:
    """The asynchronous generator of which this is a step (`anext(generator)`); None if it is anything else."""
    if not type(step).__name__.startswith("async_generator_"):
        return None
    return next((each for each in gc.get_referents(step) if hasattr(each, "ag_await")), None)


def _line(frame: Any) -> str:
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
