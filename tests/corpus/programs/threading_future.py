"""An actor's answer comes as a future over a one-item queue; the value is kept once somebody has fetched it."""

import queue
import threading


class ThreadingFuture:
    def __init__(self):
        self._queue = queue.Queue(maxsize=1)
        self._known = False
        self._value = None

    def set(self, value):
        self._queue.put(value, block=False)

    def get(self):
        if not self._known:
            self._value = self._queue.get()
            self._known = True
        return self._value


class Actor:
    def __init__(self):
        self._inbox = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def ask(self, message):
        reply = ThreadingFuture()
        self._inbox.put((message, reply))
        return reply

    def stop(self):
        self._inbox.put(None)
        self._thread.join()

    def _run(self):
        while (item := self._inbox.get()) is not None:
            message, reply = item
            reply.set(message.upper())


def report(future, lines):
    lines.append(future.get())


def main():
    actor = Actor()
    status = actor.ask("playing")
    actor.stop()
    lines = []
    readers = [threading.Thread(target=report, args=(status, lines)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert lines == ["PLAYING", "PLAYING"], lines
    return lines


if __name__ == "__main__":
    print(main())
