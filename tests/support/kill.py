"""Kills a recorded program or its recorder at a chosen moment and says what of it is in the recording.

`kill_program` and `kill_recorder` are what the tests of durability call, a few times or hundreds of times; the moment is "after so many lines
of output and so many polls", so that it is random without a clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from causeway_core.ingest.ingestor import Ingestor
from causeway_core.ingest.recover import recover
from causeway_core.model import ValueKind
from causeway_core.storage import Recording
from causeway_core.wire.kinds import Kind
from causeway_core.wire.record import records, words_of

ROOT = Path(__file__).parents[2]
BUSY = Path(__file__).parent / "programs" / "busy.py"
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Outcome:
    """What a kill left: the recording, when the victim was killed, and the latest clock that the recording holds (monotonic ns)."""

    path: Path
    killed_ns: int
    last_ns: int
    gaps: list[str]

    @property
    def missing_ms(self) -> float:
        """How much of the program's last moments is missing."""
        return (self.killed_ns - self.last_ns) / 1e6


class Run:
    """A recorded program and the loop that ingests."""

    def __init__(self, recording: Path, command: Sequence[str], stdout: int | None = None) -> None:
        self.spool = recording.with_name(recording.name + ".spool")
        self.spool.mkdir()
        self.ingestor = Ingestor(self.spool, recording, command=command)
        self.child = subprocess.Popen(
            [sys.executable, "-m", "causeway.launch", *command], stdout=stdout, text=True, env=environment(self.spool), cwd=Path(command[0]).parent
        )

    def poll_until_exit(self) -> None:
        """Ingests until the program ends."""
        while True:
            try:
                self.child.wait(POLL_SECONDS)
                return
            except subprocess.TimeoutExpired:
                self.ingestor.poll()

    def finish(self) -> None:
        """Completes the recording."""
        self.ingestor.finish(self.child.returncode)


def environment(spool: Path) -> dict[str, str]:
    """Variables of a recorded program."""
    return {**os.environ, "CAUSEWAY_SPOOL": str(spool.resolve()), "CAUSEWAY_DETAIL": "full", "CAUSEWAY_ROOT": str(BUSY.parent)}


def kill_program(recording: Path, lines: int, polls: int = 3) -> Outcome:
    """Kills the program (SIGKILL) after so many lines of its output and so many polls of the recorder; then completes the recording."""
    run = Run(recording, [str(BUSY), "100000"], subprocess.PIPE)
    assert run.child.stdout is not None
    for index in range(lines):
        run.child.stdout.readline()
        if index < polls:
            run.ingestor.poll()
    killed = time.monotonic_ns()
    run.child.kill()
    run.child.wait()
    run.child.stdout.close()
    run.finish()
    return outcome(recording, killed)


def kill_recorder(recording: Path, lines: int, rounds: int = 12) -> Outcome:
    """Kills the recorder (SIGKILL) after so many lines (1 to `rounds`) of the program's output; the program runs to its end; then recovers.

    `killed_ns` is then the end of the program: all of it must be there.
    """
    command = [sys.executable, "-m", "tests.support.host", str(recording), str(BUSY), str(rounds)]
    host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert host.stdout is not None
    for _ in range(lines):
        host.stdout.readline()
    host.kill()
    host.wait()
    host.stdout.read()
    ended = time.monotonic_ns()
    recover(recording)
    return outcome(recording, ended)


def outcome(path: Path, killed_ns: int) -> Outcome:
    """Reads what a finished recording of busy.py holds."""
    with Recording.open(path) as recording:
        assert recording.complete
        return Outcome(path, killed_ns, last_clock(recording), [f"{gap.kind}: {gap.detail}" for gap in recording.gaps() if gap.kind != "hook"])


def last_clock(recording: Recording) -> int:
    """The largest value of variable `now`."""
    latest = 0
    for chunk in recording.chunks():
        process = recording.process_of(chunk.first_at)
        for record in records(words_of(recording.chunk_data(chunk.stream, chunk.first))):
            if record.kind == Kind.LOCAL and record.value is not None and record.value[0] == ValueKind.INT64:
                value = recording.value(process, *record.value).payload
                assert isinstance(value, int)
                latest = max(latest, value)
    return latest
