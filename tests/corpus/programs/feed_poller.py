"""A poller starts its thread in the middle of its own construction."""

import threading


class Poller:
    def __init__(self, feeds, parser=str.title):
        self.feeds = feeds
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.parser = self._checked(parser)
        self.items = []

    def _checked(self, parser):
        if not callable(parser):
            raise TypeError("parser")
        return parser

    def _run(self):
        if self.stopped.wait(0.05):
            return
        for feed in self.feeds:
            self.items.append(self.parser(feed))

    def close(self):
        self.thread.join()
        self.stopped.set()


def main():
    poller = Poller(["morning news", "evening news"])
    poller.close()
    return poller.items
