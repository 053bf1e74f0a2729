"""A reverse proxy: requests are routed by a table that an operator reloads while it serves."""

import threading
from bisect import bisect_right
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class RouteTable:
    version: int
    prefixes: tuple
    backends: MappingProxyType

    @classmethod
    def build(cls, version, rules):
        ordered = tuple(sorted(rules))
        return cls(version, ordered, MappingProxyType({prefix: f"{name}:v{version}" for prefix, name in rules.items()}))

    def resolve(self, path):
        index = bisect_right(self.prefixes, path)
        for prefix in reversed(self.prefixes[:index]):
            if path.startswith(prefix):
                return self.version, self.backends[prefix]
        return self.version, None


class Router:
    def __init__(self, rules):
        self._table = RouteTable.build(1, rules)
        self._reload_lock = threading.Lock()

    @property
    def version(self):
        return self._table.version

    def route(self, path):
        table = self._table
        version, backend = table.resolve(path)
        return backend is None or backend.endswith(f":v{version}")

    def reload(self, **changes):
        with self._reload_lock:
            current = self._table
            rules = {prefix: backend.partition(":")[0] for prefix, backend in current.backends.items()}
            for prefix, name in changes.items():
                if name is None:
                    rules.pop(f"/{prefix}", None)
                else:
                    rules[f"/{prefix}"] = name
            self._table = RouteTable.build(current.version + 1, rules)


class Listener(threading.Thread):
    def __init__(self, router, paths):
        super().__init__()
        self._router = router
        self._paths = paths
        self.consistent = []

    def run(self):
        for path in self._paths:
            self.consistent.append(self._router.route(path))


def main():
    router = Router({"/": "web", "/api": "api", "/static": "cdn"})
    listeners = [Listener(router, paths) for paths in (("/api/users", "/", "/static/a.css"), ("/static/b.js", "/api"))]
    operators = [threading.Thread(target=router.reload, kwargs=change) for change in ({"api": "api-next"}, {"static": None})]
    for thread in (*listeners, *operators):
        thread.start()
    for thread in (*listeners, *operators):
        thread.join()
    return router.version, all(all(listener.consistent) for listener in listeners)
