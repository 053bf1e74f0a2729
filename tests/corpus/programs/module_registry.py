"""Requests change a registry of models; a flag of the registry says that there is something to publish or undo."""

import threading
from contextlib import contextmanager


class Registry:
    def __init__(self, models):
        self.models = set(models)
        self.published = frozenset(models)
        self.invalidated = False
        self.sequence = 0

    def install(self, model):
        self.models.add(model)
        self.invalidated = True

    def signal_changes(self):
        if self.invalidated:
            self.published = frozenset(self.models)
            self.sequence += 1
            self.invalidated = False

    def reset_changes(self):
        if self.invalidated:
            self.models = set(self.published)
            self.invalidated = False

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


def install_sale(registry):
    registry.install("sale.order")


def read_page(registry):
    raise LookupError("no such page")


def main():
    server = Server(Registry(["res.users"]))
    requests = {"install": install_sale, "page": read_page}
    threads = [threading.Thread(target=server.handle, args=item) for item in requests.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    registry = server.registry
    return sorted(registry.models), registry.sequence, sorted(server.statuses.items())
