"""Hooks of overlapping sessions bump counters in a JSON file under a lock on a file beside it."""

import fcntl
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def load(path):
    return json.loads(path.read_text()) if path.exists() else {}


def store(path, data):
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(data, sort_keys=True))
    scratch.replace(path)


def bump(path, name, delta=1):
    with open(path.with_suffix(".lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        counters = load(path)
        counters[name] = counters.get(name, 0) + delta
        store(path, counters)


def session(path, names, begins):
    time.sleep(begins)
    for name in names:
        bump(path, name)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counters.json"
        runs = [(["requests", "skill:lint"], 0), (["requests"], 0.15)]
        processes = [context.Process(target=session, args=(path, *run)) for run in runs]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return load(path)
