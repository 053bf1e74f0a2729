"""Frames are rendered by a pool; the list of those under way is locked while a frame is submitted, and when one is done."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial


class Renderer:
    def __init__(self, pool):
        self.pool = pool
        self.lock = threading.Lock()
        self.underway = set()
        self.done = []

    def submit(self, frame):
        with self.lock:
            self.underway.add(frame)
            future = self.pool.submit(self.render, frame)
            future.add_done_callback(partial(self.finished, frame))

    def render(self, frame):
        time.sleep(0.02)
        return frame * frame

    def finished(self, frame, future):
        with self.lock:
            self.underway.discard(frame)
            self.done.append(future.result())


def main():
    with ThreadPoolExecutor(2) as pool:
        renderer = Renderer(pool)
        for frame in range(3):
            renderer.submit(frame)
    return sorted(renderer.done), len(renderer.underway)
