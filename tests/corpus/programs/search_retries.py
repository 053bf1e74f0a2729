"""A broadcaster keeps the searches nobody has answered; a second thread sends them again."""

import threading


class Broadcaster:
    def __init__(self):
        self._lock = threading.Lock()
        self._unanswered = {}
        self._next = 0
        self.sent = []

    def search(self, name):
        with self._lock:
            self._next += 1
            self._unanswered[self._next] = name
        self.sent.append(name)

    def answered(self, number):
        with self._lock:
            return self._unanswered.pop(number)

    def retry(self):
        again = []
        for number, name in self._unanswered.items():
            again.append((number, name))
        self.sent.extend(name for _, name in again)
        return len(again)


def look_up(broadcaster, names):
    for name in names:
        broadcaster.search(name)


def main():
    broadcaster = Broadcaster()
    broadcaster.search("motor:x")
    broadcaster.search("motor:y")
    failures = []

    def retry_thread():
        try:
            broadcaster.retry()
        except RuntimeError as error:
            failures.append(str(error))

    searching = threading.Thread(target=look_up, args=(broadcaster, ["det:1", "det:2", "det:3"]))
    retrying = threading.Thread(target=retry_thread)
    searching.start()
    retrying.start()
    searching.join()
    retrying.join()
    assert not failures, failures
    assert broadcaster.answered(3) == "det:1"
    return sorted(set(broadcaster.sent))


if __name__ == "__main__":
    print(main())
