"""Log messages are handed to a writer under a lock; a result that was never looked at logs that when it is collected."""

import gc
import threading


class LogObserver:
    def __init__(self):
        self._lock = threading.Lock()
        self.lines = []

    def msg(self, **event):
        with self._lock:
            self.lines.append({"number": len(self.lines), **event})


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
