"""A job is put on the board before its fields are filled in; a watcher of the board reads it in between."""

import threading


class Board:
    def __init__(self):
        self.jobs = {}

    def submit(self, number, command):
        job = {}
        self.jobs[number] = job
        job["command"] = command
        job["state"] = "queued"

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
