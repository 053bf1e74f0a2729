"""One recorded run: the child process, and the recording that grows while it lives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from causeway_core.errors import LaunchError
from causeway_core.ingest.claim import Claim
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.launch.environment import DRIVE
from causeway_core.launch.target import Target
from causeway_core.launch.zygote import Process

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Streams:
    """Where the child's standard streams go (None: where this process's go), as `subprocess.Popen` takes them."""

    stdin: int | IO[bytes] | None = None
    stdout: int | IO[bytes] | None = None
    stderr: int | IO[bytes] | None = None


class Run:
    """The child process and the ingest of what its recorder writes.

    Starts the child at once. Then call `wait` (or `poll` every 50 ms and `finish` once it says False) from one thread; a second thread does
    nothing but wait for the child. With `own_group` the child leads a process group of its own, so that `kill` reaches all it started; so it does
    where `start` starts it.
    The spool named in `variables` is claimed, unless the caller has done so and gives its `claim`, which then passes over to the run. Raises
    SpoolTaken where another recorder has it, CommandError when it cannot be made and LaunchError when the interpreter cannot be started; then
    nothing is left behind.
    """

    def __init__(
        self, target: Target, output: Path, variables: Mapping[str, str], *,
        streams: Streams | None = None, own_group: bool = False, claim: Claim | None = None, start: Callable[[], Process] | None = None,
    ) -> None:
        self.output = output
        self.spool = Path(variables["CAUSEWAY_SPOOL"])
        self._own_group = own_group or start is not None
        self._ended = threading.Event()
        self._claim = claim or Claim.take(self.spool)
        launch = {
            "python": target.python, "flags": list(target.flags),
            "include": _words(variables.get("CAUSEWAY_INCLUDE", "")), "exclude": _words(variables.get("CAUSEWAY_EXCLUDE", "")),
            "replayable": "CAUSEWAY_REPLAYABLE" in variables,
            "drive": json.loads(variables.get(DRIVE, "[]")),
        }
        self._ingestor = Ingestor(
            self.spool, output, command=target.program, cwd=target.folder, root=target.root, detail=variables["CAUSEWAY_DETAIL"], launch=launch
        )
        streams = streams or Streams()
        try:
            self.child: Process = start() if start is not None else subprocess.Popen(
                target.command(), env=dict(variables), cwd=target.cwd, start_new_session=own_group,
                stdin=streams.stdin, stdout=streams.stdout, stderr=streams.stderr,
            )
        except OSError as error:
            self._ingestor.finish(127)
            output.unlink(missing_ok=True)
            shutil.rmtree(self.spool, ignore_errors=True)
            self._claim.release()
            raise LaunchError(f"cannot start {target.python}: {error.strerror}", "check --python") from error
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        self.child.wait()
        self._ended.set()

    def poll(self, seconds: float = POLL_SECONDS) -> bool:
        """Waits so long for the child's end, else takes in what it has written; whether it still runs."""
        if self._ended.wait(seconds):
            return False
        self._ingestor.poll()
        return True

    def has_ended(self, seconds: float = POLL_SECONDS) -> bool:
        """Waits so long for the child's end, and takes in nothing; whether it has ended."""
        return self._ended.wait(seconds)

    def kill(self) -> None:
        """Ends the child, and with a group of its own all that it started."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Sends a signal to the child, or to its group where it has one. Nothing happens if it is gone."""
        try:
            if self._own_group:
                os.killpg(self.child.pid, number)
            elif self.child.returncode is None:  # else its number may be another process's by now
                os.kill(self.child.pid, number)
        except ProcessLookupError:
            pass

    def finish(self) -> int:
        """Takes in the rest, completes the recording and gives the exit code as a shell would. Call when the child has ended."""
        self._ingestor.finish(self.child.wait())
        return self.leave()

    def leave(self) -> int:
        """The same exit code, for a recording that cannot be completed: it and its spool stay as they are, for `recover`."""
        code = self.child.wait()
        self._claim.release()
        return 128 - code if code < 0 else code


def _words(paths: str) -> list[str]:
    return [word for word in paths.split(os.pathsep) if word]
