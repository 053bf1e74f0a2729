"""All reporters add to the totals of the class under the lock of the class."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar


@dataclass
class Reporter:
    region: str
    totals: ClassVar[dict] = {}
    lock: ClassVar[threading.Lock] = threading.Lock()

    def report(self, item, amount, opens=0.0):
        time.sleep(opens)
        with self.lock:
            known = self.totals.get(item, 0)
            time.sleep(0.001)
            self.totals[item] = known + amount


def main():
    Reporter.totals = {}
    north, south = Reporter("north"), Reporter("south")
    with ThreadPoolExecutor(2) as pool:
        pool.submit(north.report, "tea", 3)
        pool.submit(south.report, "tea", 4, opens=0.05)
    return Reporter.totals
