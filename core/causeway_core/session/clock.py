"""When an event happened, as precisely as the recording has it."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from causeway_core.model import At
from causeway_core.model.at import position_of, stream_of
from causeway_core.storage.recording import Recording


class Clock:
    """Finds the nearest clock reading at or before an event on its stream (of a run or a step). Built at the first query."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._readings: dict[int, tuple[list[int], list[int]]] | None = None
        self._offsets = {process.id: process.clock_offset_ns for process in recording.processes()}

    def wall_ns(self, at: At) -> int:
        """The wall clock, ns since the epoch, of the last clock reading at or before an event."""
        ats, times = self._of(stream_of(at))
        index = max(bisect_right(ats, at) - 1, 0)
        offset = self._offsets.get(self._recording.process_of(at), 0)
        return times[index] + offset if times else offset

    def position_at(self, stream: int, wall_ns: int) -> int:
        """The position of the first clock reading of a stream that is later than a wall clock time; far after its end if there is none."""
        ats, times = self._of(stream)
        process = next((s.process for s in self._recording.streams() if s.id == stream), 0)
        index = bisect_right(times, wall_ns - self._offsets.get(process, 0))
        return position_of(At(ats[index])) if index < len(ats) else (1 << 40) - 1

    def since_start_ns(self, at: At) -> int:
        """ns since the first clock reading of the recording."""
        return self.wall_ns(at) - self._start

    def event_at(self, offset_ns: int) -> At | None:
        """The event of the last clock reading not later than `offset_ns` since the start, the first reading where there is none; None in an empty
        recording."""
        target = offset_ns + self._start
        best: tuple[int, At] | None = None
        for stream in self._recording.streams():
            ats, times = self._of(stream.id)
            if times:
                offset = self._offsets.get(stream.process, 0)
                index = max(bisect_right(times, target - offset) - 1, 0)
                distance = abs(times[index] + offset - target)
                if best is None or distance < best[0]:
                    best = distance, At(ats[index])
        return best[1] if best is not None else None

    @property
    def _start(self) -> int:
        streams = self._recording.streams()
        firsts = [self._of(s.id)[1][0] + self._offsets.get(s.process, 0) for s in streams if self._of(s.id)[1]]
        return min(firsts, default=0)

    def _of(self, stream: int) -> tuple[list[int], list[int]]:
        if self._readings is None:
            self._readings = self._read()
        return self._readings.get(stream, ([], []))

    def _read(self) -> dict[int, tuple[list[int], list[int]]]:
        steps = self._recording.step_columns()
        ats, times = [steps["first_at"]], [steps["started_ns"]]
        for process in self._offsets:
            runs = self._recording.run_columns(process)
            ats.append(runs["at"])
            times.append(runs["ts"])
        at, time = np.concatenate(ats), np.concatenate(times)
        order = np.argsort(at, kind="stable")
        at, time = at[order], time[order]
        streams = at >> 40
        found: dict[int, tuple[list[int], list[int]]] = {}
        for stream in np.unique(streams).tolist():
            low, high = np.searchsorted(streams, [stream, stream + 1])
            found[stream] = (at[low:high].tolist(), np.maximum.accumulate(time[low:high]).tolist())
        return found
