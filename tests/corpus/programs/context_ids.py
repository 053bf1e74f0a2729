"""Contexts take their numbers from an iterator that gives out one in one step; which thread gets which does not matter."""

import itertools
import threading

_context_ids = itertools.count(1)


class Context:
    def __init__(self, client):
        self.client = client
        self.id = next(_context_ids)
        self.cache = {}

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.cache.clear()


def serve(client, used):
    for key in ("user", "cart"):
        with Context(client) as context:
            context.cache[key] = client
            used.append(context.id)


def main():
    global _context_ids
    _context_ids = itertools.count(1)
    used = []
    threads = [threading.Thread(target=serve, args=(name, used)) for name in ("web", "cron", "api")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(used), next(_context_ids)
