"""An actor's answer comes as a future whose value is kept under a condition; any number may fetch it."""

import queue
import threading


class ThreadingFuture:
    def __init__(self):
        self._condition = threading.Condition()
        self._known = False
        self._value = None

    def set(self, value):
        with self._condition:
            self._value = value
            self._known = True
            self._condition.notify_all()

    def get(self):
        with self._condition:
            while not self._known:
                self._condition.wait()
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
