"""Every command of a recorder is a process of its own; each reads the settings again under a file lock before it changes one."""

import fcntl
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


class Config:
    def __init__(self, path):
        self.path = Path(path)
        self._config = self._load()

    def _load(self):
        try:
            return json.loads(self.path.read_text())
        except FileNotFoundError:
            return {"language": "en"}

    def get(self, key):
        return self._config.get(key)

    def set(self, key, value):
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._config = self._load()
            self._config[key] = value
            self._save()

    def _save(self):
        descriptor, name = tempfile.mkstemp(dir=self.path.parent)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._config, file, sort_keys=True)
        os.replace(name, self.path)


def command(path, key, value, comes):
    time.sleep(comes)
    Config(path).set(key, value)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        context = multiprocessing.get_context("fork")
        commands = [
            context.Process(target=command, args=(path, "model", "small", 0)),
            context.Process(target=command, args=(path, "microphone", "usb", 0.15)),
        ]
        for each in commands:
            each.start()
        for each in commands:
            each.join()
        config = Config(path)
        return [config.get(key) for key in ("language", "microphone", "model")]
