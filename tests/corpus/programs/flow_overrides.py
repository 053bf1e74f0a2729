"""Options of a model come from the overrides that are open; a context manager opens and closes one."""

import threading


class Override:
    _open = {}
    _numbers = iter(range(1000))

    def __init__(self, model, **options):
        self.model = model
        self.options = options
        self._number = next(self._numbers)

    def __enter__(self):
        Override._open[self._number] = self
        return self

    def __exit__(self, *error):
        del Override._open[self._number]

    @classmethod
    def options_for(cls, model):
        found = {"cache": False}
        for override in cls._open.values():
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
