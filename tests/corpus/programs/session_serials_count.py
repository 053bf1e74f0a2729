"""Request contexts of a client get their names from a counter that all request threads share."""

import itertools
import threading
from contextlib import contextmanager


class Context:
    def __init__(self, name):
        self.name = name
        self.reads = []

    def read(self, key):
        self.reads.append(key)
        return f"{self.name}:{key}"


class Client:
    def __init__(self, project):
        self.project = project
        self._numbers = itertools.count(1)
        self.finished = []

    @contextmanager
    def context(self):
        context = Context(f"{self.project}-{next(self._numbers)}")
        yield context
        self.finished.append((context.name, len(context.reads)))


class Middleware:
    def __init__(self, client, keys):
        self.client = client
        self.keys = keys

    def __call__(self):
        with self.client.context() as context:
            for key in self.keys:
                context.read(key)


def main():
    client = Client("shop")
    requests = [threading.Thread(target=Middleware(client, ["user", "cart"])) for _ in range(4)]
    for request in requests:
        request.start()
    for request in requests:
        request.join()
    return sorted(client.finished)
