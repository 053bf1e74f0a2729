"""The finalizer only notes the key, in a queue that may be put to from anywhere; the release is made later."""

import gc
import queue
import threading


class Client:
    def __init__(self):
        self._lock = threading.Lock()
        self.refcount = {}
        self.released = []
        self.dropped = queue.SimpleQueue()

    def sweep(self):
        while not self.dropped.empty():
            self.decref(self.dropped.get())

    def incref(self, key):
        with self._lock:
            self.refcount[key] = self.refcount.get(key, 0) + 1

    def decref(self, key):
        with self._lock:
            self.refcount[key] -= 1
            if self.refcount[key] == 0:
                del self.refcount[key]
                self.released.append(key)


class Remote:
    def __init__(self, client, key):
        self.client = client
        self.key = key
        self.owner = self
        client.incref(key)

    def __del__(self):
        self.client.dropped.put(self.key)


def main():
    client = Client()
    kept = Remote(client, "kept")
    Remote(client, "dropped")
    gc.collect()
    client.sweep()
    client.incref("kept")
    client.decref("kept")
    return client.released, dict(client.refcount), kept.key
