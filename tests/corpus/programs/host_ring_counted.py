"""The connection pool of a search client: threads take the next live node in turn, dead nodes sit out for a while."""

import heapq
import logging
import threading
from itertools import count

log = logging.getLogger("search.pool")


class Connection:
    def __init__(self, host):
        self.host = host
        self.requests = []

    def perform(self, query):
        self.requests.append(query)
        return f"{self.host}: {query}"


class RoundRobinSelector:
    def __init__(self):
        self._turns = count()

    def select(self, connections):
        rr = next(self._turns) % len(connections)
        log.debug("turn of node %d", rr)
        return connections[rr]


class ConnectionPool:
    def __init__(self, hosts, selector):
        self._connections = [Connection(host) for host in hosts]
        self._selector = selector
        self._dead = []
        self._order = count()
        self._lock = threading.Lock()

    def mark_dead(self, connection, until):
        with self._lock:
            heapq.heappush(self._dead, (until, next(self._order), connection))

    def _live(self, now):
        with self._lock:
            while self._dead and self._dead[0][0] <= now:
                heapq.heappop(self._dead)
            resting = {connection for _, _, connection in self._dead}
        return [connection for connection in self._connections if connection not in resting]

    def get_connection(self, now=0):
        return self._selector.select(self._live(now))

    def spread(self):
        return [len(connection.requests) for connection in self._connections]


def search(pool, queries, failures):
    for query in queries:
        try:
            pool.get_connection().perform(query)
        except IndexError as error:
            failures.append(f"{query}: {error}")


def main():
    pool = ConnectionPool(["es-1", "es-2"], RoundRobinSelector())
    failures = []
    clients = [threading.Thread(target=search, args=(pool, queries, failures)) for queries in (("tea", "cocoa"), ("milk", "juice"))]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return failures, pool.spread()
