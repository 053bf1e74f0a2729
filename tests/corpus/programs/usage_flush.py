"""A proxy notes what each run uses, and writes the notes out when its supervisor sends it a signal.

After https://github.com/vm0-ai/vm0/issues/22417
"""

import logging
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

logger = logging.getLogger("usage")


class UsageLog:
    def __init__(self, path):
        self.path = path
        self._owner = threading.Lock()
        self._pending = []
        self.phase = "running"

    def record(self, run, tokens):
        line = f"{run} {tokens}\n"
        with self._owner:
            self._pending.append(line)

    def flush(self):
        with self._owner:
            pending, self._pending = self._pending, []
            with self.path.open("a") as out:
                out.writelines(pending)
        return len(pending)

    def drain_and_close(self):
        self.phase = "draining"
        self.flush()
        self.phase = "closed"


class Addon:
    def __init__(self, log):
        self.log = log
        self.requests = 0

    def load(self):
        signal.signal(signal.SIGUSR1, self.handle_flush_signal)

    def handle_flush_signal(self, number, frame):
        if self.log.phase == "closed":
            return
        self.requests += 1
        logger.debug("%d lines written for a signal", self.log.flush())

    def response(self, run, tokens):
        time.sleep(0.05)
        self.log.record(run, tokens)

    def done(self):
        self.log.drain_and_close()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def supervise(pid, after):
    time.sleep(after)
    os.kill(pid, signal.SIGUSR1)


def main():
    with tempfile.TemporaryDirectory() as folder:
        log = UsageLog(Path(folder, "usage.log"))
        addon = Addon(log)
        addon.load()
        supervisor = threading.Thread(target=supervise, args=(os.getpid(), 0.075))
        supervisor.start()
        for run, tokens in (("build", 12), ("test", 30), ("lint", 7)):
            addon.response(run, tokens)
        addon.done()
        supervisor.join()
        return log.path.read_text().split()


if __name__ == "__main__":
    assert main() == ["build", "12", "test", "30", "lint", "7"]
