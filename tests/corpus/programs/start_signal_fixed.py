"""The condition guards a flag, and the wait is for the flag."""

import threading


class Pipeline:
    def __init__(self):
        self.ready = threading.Condition()
        self.waiting = threading.Event()
        self.is_open = False
        self.seen = []

    def stage(self, name):
        with self.ready:
            self.waiting.set()
            notified = self.ready.wait_for(lambda: self.is_open, 0.5)
        self.seen.append((name, notified))

    def open(self):
        with self.ready:
            self.is_open = True
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
