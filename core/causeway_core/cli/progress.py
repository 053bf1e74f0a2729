"""Progress of long work: a line on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, 0 to 1."""

PATIENCE_SECONDS = 0.5


@contextmanager
def progress_on_terminal(title: str) -> Iterator[Progress]:
    """A `Progress` that redraws one line on stderr once the work has taken half a second; silent unless stderr is a terminal."""
    started = time.monotonic()
    shown = False

    def show(what: str, share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - started > PATIENCE_SECONDS:
            shown = True
            sys.stderr.write(f"\r\x1b[K{title}: {what} {share:4.0%}")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
