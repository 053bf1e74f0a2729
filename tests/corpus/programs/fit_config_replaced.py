"""A fit writes its parameters to a new file and puts it in the place of the old one; other fits running at the time read them as their defaults."""

import json
import multiprocessing
import tempfile
from pathlib import Path


class Configurable:
    def __init__(self, path):
        self._path = path
        self.parameters = json.loads(path.read_text())

    def fit(self, **parameters):
        self.parameters.update(parameters)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump(self.parameters, file, indent=1)
        fresh.replace(self._path)


def run_fit(path):
    Configurable(path).fit(tolerance=0.01, components=3)


def plot(path, results):
    try:
        results.put(Configurable(path).parameters["solver"])
    except json.JSONDecodeError as error:
        results.put(f"broken: {error}")


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "MCRALS.json"
        path.write_text(json.dumps({"solver": "lstsq", "tolerance": 0.1}))
        results = context.Queue()
        fitting = context.Process(target=run_fit, args=(path,))
        plotting = context.Process(target=plot, args=(path, results))
        fitting.start()
        plotting.start()
        solver = results.get(timeout=10)
        fitting.join()
        plotting.join()
        kept = json.loads(path.read_text())
    assert solver == "lstsq", solver
    assert kept["components"] == 3
    return solver


if __name__ == "__main__":
    print(main())
