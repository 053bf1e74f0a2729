"""Rows of three threads: what upserts replace, with the third kept out of the way; beside it the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

HITS = """\
import sqlite3, threading, time
from contextlib import closing

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def count(page, delay):
    time.sleep(delay)
    with connect() as database:
        BEGIN
        row = database.execute("SELECT n FROM hits WHERE page = ?", (page,)).fetchone()
        WRITE
        COMMIT

def main():
    with connect() as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("DROP TABLE IF EXISTS hits")
        database.execute("CREATE TABLE hits (page TEXT PRIMARY KEY, n INTEGER)")
    threads = [threading.Thread(target=count, args=("home", 0.1 * number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as database:
        return database.execute("SELECT page, n FROM hits").fetchall()

if __name__ == "__main__":
    print(main())
"""
REPLACES = 'database.execute("INSERT OR REPLACE INTO hits VALUES (?, ?)", (page, (row[0] if row else 0) + 1))'
SETS = 'database.execute("INSERT INTO hits VALUES (?, ?) ON CONFLICT (page) DO UPDATE SET n = excluded.n", (page, row[0] + 1 if row else 1))'
FILLS = 'row or database.execute("INSERT OR REPLACE INTO hits VALUES (?, ?)", (page, 1))'


JOBS = """\
import sqlite3, threading, time
from contextlib import closing

FREE = "SELECT id, lock FROM jobs WHERE state = 'todo' AND lock NOT IN (SELECT lock FROM locks) ORDER BY id LIMIT 1"

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def fetch(delay):
    time.sleep(delay)
    with connect() as database:
        BEGIN
        job = database.execute(FREE).fetchone()
        if job is not None:
            database.execute("UPDATE jobs SET state = 'doing' WHERE id = ?", (job[0],))
            database.execute("INSERT INTO locks VALUES (?)", (job[1],))
        COMMIT

def main():
    with connect() as database:
        database.executescript("DROP TABLE IF EXISTS jobs; DROP TABLE IF EXISTS locks; CREATE TABLE locks (lock TEXT)")
        database.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, lock TEXT, state TEXT DEFAULT 'todo')")
        database.execute("INSERT INTO jobs (lock) VALUES ('picture'), ('picture')")
    threads = [threading.Thread(target=fetch, args=(0.1 * number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as database:
        return database.execute("SELECT lock FROM locks").fetchall()

if __name__ == "__main__":
    print(main())
"""
ROLES = """\
import sqlite3, threading, time
from contextlib import closing

class Taken(Exception):
    pass

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def refuse(database, name):
    if database.execute("SELECT 1 FROM roles WHERE name = ?", (name,)).fetchone():
        raise Taken(name)

def claim(own, other, delay):
    time.sleep(delay)
    with connect() as database:
        BEGIN
        try:
            refuse(database, other)
            database.execute("INSERT INTO roles VALUES (?)", (own,))
            COMMIT
        except Taken:
            pass

def main():
    with connect() as database:
        database.execute("DROP TABLE IF EXISTS roles")
        database.execute("CREATE TABLE roles (name TEXT)")
    threads = [threading.Thread(target=claim, args=args) for args in (("leader", "guest", 0), ("guest", "leader", 0.1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as database:
        return database.execute("SELECT name FROM roles").fetchall()

if __name__ == "__main__":
    print(main())
"""

LIMITS = """\
import sqlite3, threading, time
from contextlib import closing

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def enable(name, delay):
    time.sleep(delay)
    with connect() as database:
        BEGIN
        (count,) = database.execute("SELECT count(*) FROM rules WHERE team = ? AND enabled", ("acme",)).fetchone()
        if count < 1:
            database.execute("UPDATE rules SET enabled = 1 WHERE team = ? AND name = ?", ("acme", name))
        COMMIT

def main():
    with connect() as database:
        database.execute("DROP TABLE IF EXISTS rules")
        database.execute("CREATE TABLE rules (team TEXT, name TEXT, enabled INTEGER)")
        database.executemany("INSERT INTO rules VALUES ('acme', ?, 0)", [("a",), ("b",)])
    threads = [threading.Thread(target=enable, args=args) for args in (("a", 0), ("b", 0.1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as database:
        return database.execute("SELECT count(*) FROM rules WHERE enabled").fetchone()

if __name__ == "__main__":
    print(main())
"""

TASKS = """\
import sqlite3, threading, time
from contextlib import closing

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def take(database):
    begun = database.total_changes
    BEGIN
    task = database.execute("SELECT id FROM tasks WHERE state = 'new' ORDER BY id LIMIT 1").fetchone()
    if task is None:
        return None
    cursor = database.cursor()
    cursor.execute("UPDATE tasks SET state = 'taken' WHERE id = ? AND state = 'new'", task)
    COMMIT
    return task if WON else take(database)

def work(delay, done):
    time.sleep(delay)
    with connect() as database:
        while (task := take(database)) is not None:
            done.append(task)
            time.sleep(0.05)

def main():
    with connect() as database:
        database.executescript("DROP TABLE IF EXISTS tasks; CREATE TABLE tasks (id INTEGER PRIMARY KEY, state TEXT DEFAULT 'new')")
        database.executescript("INSERT INTO tasks DEFAULT VALUES; INSERT INTO tasks DEFAULT VALUES; INSERT INTO tasks DEFAULT VALUES")
    done = []
    threads = [threading.Thread(target=work, args=(0.02 * number, done)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(done)

if __name__ == "__main__":
    print(main())
"""

BEGIN, COMMIT = 'database.execute("BEGIN IMMEDIATE")', 'database.execute("COMMIT")'
CASES = {
    "replaces": (REPLACES, "pass", "pass", "confirmed"),
    "sets": (SETS, "pass", "pass", "confirmed"),
    "locked": (REPLACES, BEGIN, COMMIT, ""),
    "fills": (FILLS, "pass", "pass", ""),
}


@pytest.mark.parametrize("case", list(CASES))
def test_an_upsert_of_what_was_read_loses_what_came_in_between(tmp_path: Path, case: str) -> None:
    write, begin, commit, tier = CASES[case]
    assert tiers(tmp_path, HITS, {"BEGIN": begin, "WRITE": write, "COMMIT": commit}) == ({tier} if tier else set())


@pytest.mark.parametrize(("begin", "commit", "expected"), [("pass", "pass", {"confirmed"}), (BEGIN, COMMIT, set())])
def test_a_table_that_a_subquery_excludes_is_written_too_late(tmp_path: Path, begin: str, commit: str, expected: set[str]) -> None:
    assert tiers(tmp_path, JOBS, {"BEGIN": begin, "COMMIT": commit}) == expected


@pytest.mark.parametrize(("begin", "commit", "expected"), [("pass", "pass", {"confirmed"}), (BEGIN, COMMIT, set())])
def test_each_looks_for_the_row_that_the_other_adds(tmp_path: Path, begin: str, commit: str, expected: set[str]) -> None:
    """Write skew: neither queries the row that it writes, and a helper raises because of the query."""
    assert tiers(tmp_path, ROLES, {"BEGIN": begin, "COMMIT": commit}) == expected


@pytest.mark.parametrize(("begin", "commit", "expected"), [("pass", "pass", {"confirmed"}), (BEGIN, COMMIT, set())])
def test_an_update_that_names_its_row_by_two_columns_checks_nothing(tmp_path: Path, begin: str, commit: str, expected: set[str]) -> None:
    """Neither column of its WHERE is ever updated."""
    assert tiers(tmp_path, LIMITS, {"BEGIN": begin, "COMMIT": commit}) == expected


@pytest.mark.parametrize(
    ("won", "wrong"), [("True", True), ("database.total_changes", True), ("cursor.rowcount", False), ("database.total_changes > begun", False)]
)
def test_a_guarded_update_whose_count_nobody_asks_for(tmp_path: Path, won: str, wrong: bool) -> None:
    program = TASKS if "begun" in won else TASKS.replace("    begun = database.total_changes\n", "")
    program = program.replace("    BEGIN\n", "").replace("    COMMIT\n", "").replace("WON", won)
    assert tiers(tmp_path, program, {}) == ({"confirmed"} if wrong else set())


DELETES = """cursor.execute("DELETE FROM tasks WHERE id = ?", task)
    number, = task"""
RETURNS = """gone = cursor.execute("DELETE FROM tasks WHERE id = ? RETURNING id", task).fetchone()
    number, = task"""


@pytest.mark.parametrize(("deletes", "won", "wrong"), [(DELETES, "True", True), (DELETES, "cursor.rowcount", False), (RETURNS, "gone", False)])
def test_a_deletion_that_may_have_been_that_of_another(tmp_path: Path, deletes: str, won: str, wrong: bool) -> None:
    program = TASKS.replace("    begun = database.total_changes\n", "").replace("    BEGIN\n", "").replace("    COMMIT\n", "")
    update = """cursor.execute("UPDATE tasks SET state = 'taken' WHERE id = ? AND state = 'new'", task)"""
    program = program.replace(update, deletes).replace("return task if WON", f"return number if {won}")
    assert tiers(tmp_path, program, {}) == ({"confirmed"} if wrong else set())


def test_a_guarded_update_in_a_transaction_that_keeps_others_out(tmp_path: Path) -> None:
    program = TASKS.replace("    begun = database.total_changes\n", "").replace("WON", "True")
    program = program.replace("        return None\n", "        COMMIT\n        return None\n")
    assert tiers(tmp_path, program.replace("BEGIN", BEGIN).replace("COMMIT", COMMIT), {}) == set()


def tiers(folder: Path, text: str, statements: dict[str, str]) -> set[str]:
    """The tiers above `hint` that are proved for a program whose placeholder lines are replaced."""
    for word, statement in statements.items():
        text = text.replace(f"        {word}\n", f"        {statement}\n")
    (folder / "app.py").write_text(text)
    assert record(["app.py"], folder / "run.causeway", root=folder) == 0
    findings = judged(folder / "run.causeway")
    return {each.tier for each in findings if each.tier != "hint"}
