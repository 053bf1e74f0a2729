"""A workspace must keep an administrator: the handler that demotes one counts them first."""

import json
import sqlite3
import tempfile
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Workspaces(ThreadingHTTPServer):
    def __init__(self, path):
        super().__init__(("127.0.0.1", 0), Handler)
        self.path = path
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE members (name TEXT PRIMARY KEY, role TEXT)")
            db.executemany("INSERT INTO members VALUES (?, 'admin')", [("ann",), ("bob",)])
        db.close()

    def members(self):
        db = sqlite3.connect(self.path, timeout=10)
        try:
            return [name for (name,) in db.execute("SELECT name FROM members ORDER BY name")]
        finally:
            db.close()

    def demote(self, name):
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            (admins,) = db.execute("SELECT COUNT(*) FROM members WHERE role = 'admin'").fetchone()
            if admins <= 1:
                return False
            db.execute("UPDATE members SET role = 'viewer' WHERE name = ?", (name,))
            return True
        finally:
            db.close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"members": self.server.members()})

    def do_POST(self):
        self.answer({"demoted": self.server.demote(self.path.rpartition("/")[2])})

    def answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def post(server, name, views, answers):
    url = f"http://127.0.0.1:{server.server_port}/members"
    for _ in range(views):
        with urllib.request.urlopen(url, timeout=10) as response:
            assert name in json.load(response)["members"]
    with urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", data=b"", method="POST"), timeout=10) as response:
        answers[name] = json.load(response)["demoted"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workspace.db"
        server = Workspaces(path)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        answers = {}
        clients = [threading.Thread(target=post, args=(server, name, views, answers)) for name, views in (("ann", 0), ("bob", 10))]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        server.shutdown()
        serving.join()
        server.server_close()
        db = sqlite3.connect(path)
        (admins,) = db.execute("SELECT COUNT(*) FROM members WHERE role = 'admin'").fetchone()
        db.close()
        assert admins == 1, f"{admins} administrators left"
        return sorted(answers.values())


if __name__ == "__main__":
    print(main())
