"""A bounded semaphore of one serves as the lock of a printer; it is taken and given back by hand."""

import threading


class Printer:
    def __init__(self):
        self._turn = threading.BoundedSemaphore(1)
        self.page = 0
        self.paper = []

    def _stamp(self, name):
        return f"{name} {self.page}"

    def print(self, name, pages):
        self._turn.acquire()
        try:
            for _ in range(pages):
                self.page = self.page + 1
                self.paper.append(self._stamp(name))
        finally:
            self._turn.release()


def main():
    printer = Printer()
    jobs = [threading.Thread(target=printer.print, args=job) for job in (("plan", 2), ("bill", 1))]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    numbers = [int(line.split()[1]) for line in printer.paper]
    return numbers, sorted(line.split()[0] for line in printer.paper)
