"""A compiler cache shared by processes: an object file is stored under its hash, written aside and moved into place."""

import hashlib
import multiprocessing
import os
import tempfile
import time
from contextlib import contextmanager


@contextmanager
def atomic_write(path):
    aside = path + ".new"
    with open(aside, "w", encoding="utf-8") as file:
        yield file
    os.replace(aside, path)


def store(folder, source):
    key = hashlib.sha256(source.encode()).hexdigest()[:8]
    path = os.path.join(folder, key)
    if not os.path.exists(path):
        with atomic_write(path) as file:
            file.write(source.upper())
    return key


def compiler(folder, sources, pause):
    time.sleep(pause)
    for source in sources:
        store(folder, source)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        runs = [(["int a;", "int b;"], 0), (["int b;", "int c;"], 0.1)]
        compilers = [context.Process(target=compiler, args=(folder, *run)) for run in runs]
        for each in compilers:
            each.start()
        for each in compilers:
            each.join()
        kept = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                kept[name] = file.read()
        return kept, [each.exitcode for each in compilers]
