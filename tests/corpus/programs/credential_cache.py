"""A cache file is opened for writing, which empties it, and then written; a reader may find it empty."""

import json
import tempfile
import threading
from pathlib import Path


class FileCache:
    def __init__(self, folder):
        self.folder = Path(folder)

    def store(self, key, value):
        with (self.folder / f"{key}.json").open("w") as file:
            file.write(json.dumps(value))

    def load(self, key):
        return json.loads((self.folder / f"{key}.json").read_text())


def main():
    with tempfile.TemporaryDirectory() as folder:
        cache = FileCache(folder)
        cache.store("role", {"token": "t1"})
        loaded = []

        def reader():
            try:
                loaded.append(sorted(cache.load("role")))
            except json.JSONDecodeError as error:
                loaded.append(str(error))

        refreshing = threading.Thread(target=cache.store, args=("role", {"token": "t2"}))
        reading = threading.Thread(target=reader)
        refreshing.start()
        reading.start()
        refreshing.join()
        reading.join()
        return loaded, cache.load("role")
