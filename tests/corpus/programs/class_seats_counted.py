"""Students enroll for classes over HTTP; a class has so many seats."""

import sqlite3
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def open_db(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA synchronous = OFF")
    return db


def enroll(db, section, student):
    statement = """
    INSERT INTO enrolled (section, student)
    SELECT name, ? FROM sections
    WHERE name = ? AND seats > (SELECT count(*) FROM enrolled WHERE section = name)
    """
    return db.execute(statement, (student, section)).rowcount == 1


def handler_for(path):
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self):
            _, section, student = self.path.split("/")
            db = open_db(path)
            try:
                enrolled = enroll(db, section, student)
            finally:
                db.close()
            self.send_response(201 if enrolled else 409)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    return Handler


def student(url, after, answers):
    time.sleep(after)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="PUT")) as answer:
            answers.append(answer.status)
    except urllib.error.HTTPError as error:
        answers.append(error.code)


def main():
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "school.db"
        db = open_db(path)
        db.executescript("CREATE TABLE sections (name, seats); CREATE TABLE enrolled (section, student);")
        db.execute("INSERT INTO sections VALUES ('knots', 1)")
        with ThreadingHTTPServer(("127.0.0.1", 0), handler_for(path)) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
            base = f"http://127.0.0.1:{server.server_port}/knots"
            students = [threading.Thread(target=student, args=(f"{base}/{who}", after, answers)) for who, after in (("ada", 0), ("bo", 0.05))]
            for thread in students:
                thread.start()
            for thread in students:
                thread.join()
            server.shutdown()
        (count,) = db.execute("SELECT count(*) FROM enrolled").fetchone()
        db.close()
    return sorted(answers), count


if __name__ == "__main__":
    print(main())
