"""Builds share a folder of built objects; each is copied under a name of its own first and then renamed."""

import multiprocessing
import os
import shutil
import tempfile
import time
from pathlib import Path


class ObjectCache:
    def __init__(self, folder):
        self.folder = Path(folder)

    def place(self, signature):
        return self.folder / signature[:2] / signature

    def push(self, built, signature):
        place = self.place(signature)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}")
        shutil.copyfile(built, temporary)
        os.rename(temporary, place)

    def retrieve(self, signature):
        return self.place(signature).read_text()


def build(folder, name, comes):
    time.sleep(comes)
    built = Path(folder) / f"{name}.o"
    built.write_text("object code")
    ObjectCache(Path(folder) / "cache").push(built, "ab12cd")


def main():
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("fork")
        builds = [
            context.Process(target=build, args=(folder, "debug", 0)),
            context.Process(target=build, args=(folder, "release", 0.15)),
        ]
        for each in builds:
            each.start()
        for each in builds:
            each.join()
        return [each.exitcode for each in builds], ObjectCache(Path(folder) / "cache").retrieve("ab12cd")
