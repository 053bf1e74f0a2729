"""The command line and a server append what they have done to the log in one state file, that is replaced as a whole."""

import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def read_state(path):
    if path.exists():
        return json.loads(path.read_text())
    return {"version": 1, "action_log": []}


def write_state(path, state):
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(state))
    os.replace(draft, path)


def append_action(path, actor, action):
    state = read_state(path)
    state["action_log"].append(f"{actor}: {action}")
    state["version"] += 1
    write_state(path, state)


def actor(path, name, actions, begins):
    time.sleep(begins)
    for action in actions:
        append_action(path, name, action)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "STATE.json"
        actors = [("cli", ["pause campaign"], 0), ("server", ["raise budget", "add keyword"], 0.15)]
        processes = [context.Process(target=actor, args=(path, *who)) for who in actors]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        state = read_state(path)
        return state["version"], sorted(state["action_log"])
