"""A test harness that starts accessories in another process: commands go over, replies come back through queues that can be cancelled."""

import multiprocessing
import time

fork = multiprocessing.get_context("fork")


class QueueCancelled(Exception):
    pass


class CancellableQueue:
    """A queue between processes; a getter sleeps until something has changed."""

    def __init__(self):
        self._items = fork.SimpleQueue()
        self._cancelled = fork.Value("b", 0)
        self._changed = fork.Condition()

    def put(self, item):
        with self._changed:
            self._items.put(item)
            self._changed.notify_all()

    def cancel(self):
        with self._changed:
            self._cancelled.value = 1
            self._changed.notify_all()

    def _ready(self):
        if self._cancelled.value:
            raise QueueCancelled
        return not self._items.empty()

    def get(self):
        with self._changed:
            while not self._ready():
                self._changed.wait()
            return self._items.get()


class AccessoryProxy:
    """What the test holds of an accessory."""

    def __init__(self):
        self._commands = CancellableQueue()
        self._replies = CancellableQueue()
        self._process = fork.Process(target=self._serve, name="accessory")

    def open(self):
        self._process.start()

    def call(self, command, *args):
        self._commands.put((command, args))
        return self._replies.get()

    def close(self):
        self._commands.cancel()
        self._process.join()

    def _serve(self):
        while True:
            try:
                command, args = self._commands.get()
            except QueueCancelled:
                return
            time.sleep(0.01)
            self._replies.put(f"{command}{args} done")


def main():
    accessory = AccessoryProxy()
    accessory.open()
    replies = [accessory.call("start", "--discriminator", 3840), accessory.call("stop")]
    time.sleep(0.01)
    accessory.close()
    return replies
