"""A client of a message fabric registers its services again after a reconnect; replies that fail ask whether it is connected."""

import threading
import time


class Manager:
    """What all managers of a client have in common."""

    def __init__(self, client):
        self.client = client
        self.lock = threading.RLock()


class ServiceManager(Manager):
    def __init__(self, client):
        super().__init__(client)
        self.services = {}
        self.registered = set()

    def add(self, name):
        with self.lock:
            self.services[name] = {"topics": [f"/{name}/lookup"]}

    def on_connect(self):
        with self.lock:
            self.registered.update(self.services)

    def on_disconnect(self):
        with self.lock:
            for name in self.services:
                if not self.client.connected:
                    self.registered.discard(name)


class FabricClient:
    def __init__(self):
        self._connected_lock = threading.Lock()
        self._connected = False
        self.services = ServiceManager(self)

    @property
    def connected(self):
        with self._connected_lock:
            return self._connected

    def _on_connect_run(self):
        with self._connected_lock:
            self._connected = True
            self.services.on_connect()

    def _on_disconnect_run(self):
        with self._connected_lock:
            self._connected = False
        self.services.on_disconnect()


def spawn(callback):
    thread = threading.Thread(target=callback, name=callback.__name__.strip("_"))
    thread.start()
    return thread


def main():
    client = FabricClient()
    client.services.add("reputation")
    client._on_connect_run()
    lost = spawn(client._on_disconnect_run)
    time.sleep(0.05)
    back = spawn(client._on_connect_run)
    for thread in (lost, back):
        thread.join()
    return client.connected, sorted(client.services.registered)
