"""A call for papers counts how often each access code was redeemed."""

import http.client
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class AccessCode:
    def __init__(self, connection, code):
        self._connection = connection
        self.code = code
        (self.redeemed,) = connection.execute("SELECT redeemed FROM access_codes WHERE code = ?", (code,)).fetchone()

    def redeem(self):
        self.redeemed += 1
        self.save()

    def save(self):
        with self._connection:
            self._connection.execute("UPDATE access_codes SET redeemed = ? WHERE code = ?", (self.redeemed, self.code))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        with closing(sqlite3.connect(self.server.database)) as connection:
            AccessCode(connection, self.path.strip("/")).redeem()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args):
        pass


def submit(port, code):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", f"/{code}")
    connection.getresponse().read()
    connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "cfp.db")
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("CREATE TABLE access_codes (code TEXT PRIMARY KEY, redeemed INTEGER)")
            connection.execute("INSERT INTO access_codes VALUES ('early', 0)")
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.database = database
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
            speakers = []
            for _ in range(2):
                speakers.append(threading.Thread(target=submit, args=(server.server_port, "early")))
                speakers[-1].start()
                time.sleep(0.15)
            for speaker in speakers:
                speaker.join()
            server.shutdown()
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute("SELECT code, redeemed FROM access_codes").fetchall()
