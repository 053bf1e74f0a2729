"""A printer takes sheets off the spool, and sleeps under the condition for as long as there is none."""

import threading
import time


class Spool:
    def __init__(self):
        self.sheets = []
        self.closed = False
        self._more = threading.Condition()

    def empty(self):
        return not self.sheets and not self.closed

    def put(self, sheet):
        with self._more:
            self.sheets.append(sheet)
            self._more.notify()

    def close(self):
        with self._more:
            self.closed = True
            self._more.notify()

    def take(self):
        with self._more:
            while self.empty():
                self._more.wait()
            return self.sheets.pop(0) if self.sheets else None


class Printer:
    def __init__(self, spool):
        self.spool = spool
        self.printed = []

    def run(self):
        while (sheet := self.spool.take()) is not None:
            self.printed.append(sheet.upper())


def main():
    spool = Spool()
    printer = Printer(spool)
    thread = threading.Thread(target=printer.run, daemon=True)
    thread.start()
    for sheet in ("cover", "letter"):
        time.sleep(0.02)
        spool.put(sheet)
    time.sleep(0.02)
    spool.close()
    thread.join()
    return printer.printed, spool.sheets, thread.is_alive()
