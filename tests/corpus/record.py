"""Records one program: guest in a child process, ingest here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from causeway_core.ingest import Ingestor

DRIVER = Path(__file__).with_name("run_main.py")


def record(command: Sequence[str], output: Path, *, root: Path, include: str = "", timeout: float = 60.0) -> int:
    """Runs `python command…` recorded, ingests its spool into `output` and gives the exit code. `root` is the folder whose code is
    recorded.
    """
    spool = output.with_suffix(".spool")
    shutil.rmtree(spool, ignore_errors=True)
    output.unlink(missing_ok=True)
    spool.mkdir(parents=True)
    variables = {
        **os.environ,
        "CAUSEWAY_SPOOL": str(spool),
        "CAUSEWAY_DETAIL": "full",
        "CAUSEWAY_ROOT": str(root),
        "CAUSEWAY_INCLUDE": include,
        "CAUSEWAY_EXCLUDE": "",
    }
    variables.pop("CAUSEWAY_PARENT", None)
    ingestor = Ingestor(spool, output, command=list(command), cwd=root, root=root, detail="full")
    code = subprocess.run(
        [sys.executable, "-m", "causeway.launch", *command], env=variables, cwd=root, timeout=timeout, check=False, stdout=subprocess.DEVNULL
    ).returncode
    ingestor.finish(code)
    shutil.rmtree(spool, ignore_errors=True)
    return code


def record_main(program: Path, output: Path) -> int:
    """Records `main()` of a program that stands in a folder of such programs."""
    return record([str(DRIVER), str(program)], output, root=program.parent)
