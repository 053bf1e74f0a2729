"""Refreshes of a vault's index keep one another out by a file with the number of the process; a dead one's file is taken over."""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def refresh_lock(path):
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        fd = os.open(path, flags)
    except FileExistsError:
        try:
            holder = int(path.read_text())
        except (OSError, ValueError):
            holder = -1
        if holder > 0 and alive(holder):
            sys.exit(f"another refresh is running (pid {holder})")
        path.unlink(missing_ok=True)
        fd = os.open(path, flags)
    with os.fdopen(fd, "w") as file:
        file.write(str(os.getpid()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def refresh(vault, entity):
    with refresh_lock(vault / "refresh.lock"):
        index = json.loads((vault / "index.json").read_text())
        index[entity] = len(entity)
        (vault / "index.json").write_text(json.dumps(index))


def main():
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder)
        (vault / "index.json").write_text("{}")
        context = multiprocessing.get_context("fork")
        refreshes = [context.Process(target=refresh, args=(vault, entity)) for entity in ("people", "places")]
        for process in refreshes:
            process.start()
            time.sleep(0.2)
        for process in refreshes:
            process.join()
        index = json.loads((vault / "index.json").read_text())
        # A refresh that found another one running has said so, and is not counted as done.
        done = sum(process.exitcode == 0 for process in refreshes)
        return done - len(index), (vault / "refresh.lock").exists()
