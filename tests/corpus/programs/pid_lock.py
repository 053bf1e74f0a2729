"""A daemon that finds no pid file writes its own and begins to sync; one that finds the file leaves."""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path


class PidFile:
    def __init__(self, path):
        self.path = path

    def acquire(self):
        if self.path.exists():
            return False
        self.path.write_text(str(os.getpid()))
        return True


def daemon(folder, name, begins):
    time.sleep(begins)
    if not PidFile(folder / "sync.pid").acquire():
        (folder / f"{name}.left").touch()
        return
    (folder / f"{name}.synced").write_text("3 events")


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        daemons = [context.Process(target=daemon, args=(folder, *who)) for who in (("boot", 0), ("login", 0.15))]
        for process in daemons:
            process.start()
        for process in daemons:
            process.join()
        return len(list(folder.glob("*.synced"))), len(list(folder.glob("*.left")))
