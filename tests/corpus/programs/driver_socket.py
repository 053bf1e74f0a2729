"""A driver writes to a socket from the threads of its user; a failed heartbeat closes it.

After https://github.com/scylladb/python-driver/pull/697
"""

import os
import threading
import time


class Connection:
    def __init__(self):
        self.reader, self._socket = os.pipe()
        self._lock = threading.Lock()
        self.is_closed = False

    def push(self, message):
        if self.is_closed:
            raise ConnectionError("connection is closed")
        os.write(self._socket, message)

    def close(self):
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
        os.close(self._socket)


class Session:
    def __init__(self, connection):
        self.connection = connection
        self.errors = []

    def execute(self, query):
        try:
            self.connection.push(query.encode())
        except ConnectionError:
            self.errors.append("retry elsewhere")

    def heartbeat(self, after):
        time.sleep(after)
        self.connection.close()


def client(session, queries, pause):
    for query in queries:
        session.execute(query)
        time.sleep(pause)


def main():
    connection = Connection()
    session = Session(connection)
    failures = []
    threading.excepthook = lambda arguments: failures.append(arguments.exc_type.__name__)
    threads = [
        threading.Thread(target=client, args=(session, ["SELECT 1;", "SELECT 2;"], 0.02)),
        threading.Thread(target=session.heartbeat, args=(0.2,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with os.fdopen(connection.reader, "rb") as pipe:
        received = pipe.read()
    return received.count(b";") + len(session.errors), failures


if __name__ == "__main__":
    assert main() == (2, [])
