"""Workers fetch jobs from a service; a job is chosen and marked in one statement, so that each goes to one worker."""

import http.client
import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CLAIM = """
UPDATE jobs SET worker = :worker
WHERE id = (SELECT min(id) FROM jobs WHERE worker IS NULL)
RETURNING id
"""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        with closing(sqlite3.connect(self.server.database, isolation_level=None)) as connection:
            rows = connection.execute(CLAIM, {"worker": self.path.strip("/")}).fetchall()
        body = str(rows[0][0]).encode() if rows else b""
        self.send_response(200 if rows else 204)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@contextmanager
def serving(database):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.database = database
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def work(port, name):
    done = []
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", f"/{name}")
        response = connection.getresponse()
        job = response.read()
        connection.close()
        if response.status == 204:
            return done
        done.append(int(job))


def main():
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "jobs.db")
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, worker TEXT)")
            connection.executemany("INSERT INTO jobs (id) VALUES (?)", [(1,), (2,), (3,)])
        with serving(database) as port, ThreadPoolExecutor(2) as pool:
            shares = list(pool.map(work, [port, port], ["anvil", "bellows"]))
        return sorted(job for share in shares for job in share)
