"""Build steps, each a process, write what they made into a part of their own; when all have ended the parts are put together."""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path


def step(folder, name, starts):
    time.sleep(starts)
    (folder / f"{name}.part.json").write_text(json.dumps({name: [f"{name}.o"]}))


def merged(folder):
    manifest = {}
    for part in sorted(folder.glob("*.part.json")):
        manifest |= json.loads(part.read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder / "manifest.json"


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps = [context.Process(target=step, args=(folder, name, starts)) for name, starts in (("lexer", 0), ("parser", 0.15))]
        for each in steps:
            each.start()
        for each in steps:
            each.join()
        return sorted(json.loads(merged(folder).read_text()))
