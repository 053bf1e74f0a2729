"""Leases end by a timer; a renewal cancels the timer and its number makes one that fires late do nothing."""

import threading


class LeaseTable:
    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = {}
        self._timers = []
        self.ended = {}

    def hold(self, name, seconds):
        with self._lock:
            number = self._numbers.get(name, 0) + 1
            self._numbers[name] = number
            for timer in self._timers:
                if timer.args[0] == name:
                    timer.cancel()
            timer = threading.Timer(seconds, self._end, args=(name, number))
            self._timers.append(timer)
            timer.start()

    def _end(self, name, number):
        with self._lock:
            if self._numbers.get(name) != number:
                return
            self.ended[name] = number

    def join(self):
        with self._lock:
            timers = list(self._timers)
        for timer in timers:
            timer.join()


class Holder(threading.Thread):
    def __init__(self, table, name, terms):
        super().__init__()
        self.table = table
        self.lease = name
        self.terms = terms

    def run(self):
        for seconds in self.terms:
            self.table.hold(self.lease, seconds)


def main():
    table = LeaseTable()
    holders = [Holder(table, "printer", [0.02, 0.01]), Holder(table, "scanner", [0.01])]
    for holder in holders:
        holder.start()
    for holder in holders:
        holder.join()
    table.join()
    return sorted(table.ended.items())
