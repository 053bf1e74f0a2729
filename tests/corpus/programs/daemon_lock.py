"""A lock of the file system holds the number of the process that has it; a lock of a dead process may be taken."""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class FilesystemLock:
    def __init__(self, path):
        self._path = str(path)

    def lock(self):
        """True if the lock is ours now. The lock is a symbolic link, since making one is atomic."""
        while True:
            try:
                os.symlink(str(os.getpid()), self._path)
            except FileExistsError:
                try:
                    owner = int(os.readlink(self._path))
                except FileNotFoundError:
                    continue
                if alive(owner):
                    return False
                self._break()
            else:
                return True

    def _break(self):
        try:
            os.remove(self._path)
        except FileNotFoundError:
            pass

    def unlock(self):
        os.remove(self._path)


def serve(folder, after):
    time.sleep(after)
    lock = FilesystemLock(Path(folder, "daemon.lock"))
    while not lock.lock():
        time.sleep(0.005)
    state = Path(folder, "starts")
    starts = int(state.read_text())
    state.write_text(str(starts + 1))
    lock.unlock()


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "starts").write_text("0")
        crashed = context.Process(target=FilesystemLock(Path(folder, "daemon.lock")).lock)
        crashed.start()
        crashed.join()
        daemons = [context.Process(target=serve, args=(folder, after)) for after in (0.0, 0.06)]
        for process in daemons:
            process.start()
        for process in daemons:
            process.join()
        return Path(folder, "starts").read_text(), sorted(os.listdir(folder)), [process.exitcode for process in daemons]
