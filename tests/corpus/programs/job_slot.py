"""The scheduler starts a job and gives it its slot afterwards; the job names its folder after the slot."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Job:
    uid: str
    folders: list
    slot: int | None = None
    handle: threading.Thread | None = field(default=None, repr=False)

    def prepare(self):
        time.sleep(0.01)

    def run(self):
        self.prepare()
        self.folders.append(f"{self.uid}-slot{self.slot}")

    def start(self):
        self.handle = threading.Thread(target=self.run, name=self.uid)
        self.handle.start()


class Walk:
    def __init__(self, tokens):
        self.free = list(range(1, tokens + 1))
        self.running = []
        self.folders = []

    def launch(self, uid):
        slot = self.free.pop(0)
        job = Job(uid, self.folders)
        job.start()
        job.slot = slot
        self.running.append(job)

    def finish(self):
        for job in self.running:
            job.handle.join()
            self.free.append(job.slot)
        self.running.clear()


def main():
    walk = Walk(tokens=2)
    walk.launch("build")
    walk.launch("test")
    walk.finish()
    return sorted(walk.folders), walk.free
