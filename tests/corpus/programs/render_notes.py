"""Templates are rendered by a pool; a callback notes the size of each, and a summary is made once all are done."""

from collections import ChainMap
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial


class Summary:
    def __init__(self) -> None:
        self._sizes = {}
        self._failed = []

    def note(self, name: str, future: Future) -> None:
        if future.exception() is not None:
            self._failed.append(name)
        else:
            self._sizes[name] = len(future.result())

    def as_text(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in sorted(self._sizes.items()))
        return f"{sizes}; failed: {', '.join(sorted(self._failed)) or 'none'}"


def render(template, values):
    return template.format_map(values)


def main():
    defaults = {"shop": "Corner Tea"}
    jobs = {
        "greeting": ("Dear {name}, welcome to {shop}", {"name": "Ada"}),
        "invoice": ("{shop} asks you for {sum}", {"sum": "12.50"}),
        "reminder": ("{shop} still waits for {amount}", {}),
    }
    summary = Summary()
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = []
        for name, (template, values) in jobs.items():
            future = pool.submit(render, template, ChainMap(values, defaults))
            future.add_done_callback(partial(summary.note, name))
            futures.append(future)
        wait(futures)
        return summary.as_text()


if __name__ == "__main__":
    print(main())
