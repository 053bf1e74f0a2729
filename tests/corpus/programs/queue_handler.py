"""A log handler that finds its queue full logs that, through the logger whose handler it is."""

import logging
import queue
import threading

log = logging.Logger("export", logging.INFO)


class QueueHandler(logging.Handler):
    def __init__(self, size):
        super().__init__()
        self._guard = threading.Lock()
        self.records = queue.Queue(size)
        self.count = 0

    def emit(self, record):
        with self._guard:
            self.count += 1
            try:
                self.records.put_nowait(record.getMessage())
            except queue.Full:
                log.warning("queue of %d is full", self.records.maxsize)


def exporter(handler, sent):
    while (line := handler.records.get()) != "end":
        sent.append(line)


def main():
    handler = QueueHandler(1)
    log.handlers[:] = [handler]
    sent = []
    exporting = threading.Thread(target=exporter, args=(handler, sent))
    exporting.start()
    for line in ("load", "fit", "end"):
        log.info(line)
        threading.Event().wait(0.05)
    exporting.join()
    return sent, handler.count
