"""Runs pytest N times, each in a process of its own: python bench/repeated_pytest.py N LIMIT TEST

The processes are forked from this one once it has loaded pytest, which saves most of the start; two run at a time. Printed is a JSON list: of each run its standard output and its seconds, or null where it did not
end within LIMIT seconds. Imports nothing but pytest and the standard library: the interpreter under test runs it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
from _pytest.config import default_plugins

AT_ONCE = 2
LOADED = (*(f"_pytest.{name}" for name in default_plugins), "ast", "asyncio", "concurrent.futures.thread", "doctest", "sqlite3", "unittest", "xml.etree.ElementTree")
"""Modules that a run would load itself otherwise; none of them keeps the number of its process."""


def main(runs: int, limit: float, test: str) -> int:
    """Runs `test` and prints what came of it; in a forked process the exit code of pytest."""
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()  # pytest collects garbage several times at its end: what is loaded here need not be gone through in each process
    results: list[tuple[str, float | None]] = []
    folder = Path(tempfile.mkdtemp(prefix="causeway-repeated-"))  # not as a context: a forked process leaves this function, too
    running: dict[int, tuple[Path, float]] = {}
    started = 0
    while started < runs or running:
        while started < runs and len(running) < AT_ONCE:
            out, began = folder / str(started), time.monotonic()
            pid = os.fork()
            if pid == 0:
                return _child(out, test)
            running[pid] = out, began
            started += 1
        results.append(_ended(running, limit))
    shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(results))
    return 0


def _child(out: Path, test: str) -> int:
    os.setpgid(0, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    file = os.open(out, os.O_WRONLY | os.O_CREAT)
    for number in (1, 2):
        os.dup2(file, number)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    words = ["-q", "-p", "no:cacheprovider", test]
    sys.argv = ["pytest", *words]
    sys.path[0] = str(Path.cwd())
    return int(pytest.main(words))


def _ended(running: dict[int, tuple[Path, float]], limit: float) -> tuple[str, float | None]:
    """Waits for one of the processes, or until one has had its time."""
    first = min(began for _, began in running.values())
    oldest = [pid for pid, (_, began) in running.items() if began == first]
    signal.signal(signal.SIGALRM, lambda number, frame: _kill(oldest))
    signal.setitimer(signal.ITIMER_REAL, max(0.001, first + limit - time.monotonic()))
    pid, _ = os.wait()
    signal.setitimer(signal.ITIMER_REAL, 0)
    out, began = running.pop(pid)
    took = time.monotonic() - began
    return out.read_text(errors="replace"), None if took >= limit else took


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    code = main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
    sys.stdout.flush()
    sys.exit(code)
