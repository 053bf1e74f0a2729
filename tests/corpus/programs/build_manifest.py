"""Build steps, each a process, write what they made into the manifest that all share."""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path


def add_to_manifest(path, key, files):
    with path.open("r+") as current:
        manifest = json.load(current)
        manifest[key] = files
        current.seek(0)
        current.truncate()
        json.dump(manifest, current, indent=1)


def step(path, name, starts):
    time.sleep(starts)
    add_to_manifest(path, name, [f"{name}.o"])


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.json"
        path.write_text("{}")
        steps = [context.Process(target=step, args=(path, name, starts)) for name, starts in (("lexer", 0), ("parser", 0.15))]
        for each in steps:
            each.start()
        for each in steps:
            each.join()
        return sorted(json.loads(path.read_text()))
