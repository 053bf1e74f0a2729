"""The whole read, change and write happens under a lock file that is never removed."""

import contextlib
import fcntl
import json
import multiprocessing
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def locked(path):
    with open(path.with_suffix(".lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def load_state(path):
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {"shown": []}


def save_state(path, state):
    fd, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(fd, "w") as file:
        json.dump(state, file)
    os.replace(name, path)


def hook(path, warning):
    with locked(path):
        state = load_state(path)
        if warning not in state["shown"]:
            state["shown"].append(warning)
            save_state(path, state)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        hooks = [context.Process(target=hook, args=(path, warning)) for warning in ("eval", "pickle")]
        for process in hooks:
            process.start()
        for process in hooks:
            process.join()
        return sorted(load_state(path)["shown"]), len(os.listdir(folder))
