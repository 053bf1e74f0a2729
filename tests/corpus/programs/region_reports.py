"""Clerks ask for reports of sales regions; a pool of two workers makes the reports and loads what they are made of."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

SALES = {"north": {"oslo": 12, "turku": 7}, "south": {"bari": 9, "cadiz": 4, "patras": 5}}


def load(region, shop):
    time.sleep(0.002)
    return SALES[region][shop]


class Office:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="report")
        self.loaders = self.pool

    def report(self, region):
        parts = [self.loaders.submit(load, region, shop) for shop in SALES[region]]
        return f"{region}: {sum(part.result() for part in parts)}"

    def close(self):
        self.pool.shutdown()
        self.loaders.shutdown()


def clerk(office, region, arrives, desk):
    time.sleep(arrives)
    desk[region] = office.pool.submit(office.report, region).result()


def main():
    office = Office()
    desk = {}
    clerks = [threading.Thread(target=clerk, args=(office, *who, desk)) for who in (("north", 0), ("south", 0.05))]
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join()
    office.close()
    return sorted(desk.values())


if __name__ == "__main__":
    print(main())
