"""Stopping a live display joins the refreshing thread while holding the lock that thread draws under."""

import threading
import time


class Refresher(threading.Thread):
    def __init__(self, live, interval):
        super().__init__(daemon=True)
        self.live = live
        self.interval = interval
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(self.interval):
            self.live.refresh()


class Live:
    def __init__(self, interval=0.04):
        self._lock = threading.Lock()
        self._refresher = Refresher(self, interval)
        self.frames = 0
        self.screen = []
        self.started = False

    def start(self):
        with self._lock:
            self.started = True
            self._refresher.start()

    def update(self, line):
        with self._lock:
            self.screen.append(line)

    def refresh(self):
        with self._lock:
            self.frames += 1

    def stop(self):
        with self._lock:
            self.started = False
            self._refresher.done.set()
            self._refresher.join()


def main():
    live = Live()
    live.start()
    for step in ("load", "train", "save"):
        live.update(step)
        time.sleep(0.03)
    live.stop()
    return live.screen, live.started, live._refresher.is_alive()
