"""Workers of several GPUs load one model; whoever does not find its weights on disk downloads them.

After https://github.com/RolnickLab/ami-data-companion/pull/171
"""

import multiprocessing as mp
import os
import pathlib
import tempfile
import time


def iter_content(url, chunk_size=4):
    """The body of the response, chunk by chunk."""
    body = (url * 3).encode()
    for start in range(0, len(body), chunk_size):
        yield body[start : start + chunk_size]


def get_or_download_file(url, folder):
    local = pathlib.Path(folder, url.rpartition("/")[2])
    if local.exists():
        return local
    handle, partial = tempfile.mkstemp(prefix=local.name, suffix=".part", dir=folder)
    with os.fdopen(handle, "wb") as file:
        for chunk in iter_content(url):
            file.write(chunk)
    os.replace(partial, local)
    return local


class Classifier:
    url = "models.test/moth-v2.pt"

    def __init__(self, folder):
        self.weights = get_or_download_file(self.url, folder).read_bytes()


def worker(rank, folder, results):
    time.sleep(0.1 * rank)
    try:
        results.put((rank, len(Classifier(folder).weights)))
    except OSError as error:
        results.put((rank, type(error).__name__))


def main():
    ctx = mp.get_context("fork")
    results = ctx.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        workers = [ctx.Process(target=worker, args=(rank, folder, results)) for rank in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        left = sorted(path.name for path in pathlib.Path(folder).iterdir())
    loaded = dict(results.get() for _ in workers)
    return loaded[0], loaded[1], left


if __name__ == "__main__":
    print(*main())
