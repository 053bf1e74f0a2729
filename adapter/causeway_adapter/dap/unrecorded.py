"""What a recording does not hold, said in the debug console."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from causeway_core.report.gaps import shortened
from causeway_core.storage.recording import Recording

from causeway_adapter.dap.reply import Event


def gap_event(sentence: str) -> Event:
    """One of `gap_sentences`, for the client."""
    return Event("output", {"category": "important", "output": f"Not recorded: {sentence}\n"})


def gaps_of_program(recording: Recording, pid: int) -> list[str]:
    """The details of the gaps of one program in a recording of several: its own, its child processes', and those of no known process."""
    processes = sorted(recording.processes(), key=lambda process: process.id)
    newest = max((process.id for process in processes if process.pid == pid), default=0)
    own: set[int | None] = {None, newest}
    for process in processes:
        if process.parent is not None and process.parent in own:
            own.add(process.id)
    return [gap.detail for gap in recording.gaps() if gap.process in own]


class Unrecorded:
    """Says the gaps of a growing recording, each sentence once. `name` is that of the recording's file."""

    def __init__(self, emit: Callable[[Event], None], name: str) -> None:
        self._emit, self._name = emit, name
        self._said: set[str] = set()

    def say(self, details: Iterable[str]) -> None:
        """Says what is new among the details of all gaps so far."""
        for sentence in shortened(details, self._name):
            if sentence not in self._said:
                self._said.add(sentence)
                self._emit(gap_event(sentence))
