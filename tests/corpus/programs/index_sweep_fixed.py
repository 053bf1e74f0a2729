"""The sweep lists the files before it opens the transaction."""

import threading
from contextlib import contextmanager


class Database:
    def __init__(self):
        self._lock = threading.RLock()
        self.rows = {}

    @contextmanager
    def transaction(self):
        with self._lock:
            yield self.rows


class FileStore:
    def __init__(self, exclusion):
        self._exclusion = exclusion
        self.files = {"a.md": "one", "b.md": "two"}

    def list_paths(self):
        with self._exclusion:
            return sorted(self.files)


class Engine:
    def __init__(self):
        self.memory_lock = threading.RLock()
        self.db = Database()
        self.store = FileStore(self.memory_lock)

    def incremental_update(self):
        paths = self.store.list_paths()
        with self.db.transaction() as rows:
            for path in paths:
                rows.setdefault(path, "indexed")

    def decay_job(self):
        with self.memory_lock:
            self.store.files.setdefault("c.md", "three")
            with self.db.transaction() as rows:
                rows["decay"] = "done"


def main():
    engine = Engine()
    updater = threading.Thread(target=engine.incremental_update, name="index-updater")
    decay = threading.Thread(target=engine.decay_job, name="decay")
    updater.start()
    decay.start()
    updater.join()
    decay.join()
    engine.incremental_update()
    return sorted(engine.db.rows)
