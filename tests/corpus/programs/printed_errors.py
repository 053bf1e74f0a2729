"""A monitor clears old entries out of the table of printed errors, into which the probes write."""

import threading


class ErrorLog:
    def __init__(self, keep):
        self.keep = keep
        self._printed = {}

    def _is_old(self, stamp, now):
        return now - stamp > self.keep

    def report(self, message, now):
        first = message not in self._printed
        self._printed[message] = now
        return first

    def clear_old(self, now):
        old = []
        for message, stamp in self._printed.items():
            if self._is_old(stamp, now):
                old.append(message)
        for message in old:
            self._printed.pop(message, None)
        return len(old)


class Monitor(threading.Thread):
    def __init__(self, log):
        super().__init__(name="monitor")
        self.log = log
        self.cleared = None

    def run(self):
        try:
            self.cleared = self.log.clear_old(now=50)
        except RuntimeError as error:
            self.cleared = repr(error)


def main():
    log = ErrorLog(keep=30)
    for number in range(6):
        log.report(f"node {number} is silent", now=number * 10)
    monitor = Monitor(log)
    probe = threading.Thread(target=log.report, args=("master is gone", 50))
    monitor.start()
    probe.start()
    monitor.join()
    probe.join()
    return monitor.cleared, sorted(log._printed)
