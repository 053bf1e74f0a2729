"""Only a writer that did not rename its file removes it."""

import tempfile
import threading
from pathlib import Path


class Backend:
    def __init__(self, path):
        self.path = path
        self.temporary = path.with_suffix(".tmp")

    def write(self, items, errors):
        try:
            with self.temporary.open("x") as file:
                file.write("\n".join(items))
        except FileExistsError:
            return
        try:
            self.temporary.rename(self.path)
        except OSError as error:
            errors.append(type(error).__name__)
            self.temporary.unlink(missing_ok=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        backend = Backend(Path(folder) / "items.jsonl")
        errors = []
        threads = [threading.Timer(0.03 * turn, backend.write, args=(["one", "two"], errors)) for turn in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return backend.path.read_text().split(), errors
