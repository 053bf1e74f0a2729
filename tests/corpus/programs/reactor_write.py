"""A driver's thread looks whether the connection is open and writes to it; another thread closes it in between."""

import io
import threading


class Connection:
    def __init__(self):
        self.is_closed = False
        self._socket = io.StringIO()
        self.failures = []

    def handle_write(self, frame):
        if self.is_closed:
            return
        try:
            self._socket.write(frame)
        except ValueError as error:
            self.failures.append(str(error))

    def close(self):
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
