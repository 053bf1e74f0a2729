"""What the text of a function tells of two statements: whether the first decides about the second, goes into it, or neither."""

from __future__ import annotations

from textwrap import dedent

import pytest
from causeway_core.analysis.database.query_flow import Written, influence, is_mapped, recomputed
from causeway_core.analysis.source_text import Texts
from causeway_core.graph import SourcePlace
from causeway_core.model import At

CASES = {
    "result": ("""
        def f(db):
            row = db.execute("SELECT").fetchone()  # read
            db.execute("UPDATE", (row[0] + 1,))  # write
        """, "given"),
    "guard": ("""
        def f(db, name):
            if db.execute("SELECT").fetchone() is None:  # read
                db.execute("INSERT", (name,))  # write
        """, "decides"),
    "cursor": ("""
        def f(cursor):
            cursor.execute("SELECT")  # read
            (n,) = cursor.fetchone()
            cursor.execute("UPDATE", (n + 1,))  # write
        """, "given"),
    "iterated cursor": ("""
        def f(cursor, db):
            cursor.execute("SELECT")  # read
            for name in cursor:
                db.execute("UPDATE", (name,))  # write
        """, "given"),
    "another statement of the cursor": ("""
        def f(cursor):
            cursor.execute("SELECT")  # read
            cursor.execute("SELECT now()")
            cursor.execute("UPDATE", cursor.fetchone())  # write
        """, ""),
    "early exit": ("""
        async def f(db, name):
            if await db.fetchval("SELECT"):  # read
                return
            await db.execute("INSERT", name)  # write
        """, "decides"),
    "nothing": ("""
        def f(db, name):
            print(db.execute("SELECT").fetchone())  # read
            db.execute("INSERT", (name,))  # write
        """, ""),
    "object": ("""
        def f(session, amount):
            account = session.get(Account, 1)  # read
            account.balance += amount
            session.commit()  # write
        """, "given"),
    "object that is set": ("""
        def f(session, now):
            member = session.get(Member, 1)  # read
            member.balance = now
            session.commit()  # write
        """, ""),
    "object that decides": ("""
        def f(session, me):
            job = session.get(Job, 1)  # read
            if job.state == "new":
                job.balance = me
                session.commit()  # write
        """, "decides"),
    "called": ("""
        def find(db):
            return db.execute("SELECT").fetchone()  # read
        def store(db, value):
            db.execute("UPDATE", (value,))  # write
        def f(db):
            store(db, find(db))
        """, "given"),
    "refused by a helper": ("""
        def check(db):
            if db.execute("SELECT").fetchone():  # read
                raise Taken
        def f(db, name):
            check(db)
            db.execute("INSERT", (name,))  # write
        """, "decides"),
    "refused by a helper, which is ignored": ("""
        def check(db):
            if db.execute("SELECT").fetchone():  # read
                raise Taken
        def f(db, name):
            try:
                check(db)
            except Taken:
                log("taken")
            db.execute("INSERT", (name,))  # write
        """, ""),
    "refused by a helper in a block that always closes": ("""
        def check(db):
            if db.execute("SELECT").fetchone():  # read
                raise Taken
        def f(db, name):
            try:
                check(db)
            finally:
                log("checked")
            db.execute("INSERT", (name,))  # write
        """, "decides"),
    "asked by a helper that refuses nothing": ("""
        def show(db):
            if db.execute("SELECT").fetchone():  # read
                print("taken")
        def f(db, name):
            show(db)
            db.execute("INSERT", (name,))  # write
        """, ""),
    "written when the block is left": ("""
        def check(db):
            if db.execute("SELECT").fetchone():  # read
                raise Taken
        def flush(db):
            db.execute("INSERT", db.pending)  # write
        def unit(db):
            yield db
            flush(db)
        def f(db):
            with unit(db):
                check(db)
        """, "decides"),
    "written when the block is left, whatever was read": ("""
        def show(db):
            print(db.execute("SELECT").fetchone())  # read
        def flush(db):
            db.execute("INSERT", db.pending)  # write
        def unit(db):
            yield db
            flush(db)
        def f(db):
            with unit(db):
                show(db)
        """, ""),
}


def places(source: str) -> tuple[Texts, SourcePlace, SourcePlace]:
    lines = source.splitlines()
    read, write = (next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {mark}")) for mark in ("read", "write"))
    read_place, write_place = (SourcePlace("/app.py", "app.py", line, "f", At(line)) for line in (read, write))
    return Texts({"/app.py": source}), read_place, write_place


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
def test_what_the_text_tells(source: str, expected: str) -> None:
    text = dedent(source)
    texts, read, write = places(text)
    verb = "INSERT" if '"INSERT"' in text else "UPDATE"
    assert influence(texts, read, Written(write, verb, ("balance",))) == expected


def test_that_a_row_was_found_decides_nothing_about_its_columns() -> None:
    texts, read, write = places(dedent("""
        def f(session, now):
            member = session.get(Member, 1)  # read
            if member is None:
                raise LookupError
            member.balance = now
            session.commit()  # write
        """))
    written = Written(write, "UPDATE", ("balance",))
    assert influence(texts, read, written) == "decides" and influence(texts, read, written, existence=False) == ""


def test_statements_of_a_mapper_and_attributes_computed_from_themselves() -> None:
    texts, _, write = places(dedent(CASES["object"][0]))
    assert is_mapped(texts, Written(write, "UPDATE")) and recomputed(texts, ("balance",)) and not recomputed(texts, ("name",))
    texts, _, write = places(dedent(CASES["result"][0]))
    assert not is_mapped(texts, Written(write, "UPDATE"))
