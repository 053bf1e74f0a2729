"""Loading, changing and saving are made under a lock."""

import json
import tempfile
import threading
from pathlib import Path


class Store:
    def __init__(self, path):
        self.path = path
        self.path.write_text("{}")
        self._lock = threading.Lock()

    def put(self, key, value):
        with self._lock:
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
