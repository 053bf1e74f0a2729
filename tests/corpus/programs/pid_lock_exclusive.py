"""A daemon makes the pid file on condition that it is not there, and begins to sync; one that cannot leaves."""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path


class PidFile:
    def __init__(self, path):
        self.path = path

    def acquire(self):
        try:
            descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "w") as file:
            file.write(str(os.getpid()))
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
