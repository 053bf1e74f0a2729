"""Processes of a render farm take the licence before the scratch disk, all of them."""

import multiprocessing
import time


def render(licence, scratch, done, frames):
    time.sleep(0.15)
    for frame in frames:
        with licence:
            name = f"frame-{frame}"
            with scratch:
                done.put(name)


def clean(licence, scratch, done, names):
    for name in names:
        with licence:
            label = "cleaned " + name
            with scratch:
                done.put(label)


def main():
    context = multiprocessing.get_context("fork")
    licence, scratch = context.Lock(), context.Lock()
    done = context.SimpleQueue()
    cleaner = context.Process(target=clean, args=(licence, scratch, done, ["old-1"]))
    renderer = context.Process(target=render, args=(licence, scratch, done, [1, 2]))
    cleaner.start()
    renderer.start()
    cleaner.join()
    renderer.join()
    return sorted(done.get() for _ in range(3))
