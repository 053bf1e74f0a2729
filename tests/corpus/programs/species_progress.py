"""Workers install one species after another, and each of them writes how far the run is to a progress file.

After https://github.com/ConesaLab/paintomics4/pull/157
"""

import json
import logging
import os
import queue
import tempfile
import threading
import time
from pathlib import Path

logger = logging.getLogger("runner")


class Progress:
    def __init__(self, folder):
        self.path = Path(folder, "progress.json")
        self.temporary = Path(folder, "progress.json.tmp")

    def write(self, state):
        with self.temporary.open("w") as out:
            json.dump(state, out)
        os.replace(self.temporary, self.path)

    def read(self):
        return json.loads(self.path.read_text())


class Runner:
    def __init__(self, species, progress):
        self.progress = progress
        self.pending = queue.Queue()
        self.done = {}
        for name, cost in species:
            self.pending.put((name, cost))

    def install(self, name, cost):
        time.sleep(cost)
        self.done[name] = "installed"

    def worker(self):
        while True:
            try:
                name, cost = self.pending.get_nowait()
            except queue.Empty:
                return
            try:
                self.install(name, cost)
            except OSError:
                logger.exception("%s failed", name)
                self.done[name] = "failed"
            self.progress.write(dict(self.done))

    def run(self, workers):
        threads = [threading.Thread(target=self.worker, name=f"worker-{number}") for number in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.pending.qsize()


def main():
    with tempfile.TemporaryDirectory() as folder:
        progress = Progress(folder)
        runner = Runner([("mmu", 0.05), ("hsa", 0.12), ("ath", 0.14), ("dme", 0.16)], progress)
        left = runner.run(2)
        return left, sorted(progress.read())


if __name__ == "__main__":
    assert main() == (0, ["ath", "dme", "hsa", "mmu"])
