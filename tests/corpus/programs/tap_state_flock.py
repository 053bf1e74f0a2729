"""Taps of a pipeline run in processes of their own, and note in one state file up to where they have read.

After https://github.com/transferwise/pipelinewise/pull/40
"""

import fcntl
import json
import logging
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

logger = logging.getLogger("tap")


class StateFile:
    def __init__(self, path):
        self.path = path

    def load(self):
        if not self.path.exists():
            return {"bookmarks": {}}
        return json.loads(self.path.read_text())

    def save(self, state):
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(state))
        os.replace(fresh, self.path)

    def set_bookmark(self, stream, position):
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.load()
            state["bookmarks"][stream] = {"position": position}
            self.save(state)


class Tap:
    def __init__(self, stream, rows, state_file):
        self.stream = stream
        self.rows = rows
        self.state_file = state_file

    def sync(self):
        position = self.state_file.load()["bookmarks"].get(self.stream, {}).get("position", 0)
        time.sleep(0.01)
        self.state_file.set_bookmark(self.stream, position + self.rows)
        logger.debug("%s is at %d", self.stream, position + self.rows)


def run_tap(path, stream, rows, after):
    time.sleep(after)
    Tap(stream, rows, StateFile(path)).sync()


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.json")
        StateFile(path).save({"bookmarks": {"orders": {"position": 100}}})
        taps = [
            context.Process(target=run_tap, args=(path, "orders", 20, 0.0)),
            context.Process(target=run_tap, args=(path, "users", 5, 0.2)),
        ]
        for tap in taps:
            tap.start()
        for tap in taps:
            tap.join()
        bookmarks = StateFile(path).load()["bookmarks"]
        return {stream: bookmark["position"] for stream, bookmark in sorted(bookmarks.items())}


if __name__ == "__main__":
    assert main() == {"orders": 120, "users": 5}
