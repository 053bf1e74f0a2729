"""A notification carries no state: who comes to wait after it waits for nothing."""

import threading


class Pipeline:
    def __init__(self):
        self.ready = threading.Condition()
        self.waiting = threading.Event()
        self.seen = []

    def stage(self, name):
        with self.ready:
            self.waiting.set()
            notified = self.ready.wait(0.5)
        self.seen.append((name, notified))

    def open(self):
        with self.ready:
            self.ready.notify_all()


def main():
    pipeline = Pipeline()
    stage = threading.Thread(target=pipeline.stage, args=("parse",))
    opening = threading.Timer(0.02, pipeline.open)
    stage.start()
    opening.start()
    stage.join()
    opening.join()
    return pipeline.seen
