"""A worker runs until a flag is set."""

import threading


class Worker:
    def __init__(self):
        self.stopping = False
        self.rounds = 0

    def run(self):
        while not self.stopping:
            self.rounds += 1
            if self.rounds > 1000:
                break

    def stop(self):
        self.stopping = True


def main():
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    worker.stop()
    thread.join()
    return worker.stopping
