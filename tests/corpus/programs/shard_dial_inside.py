"""A pool dials the shards of a host one by one in the background; it can be shut down at any moment."""

import threading
import time


class Connection:
    def __init__(self, shard):
        self.shard = shard
        self.is_open = True

    def close(self):
        self.is_open = False


class HostPool:
    def __init__(self, dial):
        self._dial = dial
        self._lock = threading.Lock()
        self._connections = {}
        self.is_shutdown = False

    def open_shard(self, shard):
        with self._lock:
            if self.is_shutdown or shard in self._connections:
                return
            self._connections[shard] = self._dial(shard)

    def shutdown(self):
        with self._lock:
            if self.is_shutdown:
                return
            self.is_shutdown = True
        for connection in list(self._connections.values()):
            connection.close()


class Network:
    def __init__(self):
        self.dialled = []

    def dial(self, shard):
        time.sleep(0.002)
        connection = Connection(shard)
        self.dialled.append(connection)
        return connection


def connect_all(pool, shards):
    for shard in shards:
        pool.open_shard(shard)


def main():
    network = Network()
    pool = HostPool(network.dial)
    opener = threading.Thread(target=connect_all, args=(pool, range(3)))
    opener.start()
    time.sleep(0.12)
    pool.shutdown()
    opener.join()
    return pool.is_shutdown, [connection.shard for connection in network.dialled if connection.is_open]
