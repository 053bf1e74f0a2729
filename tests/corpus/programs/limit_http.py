"""A server keeps rate buckets of its last clients in an ordered dict and drops the oldest one."""

import http.client
import threading
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Buckets:
    def __init__(self, capacity, size):
        self.capacity = capacity
        self.size = size
        self._left = OrderedDict()

    def take(self, client):
        left = self._left.get(client, self.capacity)
        if left <= 0:
            return False
        self._left[client] = left - 1
        if len(self._left) > self.size:
            self._left.popitem(last=False)
        self._left.move_to_end(client)
        return True


class LimitedServer(ThreadingHTTPServer):
    def __init__(self, buckets):
        super().__init__(("127.0.0.1", 0), Handler)
        self.buckets = buckets


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        allowed = self.server.buckets.take(self.path.lstrip("/"))
        self.send_response(200 if allowed else 429)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def visit(port, client, statuses):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", f"/{client}")
        statuses.append(connection.getresponse().status)
    except (http.client.HTTPException, ConnectionError):
        statuses.append(502)
    finally:
        connection.close()


def main():
    buckets, statuses = Buckets(capacity=5, size=2), []
    buckets.take("ann")
    with LimitedServer(buckets) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        clients = ["ann", "bob", "cid"]
        threads = [threading.Thread(target=visit, args=(server.server_port, name, statuses)) for name in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.shutdown()
        serving.join()
    return sorted(statuses), len(buckets._left)
