"""A server with a thread for every request counts votes in a dict."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Poll:
    def __init__(self):
        self.votes = {}

    def weight(self, voter):
        return 2 if voter.startswith("member-") else 1

    def vote(self, choice, voter):
        before = self.votes.get(choice, 0)
        self.votes[choice] = before + self.weight(voter)


class Handler(BaseHTTPRequestHandler):
    poll = None

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.poll.vote(body["choice"], body["voter"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


def cast(port, choice, voter):
    data = json.dumps({"choice": choice, "voter": voter}).encode()
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", data=data)).close()


def main():
    Handler.poll = Poll()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        voters = [("tea", "member-1"), ("tea", "guest-1"), ("milk", "guest-2")]
        threads = [threading.Thread(target=cast, args=(server.server_port, *voter)) for voter in voters]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.shutdown()
        serving.join()
    return sorted(Handler.poll.votes.items())
