"""Ticket numbers come from one counter whose next step is atomic; results stay with their calls."""

import itertools
from concurrent.futures import ThreadPoolExecutor, as_completed


class Desk:
    def __init__(self):
        self._numbers = itertools.count(1)

    def ticket(self, name):
        number = next(self._numbers)
        return number, name.title()


def main():
    desk = Desk()
    with ThreadPoolExecutor(max_workers=3) as pool:
        calls = [pool.submit(desk.ticket, name) for name in ("ann", "ben", "cleo")]
        tickets = [call.result() for call in as_completed(calls)]
    return sorted(number for number, _ in tickets), sorted(name for _, name in tickets)
