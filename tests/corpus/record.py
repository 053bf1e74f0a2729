"""Records one program: guest in a child process, ingest here."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from causeway_core.launch.environment import environment
from causeway_core.launch.run import Run, Streams
from causeway_core.launch.target import Target

_GRACE_SECONDS = 5.0
DRIVER = Path(__file__).with_name("run_main.py")


def record(command: Sequence[str], output: Path, *, root: Path, include: str = "", timeout: float = 60.0, replayable: bool = False) -> int:
    """Runs `python command…` recorded, ingests its spool into `output` and gives the exit code. `root` is the folder whose code is
    recorded. A run that hangs is interrupted after `timeout` seconds, as a user would by Ctrl-C, and killed if it does not end then.
    """
    shutil.rmtree(output.with_suffix(".spool"), ignore_errors=True)
    output.unlink(missing_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    target = Target(sys.executable, (), tuple(command), root, root)
    variables = environment(
        target, output.with_suffix(".spool"), detail="full", include=[include] if include else [], exclude=[], replayable=replayable
    )
    run = Run(target, output, variables, streams=Streams(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL), own_group=True)
    ends, interrupted = time.monotonic() + timeout, False
    while run.poll():
        if time.monotonic() < ends:
            continue
        if interrupted:
            run.kill()
        else:
            run.signal(signal.SIGINT)
            ends, interrupted = ends + _GRACE_SECONDS, True
    return run.finish()


def record_main(program: Path, output: Path, *, replayable: bool = False) -> int:
    """Records `main()` of a program that stands in a folder of such programs."""
    return record([str(DRIVER), str(program)], output, root=program.parent, replayable=replayable)
