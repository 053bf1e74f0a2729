"""Requests are routed by a table that is replaced as a whole when a deployment changes; routers never lock it."""

import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Table(NamedTuple):
    version: int
    routes: Mapping[str, str]


class Router:
    def __init__(self, routes):
        self._table = Table(1, MappingProxyType(dict(routes)))
        self._deploying = threading.Lock()

    def deploy(self, **changes):
        with self._deploying:
            version, routes = self._table
            self._table = Table(version + 1, MappingProxyType({**routes, **changes}))

    def resolve(self, *names):
        table = self._table
        return table.version, [table.routes[name] for name in names]


def request_loop(router, count, torn):
    for _ in range(count):
        _, (web, api) = router.resolve("web", "api")
        if web.split("-")[1] != api.split("-")[1]:
            torn.append((web, api))


def deployer(router, releases):
    for release in releases:
        router.deploy(web=f"web-{release}", api=f"api-{release}")


def main():
    router = Router({"web": "web-0", "api": "api-0"})
    torn = []
    threads = [threading.Thread(target=request_loop, args=(router, 60, torn)) for _ in range(2)]
    threads += [threading.Thread(target=deployer, args=(router, range(1, 5))), threading.Thread(target=deployer, args=(router, range(11, 15)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    version, (web, api) = router.resolve("web", "api")
    return version, torn, web[3:] == api[3:]


if __name__ == "__main__":
    print(main())
