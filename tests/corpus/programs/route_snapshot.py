"""A router's table is replaced as a whole by those who change it, under a lock; those who look routes up take no lock."""

import threading
import time
from collections.abc import Mapping
from types import MappingProxyType


class Router:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routes: Mapping[str, str] = MappingProxyType({})

    def add(self, path: str, target: str) -> None:
        with self._lock:
            self._routes = MappingProxyType({**self._routes, path: target})

    def drop(self, target: str) -> int:
        with self._lock:
            kept = {path: each for path, each in self._routes.items() if each != target}
            gone = len(self._routes) - len(kept)
            self._routes = MappingProxyType(kept)
        return gone

    def resolve(self, path: str) -> str | None:
        routes = self._routes
        while path not in routes:
            if not path:
                return None
            path = path.rpartition("/")[0]
        return routes[path]


def deploy(router: Router, target: str, paths: list[str]) -> None:
    for path in paths:
        router.add(path, target)
        time.sleep(0.002)


def main():
    router = Router()
    router.add("", "default")
    answers: list[str | None] = []

    def ask() -> None:
        for path in ("/users/7", "/orders/8/items", "/users/9"):
            answers.append(router.resolve(path))
            time.sleep(0.002)

    threads = [
        threading.Thread(target=deploy, args=(router, "users-v2", ["/users", "/groups"])),
        threading.Thread(target=deploy, args=(router, "orders", ["/orders", "/orders/8"])),
        threading.Thread(target=ask),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return None in answers, router.drop("users-v2"), router.resolve("/orders/8/items")
