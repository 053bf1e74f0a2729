"""Ends a run that hangs: first as Ctrl-C would, then by force."""

from __future__ import annotations

import os
import signal
from _thread import allocate_lock, get_ident

from causeway.order.coordinator import start_unseen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from causeway.order.forcing import Forcing

EXIT_CODE = 130
INTERRUPTS = 3
"""A program that still hangs after so many interrupts is ended by force."""
AGAIN_SECONDS = 0.3
"""Seconds after which an interrupt without effect is repeated."""


class Hang:
    """Interrupts the main thread when the process hangs. Called with the forcing's lock held."""

    def __init__(self, forcing: Forcing, write_result: Callable[[], None]) -> None:
        self._forcing = forcing
        self._write_result = write_result
        self._main = get_ident()
        self._sent = 0
        self._progress = -1

    def __call__(self) -> None:
        """The process hangs. Interrupts at once only if something has moved since the last time."""
        if self._progress == self._forcing.progress:
            return
        self._progress = self._forcing.progress
        if self._sent == 0:
            try:
                start_unseen(self._forcing, self._interrupt_again)
            except RuntimeError:
                pass  # no more threads can be started: not repeated
        self._interrupt()

    def _interrupt(self) -> None:
        self._sent += 1
        if self._sent > INTERRUPTS or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL, None):
            self._write_result()
            os._exit(EXIT_CODE)
        signal.pthread_kill(self._main, signal.SIGINT)

    def _interrupt_again(self) -> None:
        """asyncio's runner turns the first interrupt into a cancellation of the main task. That task may wait for something already done, and never
        wake.
        """
        from causeway.order.liveness import BLOCKED

        forcing, pause = self._forcing, allocate_lock()
        pause.acquire()
        while not pause.acquire(timeout=AGAIN_SECONDS):
            with forcing.lock:
                if forcing.finished:
                    return
                if self._progress == forcing.progress and forcing.liveness.state() is BLOCKED:
                    self._interrupt()
