"""Processes take folders to scan from a queue until it is empty."""

import multiprocessing
import time


def scan(folder):
    time.sleep(0.002)
    return folder.upper()


def scanner(folders, found, starts, pause):
    time.sleep(starts)
    while not folders.empty():
        found.put(scan(folders.get()))
        time.sleep(pause)


def main():
    context = multiprocessing.get_context("fork")
    folders, found = context.Queue(), context.Queue()
    for folder in ("home", "srv", "opt"):
        folders.put(folder)
    time.sleep(0.05)
    scanners = [
        context.Process(target=scanner, args=(folders, found, 0, 0.08), daemon=True),
        context.Process(target=scanner, args=(folders, found, 0.04, 0.15), daemon=True),
    ]
    for each in scanners:
        each.start()
    names = sorted(found.get() for _ in range(3))
    for each in scanners:
        each.join()
    return names
