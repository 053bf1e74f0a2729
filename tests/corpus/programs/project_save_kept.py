"""A command line tool saves its project under a lock of the file, while another run of it reads the project."""

import fcntl
import json
import multiprocessing
import tempfile
import time
from pathlib import Path


class Project:
    def __init__(self, path):
        self.path = path

    def save(self, layers):
        with open(self.path, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate()
            json.dump({"layers": layers, "count": len(layers)}, file)

    def load(self):
        with open(self.path) as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return json.load(file)


def draw(path, shapes):
    project = Project(path)
    layers = []
    for shape in shapes:
        layers.append(shape)
        project.save(layers)


def show(path, after, results):
    time.sleep(after)
    try:
        data = Project(path).load()
        results.put(data["count"] == len(data["layers"]))
    except ValueError as error:
        results.put(type(error).__name__)


def main():
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.json"
        path.write_text('{"layers": [], "count": 0}')
        runs = [
            context.Process(target=draw, args=(path, ["circle", "line"])),
            context.Process(target=show, args=(path, 0.15, results)),
        ]
        for run in runs:
            run.start()
        shown = results.get()
        for run in runs:
            run.join()
        return shown, Project(path).load()
