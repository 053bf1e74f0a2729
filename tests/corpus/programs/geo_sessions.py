"""Addresses are looked up by a pool; for each country there is one session with its registry, opened when it is needed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol


class Session(Protocol):
    def find(self, street: str) -> str: ...


opened: list = []
_sessions: dict = {}


class RegistrySession:
    def __init__(self, country: str) -> None:
        self.country = country
        self.number = len(opened) + 1
        opened.append(country)

    def find(self, street: str) -> str:
        return f"{street.title()}, {self.country}"


def session_for(country: str, factory: Callable[[str], Session]) -> Session:
    if country not in _sessions:
        _sessions[country] = factory(country)
    return _sessions[country]


def locate(address, factory):
    street, _, country = address.rpartition("/")
    return session_for(country, factory).find(street)


def main():
    opened.clear()
    _sessions.clear()
    addresses = ["rue haute/BE", "hoofdstraat/NL", "kerkplein/NL", "place royale/BE"]
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(partial(locate, factory=RegistrySession), addresses))
    return found, sorted(opened)


if __name__ == "__main__":
    print(main())
