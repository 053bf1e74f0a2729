"""Forced orders between threads that use SQLite: who is held goes on with no statement, also with none that the order does not name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

PROGRAM = """
    import sqlite3, threading, time

    def connect():
        return sqlite3.connect("app.db", isolation_level=None, timeout=1)

    gone = []

    def first(begin):
        database = connect()
        if begin:
            database.execute("BEGIN IMMEDIATE")
        (old,) = database.execute("SELECT n FROM counts").fetchone()
        if old == 0:
            cursor = database.cursor()
            cursor.execute("UPDATE counts SET n = 7")
        print("first goes on")
        gone.append(True)
        database.execute("INSERT INTO counts VALUES (1)")
        if begin:
            database.execute("COMMIT")

    def second(begin):
        while begin and not gone:
            time.sleep(0.001)
        print("second finds", connect().execute("SELECT n FROM counts").fetchall())

    def main(begin):
        database = connect()
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE counts (n INTEGER)")
        database.execute("INSERT INTO counts VALUES (0)")
        threads = [threading.Thread(target=first, args=(begin,)), threading.Thread(target=second, args=(begin,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(database.execute("SELECT n FROM counts").fetchall())
"""
PLACES = {
    "a1": place("main/first", "sql", '(old,) = database.execute("SELECT n FROM counts").fetchone()'),
    "a2": place("main/first", "sql", 'database.execute("INSERT INTO counts VALUES (1)")'),
    "b1": place("main/second", "start"),
    "b2": place("main/second", "end"),
}
INSIDE = order(PLACES, ("a1", "b1", None), ("b2", "a2", "a1"))


@pytest.mark.parametrize("recorded", [False, True], ids=["plain", "recorded"])
def test_a_held_thread_makes_no_statement_that_the_order_does_not_name(tmp_path: Path, recorded: bool) -> None:
    done = run(tmp_path, PROGRAM + "\n    main(False)\n", INSIDE, recorded=recorded)
    assert done.stdout.splitlines() == ["second finds [(0,)]", "first goes on", "[(7,), (1,)]"], done.stderr
    assert done.result["feasible"] and done.why is None


def test_who_has_locks_of_a_transaction_goes_on_to_its_place(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM + "\n    main(True)\n", INSIDE)
    assert done.stdout.splitlines() == ["first goes on", "second finds [(0,)]", "[(7,), (1,)]"], done.stderr
    assert done.result["feasible"]


def test_who_may_be_held_from_its_start_on_makes_statements_that_others_look_for(tmp_path: Path) -> None:
    """Nobody who is held only at a named place waits at another."""
    places = {"a1": PLACES["a2"], "b1": PLACES["b2"]}
    done = run(tmp_path, PROGRAM.replace("(0)", "(3)") + "\n    main(False)\n", order(places, ("b1", "a1", None)))
    assert done.stdout.splitlines()[-1] == "[(3,), (1,)]" and done.result["feasible"], done.stderr
