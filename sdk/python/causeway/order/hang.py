"""The end of a run in which nobody can move any more: as Ctrl-C would end it, and for good if that does not help."""

from __future__ import annotations

import os
import signal
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from causeway.order.forcing import Forcing

EXIT_CODE = 130
INTERRUPTS = 3
"""A program that still hangs after so many is left at once."""


class Hang:
    """Interrupts the main thread when told that the process hangs. Called with the forcing's lock held."""

    def __init__(self, forcing: Forcing, last_words: Callable[[], None]) -> None:
        self._forcing = forcing
        self._last_words = last_words
        self._main = get_ident()
        self._sent = 0
        self._progress = -1

    def __call__(self) -> None:
        """It hangs: once more only after something has moved since."""
        if self._progress == self._forcing.progress:
            return
        self._progress = self._forcing.progress
        self._sent += 1
        if self._sent > INTERRUPTS or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL, None):
            self._last_words()
            os._exit(EXIT_CODE)
        signal.pthread_kill(self._main, signal.SIGINT)
