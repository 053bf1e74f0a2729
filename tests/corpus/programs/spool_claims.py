"""Printers share a spool: who renames a file has claimed it, and a file that is gone was claimed by another."""

import multiprocessing
import os
import tempfile


def claim(spool, name, owner):
    mine = os.path.join(spool, f"{name}.{owner}")
    try:
        os.rename(os.path.join(spool, name), mine)
    except FileNotFoundError:
        return None
    return mine


def waiting(spool):
    return sorted(name for name in os.listdir(spool) if name.endswith(".job"))


def print_all(spool, owner, printed):
    pages = []
    while names := waiting(spool):
        for name in names:
            if (mine := claim(spool, name, owner)) is None:
                continue
            with open(mine) as file:
                pages.append(file.read())
            os.unlink(mine)
    printed.put((owner, pages))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as spool:
        for number in range(4):
            with open(os.path.join(spool, f"{number}.job"), "w") as file:
                file.write(f"page {number}")
        printed = context.SimpleQueue()
        printers = [context.Process(target=print_all, args=(spool, owner, printed)) for owner in ("laser", "ink")]
        for printer in printers:
            printer.start()
        shares = [printed.get() for _ in printers]
        for printer in printers:
            printer.join()
        return sorted(page for _, pages in shares for page in pages), os.listdir(spool)
