"""Interruption: which actor waits for what when Ctrl-C arrives, before the program shuts down."""

from __future__ import annotations

import sys

from causeway import _tap
from causeway._tap import Around
from causeway.hooks import waiting
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def install() -> None:
    """Write WAITING records whenever the default SIGINT handler, or asyncio's, runs."""
    _tap.before_interrupt(waiting.write)
    on_import("asyncio.runners", _runners)


def _runners(module: ModuleType) -> None:
    runner: Any = getattr(module, "Runner", None)
    if runner is not None and hasattr(runner, "_on_sigint"):
        runner._on_sigint = Around(runner._on_sigint, _asyncio_interrupted, hook="signals")


def _asyncio_interrupted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Before `Runner._on_sigint(signum, frame, main_task)`, which cancels the main task and so ends the waits that depend on it."""
    del kwargs
    waiting.write(args[2] if len(args) > 2 else sys._getframe())
