"""A test helper: jobs are worked off in a thread, and a test waits until the worker is idle.

After https://github.com/RentMethod/celerytest/issues/6
"""

import queue
import threading
import time


class Worker(threading.Thread):
    def __init__(self):
        super().__init__(name="worker", daemon=True)
        self.idle = threading.Event()
        self.idle.set()
        self._jobs = queue.Queue()

    def delay(self, function, *args):
        self._jobs.put((function, args))

    def stop(self):
        self._jobs.put(None)
        self.join()

    def run(self):
        while (job := self._jobs.get()) is not None:
            self.idle.clear()
            function, args = job
            function(*args)
            self.idle.set()


class Mailer:
    def __init__(self):
        self.outbox = []

    def send_welcome(self, user):
        time.sleep(0.05)
        self.outbox.append(f"welcome, {user}")


def render_page(user):
    time.sleep(0.03)
    return f"<h1>{user}</h1>"


def sign_up(worker, mailer, user):
    worker.delay(mailer.send_welcome, user)
    return render_page(user)


def main():
    worker, mailer = Worker(), Mailer()
    worker.start()
    page = sign_up(worker, mailer, "ada")
    worker.idle.wait()
    sent = list(mailer.outbox)
    worker.stop()
    return page, sent


if __name__ == "__main__":
    assert main()[1] == ["welcome, ada"]
