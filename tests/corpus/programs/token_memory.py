"""Servers of a model share a budget for attention caches: each process books what it allocates in shared memory.

After https://github.com/bigscience-workshop/petals/pull/487
"""

import multiprocessing
import time


class MemoryCache:
    def __init__(self, context, max_size):
        self.max_size = max_size
        self._current_size = context.Value("q", 0)
        self._handles = {}

    @property
    def current_size(self):
        return self._current_size.value

    def allocate(self, name, size):
        if self.current_size + size > self.max_size:
            raise MemoryError(f"{name} does not fit")
        self._current_size.value += size
        self._handles[name] = size

    def free(self, name):
        self._current_size.value -= self._handles.pop(name)


def handler(cache, sessions, after):
    time.sleep(after)
    for name, size in sessions:
        cache.allocate(name, size)
    for name, _ in sessions:
        cache.free(name)


def main():
    context = multiprocessing.get_context("fork")
    cache = MemoryCache(context, max_size=10_000)
    handlers = [
        context.Process(target=handler, args=(cache, [("chat", 300), ("story", 500)], 0.0)),
        context.Process(target=handler, args=(cache, [("code", 700)], 0.12)),
    ]
    for process in handlers:
        process.start()
    for process in handlers:
        process.join()
    return cache.current_size


if __name__ == "__main__":
    assert main() == 0
