"""References to remote objects tell the server when nobody holds them any more; a thread of the client's sends what they say."""

import functools
import gc
import queue
import threading
from dataclasses import dataclass


@dataclass
class Body:
    kind: str
    name: str


@dataclass
class Request:
    number: int
    body: Body


class DataClient:
    def __init__(self):
        self.lock = threading.Lock()
        self.request_id = 0
        self.sent = []
        self._releases = queue.SimpleQueue()
        self._releaser = threading.Thread(target=self._release_all, name="releases")
        self._releaser.start()

    def _send(self, kind, name):
        with self.lock:
            self.request_id += 1
            self.sent.append(Request(self.request_id, Body(kind, name)))

    def put(self, value):
        self._send("put", value)
        return ObjectRef(self, value)

    def release(self, name):
        self._releases.put(name)

    def _release_all(self):
        while (name := self._releases.get()) is not None:
            self._send("release", name)

    def close(self):
        self._releases.put(None)
        self._releaser.join()


class ObjectRef:
    def __init__(self, client, name):
        self._client = client
        self.name = name
        self.ready = functools.partial(self._on_ready, "ready")
        self.state = "pending"

    def _on_ready(self, state):
        self.state = state

    def __del__(self):
        self._client.release(self.name)


def upload(client, prefix):
    for number in range(3):
        client.put(f"{prefix}{number}").ready()


def main():
    client = DataClient()
    threads = [threading.Thread(target=upload, args=(client, prefix)) for prefix in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    client.close()
    kinds = [each.body.kind for each in client.sent]
    return kinds.count("put"), kinds.count("release")
