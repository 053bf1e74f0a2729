"""sqlite3 with real databases: what is recorded, and that the program notices nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sdk.recorded import Run, run_both


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_both(tmp_path_factory.mktemp("sqlite"), """
        import sqlite3
        db = sqlite3.connect("bank.db")
        db.execute("create table accounts(id integer primary key, name text, password text, balance int)")
        db.execute("insert into accounts(name, password, balance) values (?, ?, ?)", ("alice", "canary-positional", 1000))
        db.execute("insert into accounts values (5, 'bob', 'canary-literal', 1)")
        db.executemany("insert into accounts(id, name) values (?, ?)", [(10, "x"), (11, "y")])
        db.commit()
        db.commit()
        with db:
            balance, = db.execute("select balance from accounts where id = ?", (1,)).fetchone()
            db.execute("update accounts set balance = ? where id = ?", (balance - 1, 1))
            db.execute("update accounts set balance = balance - :n where name = :name", {"n": 1, "name": "alice"})
        try:
            with db:
                db.execute("delete from accounts where id in (1, 2)")
                1 / 0
        except ZeroDivisionError:
            pass
        cursor = db.cursor()
        cursor.execute("select * from accounts where password = :password", {"password": "canary-named"})
        cursor.executescript("begin; create table other(a); commit;")
        try:
            db.execute("insert into nope values (1)")
        except sqlite3.OperationalError as error:
            print(error)
        db.execute("update accounts set balance = 0")
        print(cursor.close(), db.in_transaction, db.close())
        second = sqlite3.connect("bank.db", isolation_level=None)
        second.execute("BEGIN IMMEDIATE"); second.execute("COMMIT")
        def generator():
            yield 1, "z"
        second.executemany("insert into accounts(id, name) values (?, ?)", ((n, "g") for n in (20, 21)))
        print(second.execute("select count(*) from accounts").fetchone())
        sqlite3.connect(":memory:").execute("select 1")
    """)


def statements(recorded: Run) -> list[dict[str, Any]]:
    return recorded.facts("SQL")


def one(recorded: Run, start: str) -> dict[str, Any]:
    return next(fact for fact in statements(recorded) if fact["statement"].startswith(start))


def test_rows_are_named_by_table_and_key(recorded: Run) -> None:
    assert one(recorded, "insert into accounts(name")["rows"] == [["accounts", 1]], "from the row id that the insert gave"
    assert one(recorded, "insert into accounts values")["rows"] == [["accounts", 5]]
    assert one(recorded, "insert into accounts(id")["rows"] == [["accounts", 10], ["accounts", 11]]
    assert one(recorded, "select balance")["rows"] == [["accounts", 1]]
    assert one(recorded, "update accounts set balance = ?")["rows"] == [["accounts", 1]]
    assert one(recorded, "update accounts set balance = balance")["rows"] == [["accounts", "name=alice"]]
    assert one(recorded, "delete")["rows"] == [["accounts", 1], ["accounts", 2]]
    assert one(recorded, "update accounts set balance = 0")["rows"] == [["accounts"]]
    assert one(recorded, "select *")["rows"] == [["accounts"]], "a secret is no key"


def test_what_detectors_need(recorded: Run) -> None:
    blind, atomic = one(recorded, "update accounts set balance = ?"), one(recorded, "update accounts set balance = balance")
    assert (blind["atomic"], blind["given"], blind["columns"], blind["where"]) == (False, ["balance"], ["balance"], ["id"])
    assert (atomic["atomic"], atomic["given"]) == (True, [])
    assert blind["rowcount"] == 1 and blind["access"] == "write" and blind["tables"] == ["accounts"]
    assert one(recorded, "select balance")["access"] == "read"
    assert blind["started"] < blind["ns"]


def test_parameters_are_there_and_secrets_are_not(recorded: Run) -> None:
    assert one(recorded, "insert into accounts(name")["parameters"] == ["alice", "[redacted]", 1000]
    assert one(recorded, "select *")["parameters"] == {"password": "[redacted]"}
    assert one(recorded, "insert into accounts(id")["parameters"] == [[10, "x"], [11, "y"]]
    assert b"canary" not in recorded.raw()


def test_transactions(recorded: Run) -> None:
    facts = statements(recorded)
    inserts = [fact["transaction"] for fact in facts if fact["statement"].startswith("insert into accounts")][:3]
    assert len(set(inserts)) == 1 and inserts[0] is not None
    ends = [(fact["statement"], fact["transaction"]) for fact in facts if fact["statement"] in ("COMMIT", "ROLLBACK")]
    assert [statement for statement, _ in ends] == ["COMMIT", "COMMIT", "ROLLBACK", "ROLLBACK", "COMMIT"], "a commit of nothing leaves no record"
    assert ends[0][1] == inserts[0]
    assert one(recorded, "select balance")["transaction"] is None, "a read before the first write is outside"
    assert one(recorded, "update accounts set balance = ?")["transaction"] == one(recorded, "update accounts set balance = balance")["transaction"]
    immediate = one(recorded, "BEGIN IMMEDIATE")
    assert immediate["isolation"] == "IMMEDIATE" and immediate["transaction"] is not None


def test_databases_and_connections_are_told_apart(recorded: Run) -> None:
    facts = statements(recorded)
    first, second, memory = facts[0], one(recorded, "BEGIN IMMEDIATE"), facts[-1]
    assert first["connection"] != second["connection"] and first["database"] == second["database"] and first["database"].endswith("/bank.db")
    assert memory["database"].startswith(":memory:")


def test_failures_are_recorded_as_such(recorded: Run) -> None:
    failed = one(recorded, "insert into nope")
    assert failed["error"] == "OperationalError" and failed["rows"] == [["nope"]]
    assert recorded.gaps() == []


def test_the_classes_stay_what_they_are(tmp_path: Path) -> None:
    run_both(tmp_path, """
        import inspect, sqlite3
        print(type(sqlite3.Connection.execute), sqlite3.Connection.execute, inspect.ismethoddescriptor(sqlite3.Cursor.execute))
        print(sqlite3.Connection.__dict__.keys(), sqlite3.Connection.execute.__doc__, sqlite3.Cursor.execute.__text_signature__)
        class Connection(sqlite3.Connection):
            def cursor(self): return super().cursor(Cursor)
            def execute(self, *args): print("mine"); return super().execute(*args)
        class Cursor(sqlite3.Cursor):
            def execute(self, sql, *args): print("cursor", sql); return super().execute(sql, *args)
        db = sqlite3.connect(":memory:", factory=Connection)
        print(type(db), type(db.execute), type(sqlite3.connect(":memory:").execute))
        print(db.execute("select 1").fetchone(), db.cursor().execute("select 2").fetchone())
        for bad in ((), (1,), ("select 1", 2), ("select ?", ()), ("select 1; select 2",)):
            try: sqlite3.connect(":memory:").execute(*bad)
            except Exception as error: print(type(error).__name__, error)
        class Text(str):
            def __hash__(self): print("hash"); return 1
        db.execute(Text("select 3"))
        class Number:
            def __conform__(self, protocol): print("adapted"); return 7
            def __repr__(self): print("repr")
        print(db.execute("select ?", (Number(),)).fetchone())
        class Row(dict):
            def __missing__(self, key): print("missing", key); return 9
        print(db.execute("select :a", Row()).fetchone())
    """)


def test_threads_with_a_connection_each(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import sqlite3, threading
        sqlite3.connect("shared.db").executescript("create table t(id integer primary key, n int); insert into t values (1, 0);")
        turn = threading.Lock()
        def work():
            for _ in range(5):
                with turn:
                    db = sqlite3.connect("shared.db", timeout=10)
                    with db:
                        n, = db.execute("select n from t where id = 1").fetchone()
                        db.execute("update t set n = ? where id = 1", (n + 1,))
                    db.close()
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(sqlite3.connect("shared.db").execute("select n from t").fetchone())
    """)
    facts = recorded.facts("SQL")
    assert len({fact["transaction"] for fact in facts if fact["statement"].startswith("update")}) == 20
    assert len({fact["connection"] for fact in facts if fact["statement"].startswith("update")}) == 20
    assert len({fact["stream"] for fact in facts if fact["statement"].startswith("update")}) == 4
    assert recorded.gaps() == []
