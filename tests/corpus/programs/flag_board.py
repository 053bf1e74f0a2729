"""Teams of a contest hand in the flags they have found and get the points of the task, once.

After https://github.com/balidani/tinyctf-platform/issues/1
"""

import logging
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
from flask import Flask, g, jsonify, request
from werkzeug.serving import make_server

SCHEMA = """
CREATE TABLE users (name TEXT PRIMARY KEY, score INTEGER);
CREATE TABLE tasks (name TEXT PRIMARY KEY, flag TEXT, points INTEGER);
CREATE TABLE flags (task TEXT, user TEXT);
INSERT INTO users VALUES ('foxes', 0), ('owls', 0);
INSERT INTO tasks VALUES ('xor', 'flag{x0r}', 100), ('rsa', 'flag{e=3}', 200);
"""


def create_app(database):
    app = Flask("tinyctf")

    def db():
        if "db" not in g:
            g.db = sqlite3.connect(database, timeout=5)
        return g.db

    @app.teardown_appcontext
    def hang_up(error):
        if (connection := g.pop("db", None)) is not None:
            connection.close()

    @app.post("/submit/<task>")
    def submit(task):
        user, flag = request.form["user"], request.form["flag"]
        wanted, points = db().execute("SELECT flag, points FROM tasks WHERE name = ?", (task,)).fetchone()
        if flag != wanted:
            return jsonify(success=False)
        solved = db().execute("SELECT 1 FROM flags WHERE task = ? AND user = ?", (task, user)).fetchone()
        if not solved:
            db().execute("INSERT INTO flags VALUES (?, ?)", (task, user))
            db().execute("UPDATE users SET score = score + ? WHERE name = ?", (points, user))
            db().commit()
        return jsonify(success=True)

    @app.get("/scoreboard")
    def scoreboard():
        return jsonify(dict(db().execute("SELECT name, score FROM users").fetchall()))

    return app


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "ctf.db")
        with closing(sqlite3.connect(database)) as connection:
            connection.executescript(SCHEMA)
        server = make_server("127.0.0.1", 0, create_app(database), threaded=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", timeout=10) as site:

            def browser(user, task, flag, after):
                time.sleep(after)
                site.post(f"/submit/{task}", data={"user": user, "flag": flag})

            clicks = [("foxes", "xor", "flag{x0r}", 0.0), ("foxes", "xor", "flag{x0r}", 0.2), ("owls", "rsa", "flag{e=3}", 0.1)]
            browsers = [threading.Thread(target=browser, args=click) for click in clicks]
            for each in browsers:
                each.start()
            for each in browsers:
                each.join()
            scores = site.get("/scoreboard").json()
        server.shutdown()
        serving.join()
        server.server_close()
    return sorted(scores.items())


if __name__ == "__main__":
    print(main())
