"""A wiki keeps its users in a JSON file; every worker process of the server notes there who is logged in."""

import fcntl
import json
import multiprocessing
import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


class UserManager:
    def __init__(self, folder):
        self.file = Path(folder, "users.json")

    def read(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def _write(self, users):
        fresh = self.file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(users, indent=2))
        fresh.replace(self.file)

    @contextmanager
    def _locked(self):
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def update(self, name, **details):
        with self._locked():
            users = self.read()
            users.setdefault(name, {}).update(details)
            self._write(users)


def worker(folder, logins):
    manager = UserManager(folder)
    for name, after in logins:
        time.sleep(after)
        manager.update(name, authenticated=True)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        manager = UserManager(folder)
        for name in ("edda", "juri", "nils"):
            manager.update(name, roles=["reader"], authenticated=False)
        workers = [
            context.Process(target=worker, args=(folder, [("edda", 0.0), ("nils", 0.1)])),
            context.Process(target=worker, args=(folder, [("juri", 0.05)])),
        ]
        for process in workers:
            process.start()
        for process in workers:
            process.join()
        return manager.read()
