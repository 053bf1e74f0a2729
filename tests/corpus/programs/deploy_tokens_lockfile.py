"""Deployments add their tokens to a JSON file, which is locked while it is read and replaced by a whole new one."""

import fcntl
import json
import multiprocessing
import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path):
    with open(path.with_suffix(".lock"), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def replace(path, data):
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(data, sort_keys=True))
    os.replace(scratch, path)


def issue(path, flow, token):
    with locked(path):
        tokens = json.loads(path.read_text())
        tokens[flow] = token
        replace(path, tokens)


def deploy(path, flows, begins):
    time.sleep(begins)
    for flow in flows:
        issue(path, flow, f"{flow}-0")


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.json"
        path.write_text("{}")
        runs = [(["train", "score"], 0), (["report"], 0.15)]
        deployments = [context.Process(target=deploy, args=(path, *run)) for run in runs]
        for process in deployments:
            process.start()
        for process in deployments:
            process.join()
        return sorted(json.loads(path.read_text()).items())
