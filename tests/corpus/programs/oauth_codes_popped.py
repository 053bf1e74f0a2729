"""An identity provider for development: a code is good for one token."""

import http.client
import itertools
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class CodeStore:
    def __init__(self):
        self._codes = {}
        self._serial = itertools.count(1)

    def grant(self, code, user):
        self._codes[code] = {"user": user}

    def redeem(self, code):
        grant = self._codes.pop(code, None)
        if grant is None:
            return None
        return f"{grant['user']}-{next(self._serial)}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        form = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.server.codes.redeem(form["code"])
        body = json.dumps({"token": token}).encode()
        self.send_response(200 if token else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def provider(codes):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.codes = codes
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def redeem(port, code, after, statuses):
    time.sleep(after)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/token", json.dumps({"code": code}))
    statuses.append(connection.getresponse().status)
    connection.close()


def main():
    codes, statuses = CodeStore(), []
    codes.grant("c-1", "ada")
    with provider(codes) as port:
        clients = [threading.Thread(target=redeem, args=(port, "c-1", after, statuses)) for after in (0, 0.05)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    return sorted(statuses)


if __name__ == "__main__":
    print(main())
