"""Payments carry a key: whether it is known, and the charge if it is not, are one step under a lock."""

import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Payments:
    def __init__(self):
        self.receipts = {}
        self.charged = []
        self._paying = threading.Lock()

    def _charge(self, cents):
        self.charged.append(cents)
        return f"receipt for {cents}"

    def pay(self, key, cents):
        with self._paying:
            if key not in self.receipts:
                self.receipts[key] = self._charge(cents)
            return self.receipts[key]


class Handler(BaseHTTPRequestHandler):
    payments = None

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.payments.pay(body["key"], body["cents"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


def send(port, key, cents, begins):
    time.sleep(begins)
    data = json.dumps({"key": key, "cents": cents}).encode()
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", data=data)).close()


def main():
    Handler.payments = Payments()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        senders = [
            threading.Thread(target=send, args=(server.server_port, *payment)) for payment in (("k1", 500, 0), ("k1", 500, 0.1), ("k2", 70, 0))
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        server.shutdown()
        serving.join()
    return sorted(Handler.payments.charged), sorted(Handler.payments.receipts.items())
