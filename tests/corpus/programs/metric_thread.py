"""The base class starts its thread at the end of its constructor; the subclass sets the path only after that."""

import queue
import threading
import time


class Reporter(threading.Thread):
    def __init__(self, interval):
        super().__init__(daemon=True)
        self.interval = interval
        self.inbox = queue.SimpleQueue()
        self.sent = []
        self.start()

    def run(self):
        time.sleep(self.interval)
        try:
            self.send("hello")
            while (item := self.inbox.get()) is not None:
                self.send(item)
        except AttributeError as error:
            self.sent.append(str(error))

    def send(self, item):
        raise NotImplementedError

    def stop(self):
        self.inbox.put(None)
        self.join()


class SocketReporter(Reporter):
    def __init__(self, folder, task):
        super().__init__(interval=0.02)
        self.socket_path = "/".join((folder, f"{task}.sock"))

    def send(self, item):
        self.sent.append(f"{self.socket_path} <- {item}")


def main():
    reporter = SocketReporter("/run", "prime")
    reporter.inbox.put("loss=3")
    reporter.stop()
    return reporter.sent
