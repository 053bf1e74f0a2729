"""The subclass sets everything up and starts the thread last."""

import queue
import threading


class Reporter(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.inbox = queue.SimpleQueue()
        self.sent = []

    def run(self):
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
        super().__init__()
        self.socket_path = "/".join((folder, f"{task}.sock"))
        self.start()

    def send(self, item):
        self.sent.append(f"{self.socket_path} <- {item}")


def main():
    reporter = SocketReporter("/run", "prime")
    reporter.inbox.put("loss=3")
    reporter.stop()
    return reporter.sent
