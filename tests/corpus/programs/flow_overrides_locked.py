"""Options of a model come from the overrides that are open; all who touch them hold their lock."""

import threading


class Override:
    _open = {}
    _numbers = iter(range(1000))
    _lock = threading.RLock()

    def __init__(self, model, **options):
        self.model = model
        self.options = options
        self._number = next(self._numbers)

    def __enter__(self):
        with Override._lock:
            Override._open[self._number] = self
        return self

    def __exit__(self, *error):
        with Override._lock:
            del Override._open[self._number]

    @classmethod
    def options_for(cls, model):
        found = {"cache": False}
        with cls._lock:
            overrides = list(cls._open.values())
        for override in overrides:
            if override.model == model:
                found.update(override.options)
        return found


def evaluate(results):
    with Override("pricing", cache=True):
        results.append(Override.options_for("pricing")["cache"])


def audit(results):
    with Override("audit", verbose=True):
        results.append(Override.options_for("audit")["verbose"])


def main():
    results = []
    workers = [threading.Thread(target=work, args=(results,)) for work in (evaluate, audit)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [True, True], results
    return results


if __name__ == "__main__":
    print(main())
