"""The number of connections of an address is looked at and then counted up, by the thread of each connection."""

import threading


class Server:
    def __init__(self, limit):
        self.limit = limit
        self.connections = {}
        self.refused = []

    def connect(self, address, name):
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
