"""Records one program: guest in a child process, ingest here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from causeway_core.launch.environment import environment
from causeway_core.launch.run import Run, Streams
from causeway_core.launch.target import Target
from causeway_core.launch.zygote import Process, ZygotePool

_GRACE_SECONDS = 5.0
DRIVER = Path(__file__).with_name("run_main.py")


def record(
    command: Sequence[str], output: Path, *, root: Path, include: str = "", timeout: float = 60.0, replayable: bool = False,
    zygotes: ZygotePool | None = None,
) -> int:
    """Runs `python command…` recorded, ingests its spool into `output` and gives the exit code. `root` is the folder whose code is
    recorded. A run that hangs is interrupted after `timeout` seconds, as a user would by Ctrl-C, and killed if it does not end then. It starts from
    `zygotes`, if given.
    """
    shutil.rmtree(output.with_suffix(".spool"), ignore_errors=True)
    output.unlink(missing_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    target = Target(sys.executable, (), tuple(command), root, root)
    variables = environment(
        target, output.with_suffix(".spool"), detail="full", include=[include] if include else [], exclude=[], replayable=replayable
    )
    start = None if zygotes is None else partial(_fork, zygotes, target, variables, output.with_suffix(".modules"))
    run = Run(target, output, variables, streams=Streams(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL), own_group=True, start=start)
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


def _fork(zygotes: ZygotePool, target: Target, variables: Mapping[str, str], loaded: Path) -> Process:
    with Path(os.devnull).open("wb") as nothing, os.fdopen(os.dup(2), "wb") as errors:
        return zygotes.start(target, variables, stdout=nothing, stderr=errors, loaded=loaded)


def record_main(program: Path, output: Path, *, replayable: bool = False) -> int:
    """Records `main()` of a program that stands in a folder of such programs."""
    return record([str(DRIVER), str(program)], output, root=program.parent, replayable=replayable)
