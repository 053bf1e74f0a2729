"""The decorator has a lock for its counts, and the sizes are known before it is taken."""

import functools
import threading
from collections import defaultdict


def size_of(resource):
    return sum(len(str(value)) for value in resource.values())


def counting(board):
    total = 0
    lock = threading.Lock()

    def decorate(func):
        @functools.wraps(func)
        def wrapper(resource):
            nonlocal total
            kind = func(resource)
            size = size_of(resource)
            with lock:
                board[kind] += size
                total = total + size
            return kind

        wrapper.total = lambda: total
        return wrapper

    return decorate


def main():
    board = defaultdict(int)

    @counting(board)
    def store(resource):
        return resource["kind"]

    def crawl(project):
        store({"kind": "bucket", "name": project, "zone": "eu"})
        store({"kind": "disk", "name": project})

    crawlers = [threading.Thread(target=crawl, args=(name,)) for name in ("alpha", "beta", "gamma")]
    for crawler in crawlers:
        crawler.start()
    for crawler in crawlers:
        crawler.join()
    return dict(sorted(board.items())), store.total()
