"""The time of an event, as precisely as the recording has it."""

from __future__ import annotations

import numpy as np

from causeway_core.analysis.evidence.table import Ints

_STREAM_SHIFT = 40


class Clock:
    """Monotonic time of events: that of the nearest earlier event of the same stream that carries one (steps, runs, synchronization).

    Built from such events and their times; a query is a binary search.
    """

    def __init__(self, at: Ints, ts: Ints) -> None:
        index = np.argsort(at, kind="stable")
        self._at, self._ts = at[index], ts[index]

    def ns(self, at: int) -> int | None:
        """Monotonic ns at or shortly before the event; None if no earlier event of its stream has a time."""
        index = int(np.searchsorted(self._at, at, "right")) - 1
        if index < 0 or int(self._at[index]) >> _STREAM_SHIFT != at >> _STREAM_SHIFT:
            return None
        return int(self._ts[index])
