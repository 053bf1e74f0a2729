"""A module offers a client of a service through a proxy: the first use makes it.

After https://github.com/ionelmc/python-lazy-object-proxy/issues/83
"""

import itertools
import threading
import time

serials = itertools.count(1)


class Proxy:
    def __init__(self, factory):
        self.__dict__["_factory"] = factory

    @property
    def wrapped(self):
        try:
            return self.__dict__["_target"]
        except KeyError:
            target = self.__dict__["_target"] = self.__dict__["_factory"]()
            return target

    def __getattr__(self, name):
        return getattr(self.wrapped, name)


class Client:
    def __init__(self, url):
        self.url = url
        self.serial = next(serials)
        self.pending = []

    def enqueue(self, message):
        self.pending.append(message)


def connect():
    return Client("queue://events")


def emit(client, message, after):
    time.sleep(after)
    client.enqueue(message)


def main():
    client = Proxy(connect)
    threads = [
        threading.Thread(target=emit, args=(client, message, after))
        for message, after in (("started", 0.0), ("stopped", 0.12))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(client.pending)


if __name__ == "__main__":
    assert main() == ["started", "stopped"]
