"""A container gives out singletons that are made at the first call; its owner can reset one when the settings change.

After https://github.com/ets-labs/python-dependency-injector/pull/322
"""

import logging
import threading
import time

logger = logging.getLogger("container")


class ThreadSafeSingleton:
    def __init__(self, factory, *args):
        self._factory = factory
        self._args = args
        self._storage = None
        self._lock = threading.RLock()

    def __call__(self):
        storage = self._storage
        if storage is None:
            with self._lock:
                storage = self._storage
                if storage is None:
                    storage = self._storage = self._factory(*(arg() if callable(arg) else arg for arg in self._args))
        return storage

    def reset(self):
        with self._lock:
            self._storage = None


class Settings:
    def __init__(self, dsn):
        self.dsn = dsn


class Database:
    def __init__(self, settings):
        self.dsn = settings.dsn

    def fetch(self, query):
        time.sleep(0.01)
        return f"{query}@{self.dsn}"


class Container:
    def __init__(self, dsn):
        self.settings = ThreadSafeSingleton(Settings, dsn)
        self.database = ThreadSafeSingleton(Database, self.settings)


class Requests(threading.Thread):
    def __init__(self, container, queries, pause):
        super().__init__(name="requests")
        self.container = container
        self.queries = queries
        self.pause = pause
        self.rows = []

    def run(self):
        for query in self.queries:
            database = self.container.database()
            self.rows.append(database.fetch(query))
            time.sleep(self.pause)


def reload_settings(container, after):
    time.sleep(after)
    logger.debug("settings have changed")
    container.database.reset()


def main():
    container = Container("db")
    requests = Requests(container, ["users", "orders", "items"], 0.1)
    reloader = threading.Thread(target=reload_settings, args=(container, 0.16))
    for thread in (requests, reloader):
        thread.start()
    for thread in (requests, reloader):
        thread.join()
    return requests.rows


if __name__ == "__main__":
    assert main() == ["users@db", "orders@db", "items@db"]
