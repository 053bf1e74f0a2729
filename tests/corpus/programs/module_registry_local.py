"""Requests change a registry of models; every thread has a flag of its own for changes to publish or undo."""

import threading
from contextlib import contextmanager


class Registry:
    def __init__(self, models):
        self.models = set(models)
        self.published = frozenset(models)
        self._changes = threading.local()
        self.sequence = 0

    @property
    def invalidated(self):
        return getattr(self._changes, "pending", False)

    def install(self, model):
        self.models.add(model)
        self._changes.pending = True

    def signal_changes(self):
        if self.invalidated:
            self.published = frozenset(self.models)
            self.sequence += 1
            self._changes.pending = False

    def reset_changes(self):
        if self.invalidated:
            self.models = set(self.published)
            self._changes.pending = False

    @contextmanager
    def manage_changes(self):
        try:
            yield self
        except Exception:
            self.reset_changes()
            raise
        self.signal_changes()


class Server:
    def __init__(self, registry):
        self.registry = registry
        self.statuses = {}

    def handle(self, name, work):
        try:
            with self.registry.manage_changes() as registry:
                work(registry)
            self.statuses[name] = 200
        except LookupError:
            self.statuses[name] = 404


def read_page(registry):
    raise LookupError("no such page")


def main():
    server = Server(Registry(["res.users"]))
    requests = {"install": lambda registry: registry.install("sale.order"), "page": read_page}
    threads = [threading.Thread(target=server.handle, args=item) for item in requests.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(server.registry.models), server.registry.sequence, sorted(server.statuses.items())
