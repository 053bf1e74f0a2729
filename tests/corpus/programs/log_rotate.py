"""Two writers find the log too long and both move it away."""

import tempfile
import threading
from pathlib import Path

LIMIT = 40


class RotatingLog:
    def __init__(self, path):
        self.path = path
        self.rotations = 0

    def write(self, line):
        if self.path.exists() and self.path.stat().st_size > LIMIT:
            self._rotate()
        with open(self.path, "a") as file:
            file.write(line + "\n")

    def _rotate(self):
        self.path.replace(self.path.with_suffix(".old"))
        self.rotations += 1

    def lines(self):
        files = (self.path.with_suffix(".old"), self.path)
        return [line for file in files if file.exists() for line in file.read_text().splitlines()]


def main():
    with tempfile.TemporaryDirectory() as folder:
        log = RotatingLog(Path(folder) / "app.log")
        for n in range(5):
            log.write(f"request {n}")
        failed = []

        def writer(name):
            try:
                log.write(f"from {name}")
            except FileNotFoundError:
                failed.append(name)

        threads = [threading.Thread(target=writer, args=(name,)) for name in ("api", "cron")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return log.rotations, sorted(log.lines()), failed
