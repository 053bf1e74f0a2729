"""Jobs write into one dictionary without a lock; it is read when the queue says that all are done."""

import queue
import threading


class Counting:
    def __init__(self, texts):
        self.jobs = queue.Queue()
        self.counts = {}
        self.total = 0
        for job in texts.items():
            self.jobs.put(job)

    def work(self):
        while True:
            name, text = self.jobs.get()
            self.counts[name] = len(text.split())
            self.jobs.task_done()

    def finish(self):
        self.jobs.join()
        for name in sorted(self.counts):
            self.total = self.total + self.counts[name]
        return self.total


def main():
    counting = Counting({"one": "a b c", "two": "d", "three": "e f"})
    for _ in range(2):
        threading.Thread(target=counting.work, daemon=True).start()
    return counting.finish(), sorted(counting.counts.items())
