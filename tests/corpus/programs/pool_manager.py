"""Two threads find no pool for a host; the second one's pool replaces the first, which is closed while in use."""

import contextlib
import threading


class ConnectionPool:
    def __init__(self, host):
        self.host, self.closed = host, False

    def close(self):
        self.closed = True

    def urlopen(self, path):
        if self.closed:
            raise RuntimeError(f"pool of {self.host} is closed")
        return self.host + path


class RecentlyUsed:
    def __init__(self, dispose):
        self._items = {}
        self._lock = threading.RLock()
        self._dispose = dispose

    def get(self, key):
        with self._lock:
            return self._items.get(key)

    def set(self, key, value):
        with self._lock:
            old, self._items[key] = self._items.get(key), value
        if old is not None:
            self._dispose(old)


class PoolManager:
    def __init__(self):
        self.pools = RecentlyUsed(ConnectionPool.close)

    def pool_for(self, host):
        pool = self.pools.get(host)
        if pool is None:
            pool = ConnectionPool(host)
            self.pools.set(host, pool)
        return pool


def main():
    manager, answers = PoolManager(), []

    def fetch(path):
        with contextlib.suppress(RuntimeError):
            answers.append(manager.pool_for("pypi").urlopen(path))

    first, second = (threading.Thread(target=fetch, args=(path,)) for path in ("/a", "/b"))
    for step in (first.start, second.start, first.join, second.join):
        step()
    return sorted(answers), sorted(manager.pools._items)
