"""A stand-in for a sandbox: samples are handed in over HTTP and get the number of their job back.

After https://github.com/scVENUS/PeekabooAV/pull/215
"""

import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class DummyCuckoo(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        self.lastid = 0
        self.jobs = {}

    def create(self, sample):
        with self._lock:
            self.lastid += 1
            job_id = self.lastid
        self.jobs[job_id] = {"sample": sample, "status": "pending"}
        return job_id


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sample = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._reply({"task_id": self.server.create(sample)})

    def do_GET(self):
        number = int(self.path.rpartition("/")[2])
        self._reply({"task": self.server.jobs[number]})

    def _reply(self, payload):
        body = json.dumps(payload).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def submit(base, sample):
    with urllib.request.urlopen(f"{base}/tasks/create/file", data=sample.encode(), timeout=5) as reply:
        return json.load(reply)["task_id"]


def view(base, number):
    with urllib.request.urlopen(f"{base}/tasks/view/{number}", timeout=5) as reply:
        return json.load(reply)["task"]["sample"]


def main():
    with DummyCuckoo() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        base = "http://{}:{}".format(*server.server_address)
        seen = {}

        def analyse(sample, after):
            time.sleep(after)
            seen[sample] = view(base, submit(base, sample))

        clients = [
            threading.Thread(target=analyse, args=("invoice.doc", 0.0)),
            threading.Thread(target=analyse, args=("offer.pdf", 0.08)),
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        server.shutdown()
    return sorted(seen.items())


if __name__ == "__main__":
    for handed_in, analysed in main():
        assert handed_in == analysed, (handed_in, analysed)
