"""What is kept of a growing recording between one reading and the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from causeway_core.session.past import Past
from causeway_core.session.timeline import Timeline
from causeway_core.storage.recording import Recording


@dataclass(frozen=True, slots=True)
class Growth:
    """The timelines of a recording's processes, as far as they were read.

    Given to each session that is opened over the recording as it grows, so that only what is new is scanned. At most one session may use it at a
    time, and no `advance` may run meanwhile.
    """

    timelines: dict[int, Timeline] = field(default_factory=dict)
    lines: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """How many lines begin in a chunk, by stream, first and number of words."""

    def advance(self, path: Path) -> None:
        """Scans what has been recorded since, ahead of the question. Raises as `Recording.open` does."""
        with Recording.open(path) as recording:
            past = Past(recording, self.timelines)
            for process in past.processes:
                past.timeline(process)
