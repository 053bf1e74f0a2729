"""The job is complete before it is put on the board."""

import threading


class Board:
    def __init__(self):
        self.jobs = {}

    def submit(self, number, command):
        job = {}
        job["command"] = command
        job["state"] = "queued"
        self.jobs[number] = job

    def watch(self, seen):
        for number, job in list(self.jobs.items()):
            seen.append((number, job["state"]))


def main():
    board = Board()
    board.submit(1, "build")
    seen = []
    submitting = threading.Thread(target=board.submit, args=(2, "test"))
    watching = threading.Thread(target=board.watch, args=(seen,))
    submitting.start()
    watching.start()
    submitting.join()
    watching.join()
    return len(seen) >= 1, {number: job["state"] for number, job in board.jobs.items()}
