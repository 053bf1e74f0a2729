"""Looking and writing, and closing, are made under one lock."""

import io
import threading


class Connection:
    def __init__(self):
        self._lock = threading.Lock()
        self.is_closed = False
        self._socket = io.StringIO()
        self.failures = []

    def handle_write(self, frame):
        with self._lock:
            if self.is_closed:
                return
            try:
                self._socket.write(frame)
            except ValueError as error:
                self.failures.append(str(error))

    def close(self):
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
            self._socket.close()


def main():
    connection = Connection()
    writing = threading.Thread(target=connection.handle_write, args=("QUERY",))
    closing = threading.Thread(target=connection.close)
    writing.start()
    closing.start()
    writing.join()
    closing.join()
    return connection.failures
