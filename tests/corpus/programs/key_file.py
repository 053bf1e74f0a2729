"""A store loads its file, changes a key, and saves the file, for each request anew."""

import json
import tempfile
import threading
from pathlib import Path


class Store:
    def __init__(self, path):
        self.path = path
        self.path.write_text("{}")

    def put(self, key, value):
        data = json.loads(self.path.read_text())
        data[key] = value
        self.path.write_text(json.dumps(data))

    def get(self, key):
        return json.loads(self.path.read_text()).get(key)


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "data.sdb")
        threads = [threading.Thread(target=store.put, args=(key, len(key))) for key in ("one", "three")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return store.get("one"), store.get("three")
