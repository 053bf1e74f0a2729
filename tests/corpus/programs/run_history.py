"""Each process writes the history to the same temporary file and renames it; the second rename may find nothing."""

import json
import multiprocessing
import tempfile
from pathlib import Path


def record_run(folder, name):
    target = Path(folder) / f"history-{name}.json"
    temporary = Path(folder) / "history.tmp"
    temporary.write_text(json.dumps({"run": name}))
    temporary.replace(target)


def main():
    processes = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        workers = [processes.Process(target=record_run, args=(folder, name)) for name in ("phone", "cloud")]
        for worker in workers:
            worker.start()
        codes = []
        for worker in workers:
            worker.join()
            codes.append(worker.exitcode)
        found = {path.name: json.loads(path.read_text()) for path in sorted(Path(folder).glob("history-*.json"))}
        return codes, found
