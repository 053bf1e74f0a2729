"""A reminder runs once a machine: whoever starts it claims a file with its process id, unless that process lives.

After https://github.com/bitflicker64/Termstory/pull/497
"""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def claim(pid_file):
    for _ in range(2):
        try:
            descriptor = os.open(pid_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            try:
                if is_alive(int(pid_file.read_text())):
                    return False
            except (ValueError, FileNotFoundError):
                pass
            pid_file.unlink(missing_ok=True)  # left by a daemon that died
            continue
        with os.fdopen(descriptor, "w") as claimed:
            claimed.write(str(os.getpid()))
        return True
    return False


def remind(pid_file, after, started, shutdown):
    time.sleep(after)
    claimed = claim(pid_file)
    started.put(claimed)
    shutdown.wait()
    if claimed:
        pid_file.unlink(missing_ok=True)


def main():
    context = multiprocessing.get_context("fork")
    started, shutdown = context.SimpleQueue(), context.Event()
    with tempfile.TemporaryDirectory() as folder:
        pid_file = Path(folder, "reminder.pid")
        shells = [
            context.Process(target=remind, args=(pid_file, after, started, shutdown)) for after in (0.0, 0.15)
        ]
        for shell in shells:
            shell.start()
        reminders = sum(started.get() for _ in shells)
        shutdown.set()
        for shell in shells:
            shell.join()
    return reminders


if __name__ == "__main__":
    assert main() == 1
