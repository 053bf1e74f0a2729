"""Posters are rendered by processes: who finds a poster missing renders it to a file of his own, and moves it in place."""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path


def render(folder, poster):
    path = Path(folder, f"{poster}.ppm")
    if not path.exists():
        own = path.with_suffix(f".{os.getpid()}")
        own.write_text(f"P3 {poster}\n" + "0 " * 200)
        own.replace(path)
    return path.read_text().splitlines()[0]


def shop(folder, posters, after, headers):
    time.sleep(after)
    for poster in posters:
        headers.put(render(folder, poster))


def main():
    context = multiprocessing.get_context("fork")
    headers = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        shops = [
            context.Process(target=shop, args=(folder, posters, after, headers))
            for posters, after in ((["owl", "fox"], 0.0), (["fox", "owl"], 0.01))
        ]
        for process in shops:
            process.start()
        for process in shops:
            process.join()
        return sorted(headers.get() for _ in range(4)), len(list(Path(folder).glob("*.ppm")))


if __name__ == "__main__":
    print(main())
