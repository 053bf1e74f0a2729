"""Reading, adding and writing are made under a lock of the file system."""

import fcntl
import json
import multiprocessing
import tempfile
from pathlib import Path


def save_module(folder, name, efficiency):
    path = Path(folder) / "module.json"
    with path.with_suffix(".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        with path.open() as file:
            data = json.load(file)
        data[name] = {"efficiency": efficiency}
        with path.open("w") as file:
            json.dump(data, file)


def main():
    processes = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "module.json").write_text("{}")
        workers = [processes.Process(target=save_module, args=(folder, name, value)) for name, value in (("mono", 0.2), ("poly", 0.17))]
        for worker in workers:
            worker.start()
        codes = []
        for worker in workers:
            worker.join()
            codes.append(worker.exitcode)
        return codes, sorted(json.loads((Path(folder) / "module.json").read_text()))
