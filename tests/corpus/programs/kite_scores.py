"""Judges of a kite contest send scores over HTTP; the handlers add them under one lock."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Contest:
    def __init__(self):
        self._lock = threading.Lock()
        self._scores = {}

    def add(self, kite, points):
        with self._lock:
            total, judges = self._scores.get(kite, (0, 0))
            self._scores[kite] = (total + points, judges + 1)

    def averages(self):
        with self._lock:
            scores = dict(self._scores)
        return {kite: total / judges for kite, (total, judges) in scores.items()}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        score = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.contest.add(score["kite"], score["points"])
        self._reply({})

    def do_GET(self):
        self._reply(self.server.contest.averages())

    def _reply(self, payload):
        body = json.dumps(payload).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.contest = Contest()
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        url = "http://{}:{}/".format(*server.server_address)

        def judge(points):
            for kite, given in points.items():
                data = json.dumps({"kite": kite, "points": given}).encode()
                urllib.request.urlopen(url, data=data, timeout=5).close()

        judges = [
            threading.Thread(target=judge, args=(points,))
            for points in ({"swallow": 6, "box": 9}, {"box": 7, "swallow": 8})
        ]
        for thread in judges:
            thread.start()
        for thread in judges:
            thread.join()
        with urllib.request.urlopen(url, timeout=5) as reply:
            averages = json.load(reply)
        server.shutdown()
        serving.join()
    return sorted(averages.items())


if __name__ == "__main__":
    assert main() == [("box", 8.0), ("swallow", 7.0)]
