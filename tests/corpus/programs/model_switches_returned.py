"""Feature switches live in a table; a dict keeps a copy of it for the time of one request.

After https://github.com/adamchainz/django-modeldict/issues/18
"""

import threading
import time
from contextlib import contextmanager


class SwitchTable:
    def __init__(self, **rows):
        self._rows = rows

    def fetch(self):
        return dict(self._rows)


class CachedDict:
    def __init__(self, table):
        self._table = table
        self._local_cache = None

    def __getitem__(self, key):
        return self._populate()[key]

    def __contains__(self, key):
        return key in self._populate()

    def _populate(self):
        cache = self._local_cache
        if cache is None:
            cache = self._local_cache = self._table.fetch()
        return cache

    def cleanup(self):
        self._local_cache = None


class SwitchManager(CachedDict):
    def is_active(self, name):
        return name in self and self[name] == "on"


@contextmanager
def request(switches):
    """What the middleware does round each request."""
    try:
        yield
    finally:
        switches.cleanup()


def checkout_view(switches):
    price = 100
    if switches.is_active("vat"):
        price += 20
    if switches.is_active("spring_sale"):
        price -= 15
    return price


def main():
    switches = SwitchManager(SwitchTable(vat="on", spring_sale="on", express="off"))
    responses = []

    def serve(number):
        time.sleep(number * 0.03)
        try:
            with request(switches):
                responses.append(checkout_view(switches))
        except TypeError as error:
            responses.append(f"500 {error}")

    servers = [threading.Thread(target=serve, args=(number,), name=f"wsgi-{number}") for number in range(3)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    return responses


if __name__ == "__main__":
    assert main() == [105, 105, 105]
