"""Workers that build catalogues make the folder they share, whoever is first."""

import multiprocessing
import tempfile
import time
from pathlib import Path


def build(target, language, results, queued):
    time.sleep(queued)
    folder = Path(target, "locale")
    try:
        folder.mkdir(exist_ok=True)
        with open(folder / f"{language}.mo", "w") as file:
            file.write(f"catalogue {language}")
        results.put((language, "built"))
    except FileExistsError:
        results.put((language, "failed"))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as target:
        results = context.SimpleQueue()
        jobs = [("de", results, 0), ("ja", results, 0.15)]
        workers = [context.Process(target=build, args=(target, *job)) for job in jobs]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        built = sorted(results.get() for _ in workers)
        return built, sorted(path.name for path in Path(target, "locale").iterdir())
