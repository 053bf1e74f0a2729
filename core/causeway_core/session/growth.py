"""What one session over a growing recording leaves to the next."""

from __future__ import annotations

from pathlib import Path

from causeway_core.session.past import Past, PastCache
from causeway_core.storage.growing import Growing
from causeway_core.storage.recording import Recording


class Growth:
    """Passed to each session that is opened over a growing recording, so that only new records are scanned.

    At most one session may use it at a time, and no `advance` may run meanwhile.
    """

    def __init__(self) -> None:
        self.cache = PastCache()

    @property
    def growing(self) -> Growing:
        """What the recording's writer shares with its readers."""
        return self.cache.growing

    def advance(self, path: Path) -> None:
        """Scans what has been recorded since, ahead of the next query. Raises as `Recording.open` does."""
        with Recording.open(path, growing=self.growing) as recording:
            past = Past(recording, self.cache)
            for process in past.processes:
                past.timeline(process)
                past.sites(process).read_ahead()
        self.growing.forget()
