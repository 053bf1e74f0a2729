"""Looking and counting are made under a lock."""

import threading


class Server:
    def __init__(self, limit):
        self.limit = limit
        self.connections = {}
        self.refused = []
        self._lock = threading.Lock()

    def connect(self, address, name):
        with self._lock:
            count = self.connections.get(address, 0)
            if count >= self.limit:
                self.refused.append(name)
                return False
            self.connections[address] = count + 1
            return True


def main():
    server = Server(1)
    threads = [threading.Thread(target=server.connect, args=("10.0.0.1", name)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return server.connections, len(server.refused)
