"""Runners of an agent add what a run cost to the spending of the day, each under a lock of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

PRICES = {"small": 2, "large": 15}
_daily_cost = ("", 0)


def daily_cost():
    return _daily_cost


@dataclass
class Usage:
    model: str
    kilotokens: int

    def cost(self):
        return PRICES[self.model] * self.kilotokens


@dataclass
class Runner:
    engine: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    finished: int = 0

    def finalize(self, day, usage):
        global _daily_cost
        with self.lock:
            last_day, spent = _daily_cost
            if last_day != day:
                spent = 0
            _daily_cost = (day, spent + usage.cost())
            self.finished += 1


def main():
    global _daily_cost
    _daily_cost = ("2026-04-19", 500)
    runners = [Runner("claude"), Runner("codex")]
    usages = [Usage("small", 3), Usage("large", 2), Usage("small", 1), Usage("large", 1)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for number, usage in enumerate(usages):
            pool.submit(runners[number % 2].finalize, "2026-04-20", usage)
    return daily_cost(), [(runner.engine, runner.finished) for runner in runners]
