"""Settings are sent holding the read lock, requests are read holding the write lock, and nothing is held by both."""

import threading


class Connection:
    def __init__(self):
        self._lock = threading.RLock()
        self._read_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self.inbox = []
        self.outbox = []

    def request(self, frame):
        with self._write_lock:
            self.outbox.append(frame)
            with self._read_lock:
                self.inbox.append(f"ack {frame}")

    def settings(self):
        with self._read_lock:
            pending = len(self.inbox)
            with self._write_lock:
                self.outbox.append(f"settings {pending >= 0}")


def main():
    connection = Connection()
    asking = threading.Thread(target=connection.request, args=("GET /",))
    settling = threading.Thread(target=connection.settings)
    asking.start()
    settling.start()
    asking.join()
    settling.join()
    return sorted(connection.outbox), connection.inbox
