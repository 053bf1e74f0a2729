"""The summary of a node says what its channels are worth; the exchange is asked for the rate in the background."""

import threading
import time
from collections.abc import Callable, Iterator


class SummaryPlugin:
    def __init__(self, ask_exchange: Callable[[str], int], list_channels: Callable[[], Iterator[int]]) -> None:
        self.ask_exchange = ask_exchange
        self.list_channels = list_channels

    def init(self, currency: str) -> None:
        self.currency = currency
        self._asking = threading.Thread(target=self._discover_rate, daemon=True)
        self._asking.start()

    def _discover_rate(self) -> None:
        self.rate = self.ask_exchange(self.currency)

    def summary(self) -> str:
        funds = sum(self.list_channels())
        return f"{funds} coins, {funds * self.rate} {self.currency}"


def exchange(currency: str) -> int:
    time.sleep(0.002)
    return {"EUR": 30, "USD": 33}[currency]


def channels() -> Iterator[int]:
    for balance in (5, 0, 7, 1):
        time.sleep(0.01)
        yield balance


def main():
    plugin = SummaryPlugin(exchange, channels)
    plugin.init("EUR")
    return plugin.summary()


if __name__ == "__main__":
    print(main())
