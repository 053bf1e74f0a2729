"""A daemon reads its configuration anew after a signal: the handler only sets a flag, and the loop looks at it."""

import json
import logging
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

logger = logging.getLogger("daemon")


class Config:
    def __init__(self, path):
        self.path = path
        self._lock = threading.Lock()
        self._values = {}

    def load(self):
        values = json.loads(self.path.read_text())
        with self._lock:
            self._values = values

    def get(self, name):
        with self._lock:
            return self._values[name]


class Daemon:
    def __init__(self, config):
        self.config = config
        self.reload_requested = False
        self.levels = []

    def install(self):
        signal.signal(signal.SIGHUP, self._on_hangup)

    def _on_hangup(self, number, frame):
        self.reload_requested = True

    def _reload_if_asked(self):
        if self.reload_requested:
            self.reload_requested = False
            self.config.load()
            logger.debug("configuration read anew")

    def run(self, rounds):
        for _ in range(rounds):
            self._reload_if_asked()
            self.levels.append(self.config.get("level"))
            time.sleep(0.05)
        self._reload_if_asked()
        return self.config.get("level")


def operator(path, pid, after):
    time.sleep(after)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"level": "debug"}))
    os.replace(fresh, path)
    os.kill(pid, signal.SIGHUP)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "daemon.json")
        path.write_text(json.dumps({"level": "info"}))
        daemon = Daemon(Config(path))
        daemon.config.load()
        daemon.install()
        thread = threading.Thread(target=operator, args=(path, os.getpid(), 0.08))
        thread.start()
        daemon.run(3)
        thread.join()
        daemon._reload_if_asked()
        return daemon.config.get("level")


if __name__ == "__main__":
    assert main() == "debug"
