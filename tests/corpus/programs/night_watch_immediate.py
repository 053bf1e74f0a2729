"""One of the wardens must be on duty at night: who goes off looks whether another stays in a transaction that writes from its begin."""

import sqlite3
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def writing(path):
    database = sqlite3.connect(path, timeout=5, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    finally:
        database.close()


def go_off(path, warden, at, answers):
    time.sleep(at)
    with writing(path) as database:
        others = database.execute("SELECT name FROM warden WHERE duty = 1 AND name <> ?", (warden,)).fetchall()
        if others:
            database.execute("UPDATE warden SET duty = 0 WHERE name = ?", (warden,))
    answers[warden] = bool(others)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "watch.db")
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE warden (name TEXT PRIMARY KEY, duty INTEGER)")
        with database:
            database.executemany("INSERT INTO warden VALUES (?, 1)", [("ida",), ("jon",)])
        answers = {}
        wardens = [threading.Thread(target=go_off, args=(path, name, at, answers)) for name, at in (("ida", 0), ("jon", 0.07))]
        for warden in wardens:
            warden.start()
        for warden in wardens:
            warden.join()
        on_duty = database.execute("SELECT count(*) FROM warden WHERE duty = 1").fetchone()[0]
        database.close()
        return sum(answers.values()), on_duty
