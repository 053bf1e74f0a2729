"""Cache entries are kept on disk with a table in memory; reading the file goes on outside the lock, so that it blocks nobody."""

import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class DiskMetadata:
    path: Path
    size: int
    positions: tuple


class LocalDiskBackend:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.disk_lock = threading.Lock()
        self.dict = {}
        self.usage = 0

    def put(self, key, data, positions):
        path = self.folder / f"{key}.pt"
        path.write_bytes(data)
        with self.disk_lock:
            self.dict[key] = DiskMetadata(path, len(data), positions)
            self.usage += len(data)

    def remove(self, key):
        with self.disk_lock:
            metadata = self.dict.pop(key, None)
            if metadata is None:
                return False
            self.usage -= metadata.size
            metadata.path.unlink()
            return True

    def _load(self, key, path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return data, self.dict[key].positions

    def get_blocking(self, key):
        with self.disk_lock:
            if key not in self.dict:
                return None
            path = self.dict[key].path
        return self._load(key, path)


def lookup(backend, key, results):
    try:
        results.append(backend.get_blocking(key))
    except KeyError as error:
        results.append(f"crashed: {error}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        backend, results = LocalDiskBackend(folder), []
        backend.put("chunk-7", b"kv" * 8, (0, 16))
        reader = threading.Thread(target=lookup, args=(backend, "chunk-7", results))
        evictor = threading.Thread(target=backend.remove, args=("chunk-7",))
        reader.start()
        time.sleep(0.03)
        evictor.start()
        reader.join()
        evictor.join()
    return results, backend.usage
