"""Hooks of two processes remember shown warnings in one JSON file; the file is replaced whole, with what was read before."""

import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


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


def remember(path, warning):
    state = load_state(path)
    if warning in state["shown"]:
        return False
    state["shown"].append(warning)
    save_state(path, state)
    return True


def hook(path, warning, delay):
    time.sleep(delay)
    remember(path, warning)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        delays = (("eval", 0.0), ("pickle", 0.1))
        hooks = [context.Process(target=hook, args=(path, warning, delay)) for warning, delay in delays]
        for process in hooks:
            process.start()
        for process in hooks:
            process.join()
        return sorted(load_state(path)["shown"]), len(os.listdir(folder))
