"""Test runs lease a port each: one that is free is probed without the lock, and looked at again when it is booked."""

import threading
import time


class PortPool:
    def __init__(self, ports):
        self._lock = threading.Lock()
        self._ports = list(ports)
        self.leases = {}

    def _probe(self, port):
        return port % 1000 != 0

    def lease(self, owner):
        with self._lock:
            free = [port for port in self._ports if port not in self.leases]
        for port in free:
            if self._probe(port):
                with self._lock:
                    if port in self.leases:
                        continue
                    self.leases[port] = owner
                return port
        raise RuntimeError("no port is free")

    def release(self, port):
        with self._lock:
            del self.leases[port]


def test_run(pool, owner, begins, ports):
    time.sleep(begins)
    ports[owner] = pool.lease(owner)


def main():
    pool = PortPool([8000, 8001, 8002, 8003])
    ports = {}
    runs = [threading.Thread(target=test_run, args=(pool, owner, begins, ports)) for owner, begins in (("api", 0), ("web", 0.03))]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    leased = sorted(pool.leases)
    pool.release(ports["api"])
    return leased, sorted(ports.values()), len(pool.leases)
