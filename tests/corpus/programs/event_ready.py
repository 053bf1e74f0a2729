"""A server thread fills in its address, then sets the event that its clients wait for."""

import threading


class Server(threading.Thread):
    def __init__(self):
        super().__init__()
        self.ready = threading.Event()
        self.stop = threading.Event()
        self.address = None
        self.routes = {}

    def run(self):
        self.routes["/health"] = "ok"
        self.address = ("127.0.0.1", 8000 + len(self.routes))
        self.ready.set()
        self.stop.wait()
        self.address = None


def main():
    server = Server()
    answers = []

    def client(path):
        server.ready.wait()
        answers.append((server.address[1], server.routes.get(path, "404")))

    clients = [threading.Thread(target=client, args=(path,)) for path in ("/health", "/admin")]
    for thread in [*clients, server]:
        thread.start()
    for thread in clients:
        thread.join()
    server.stop.set()
    server.join()
    return sorted(answers), server.address
