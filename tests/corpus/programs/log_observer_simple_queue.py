"""Log messages are handed over in a re-entrant queue; a result that was never looked at logs that when it is collected."""

import gc
import queue
import threading


class LogObserver:
    def __init__(self):
        self._events = queue.SimpleQueue()

    def msg(self, **event):
        self._events.put(event)

    @property
    def lines(self):
        return [self._events.get() for _ in range(self._events.qsize())]


class Deferred:
    def __init__(self, log):
        self._log = log
        self.error = None
        self.callbacks = [self.fail]

    def fail(self, error):
        self.error = error

    def __del__(self):
        if self.error is not None:
            self._log.msg(text="unhandled error", error=self.error)


def request(log, number):
    result = Deferred(log)
    log.msg(text=f"request {number}")
    result.callbacks[0](f"refused {number}")


def main():
    log = LogObserver()
    client = threading.Thread(target=lambda: [request(log, number) for number in range(3)])
    client.start()
    client.join()
    gc.collect()
    texts = sorted(line["text"] for line in log.lines)
    assert texts.count("unhandled error") == 3, texts
    return len(texts)


if __name__ == "__main__":
    print(main())
