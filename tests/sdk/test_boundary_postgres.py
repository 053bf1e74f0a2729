"""PostgreSQL through each driver with a real server: what is recorded, and that the program notices nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.recorded import Run, run_both
from tests.support.postgres import Server

TABLE = """
    TABLE = '''DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id integer PRIMARY KEY, name text, password text, balance integer)'''
    URL = os.environ["DATABASE_URL"]
"""
PSYCOPG = f"""
    import os
    import psycopg
    from psycopg import IsolationLevel, sql
    {TABLE}
    with psycopg.connect(URL) as db:
        db.execute(TABLE)
        db.execute("INSERT INTO accounts VALUES (%s, %s, %s, %s)", (1, "alice", "canary-positional", 100))
        db.cursor().executemany("INSERT INTO accounts (id, name) VALUES (%s, %s)", [(2, "bob"), (3, "eve")])
        db.commit()
        db.commit()
        print(db.execute("SELECT balance FROM accounts WHERE id = %(id)s::integer FOR UPDATE", {{"id": 1}}).fetchone())
        db.execute("UPDATE accounts SET balance = %s WHERE id = %s", [90, 1])
        db.rollback()
        with db.transaction():
            db.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (1, 1))
            with db.transaction():
                print(db.execute(sql.SQL("DELETE FROM {{}} WHERE id = %s").format(sql.Identifier("accounts")), (2,)).rowcount)
    with psycopg.connect(URL, autocommit=True) as db:
        db.execute("SELECT * FROM accounts WHERE password = %s", ("canary-where",))
        db.isolation_level = IsolationLevel.REPEATABLE_READ
        with db.transaction():
            db.execute("SELECT count(*) FROM accounts")
        db.isolation_level = None
        with db.transaction():
            db.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            db.execute("SELECT pg_advisory_xact_lock(%s)", (7,))
        try:
            db.execute("INSERT INTO accounts (id) VALUES (1)")
        except psycopg.errors.UniqueViolation as error:
            print(type(error).__name__)
    db = psycopg.connect(URL)
    db.execute("SELECT 1")
    db.close()
"""
AWAITED = f"""
    import asyncio, os
    import psycopg
    {TABLE}
    async def main():
        async with await psycopg.AsyncConnection.connect(URL) as db:
            await db.execute(TABLE)
            await db.execute("INSERT INTO accounts VALUES (1, 'alice', 'canary-literal', 100)")
            async with db.transaction():
                cursor = await db.execute("SELECT balance FROM accounts WHERE id = %s", (1,))
                print(await cursor.fetchone())
    asyncio.run(main())
"""
PSYCOPG2 = f"""
    import os
    import psycopg2
    from psycopg2 import sql
    from psycopg2.extras import DictCursor
    {TABLE}
    db = psycopg2.connect(URL)
    with db, db.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("INSERT INTO accounts VALUES (%(id)s, 'alice', %(password)s, 100)", {{"id": 1, "password": "canary-named"}})
    db.set_session(isolation_level="SERIALIZABLE")
    with db, db.cursor(cursor_factory=DictCursor) as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {{}} WHERE id = %s").format(sql.Identifier("public", "accounts")), (1,))
        print(cursor.fetchone()["balance"])
        cursor.execute("UPDATE accounts SET balance = %s WHERE id = %s", (90, 1))
        print(cursor.rowcount)
    db.close()
"""
ASYNCPG = f"""
    import asyncio, os
    import asyncpg
    {TABLE}
    async def main():
        pool = await asyncpg.create_pool(URL, min_size=1, max_size=1)
        async with pool.acquire() as db:
            await db.execute(TABLE)
            print(await db.execute("INSERT INTO accounts VALUES ($1, $2, $3, $4)", 1, "alice", "canary-numbered", 100))
            async with db.transaction(isolation="serializable"):
                print(await db.fetchval("SELECT balance FROM accounts WHERE id = $1", 1))
                async with db.transaction():
                    await db.executemany("UPDATE accounts SET balance = $1 WHERE id = $2", [(90, 1), (80, 2)])
            statement = await db.prepare("SELECT name FROM accounts WHERE id = $1")
            print(await statement.fetchval(1), dict(await statement.fetchrow(1)))
            async with db.transaction():
                print([row["id"] async for row in db.cursor("SELECT id FROM accounts")])
        print(await pool.fetchval("SELECT count(*) FROM accounts"))
        await pool.close()
    asyncio.run(main())
"""
ALCHEMY = f"""
    import os
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    {TABLE}
    class Base(DeclarativeBase):
        pass
    class Account(Base):
        __tablename__ = "accounts"
        id: Mapped[int] = mapped_column(primary_key=True)
        balance: Mapped[int]
    engine = create_engine(URL.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as db:
        db.execute(text(TABLE))
    with Session(engine) as session:
        session.add(Account(id=1, balance=100))
        session.commit()
    with Session(engine) as session:
        account = session.get(Account, 1, with_for_update=True)
        account.balance -= 10
        session.commit()
        print(session.get(Account, 1).balance)
    engine.dispose()
"""
PROGRAMS = {"psycopg": PSYCOPG, "awaited": AWAITED, "psycopg2": PSYCOPG2, "asyncpg": ASYNCPG, "alchemy": ALCHEMY}


@pytest.fixture(scope="module")
def recorded(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    variables = {"DATABASE_URL": postgres.url(postgres.new_database())}
    return {name: run_both(tmp_path_factory.mktemp(name), program, variables=variables) for name, program in PROGRAMS.items()}


def statements(run: Run) -> list[dict[str, Any]]:
    return run.facts("SQL")


def one(run: Run, start: str) -> dict[str, Any]:
    return next(fact for fact in statements(run) if fact["statement"].startswith(start))


def shapes(run: Run) -> list[tuple[str, str, bool]]:
    """Access, first word, and whether it was in a transaction, of each statement."""
    return [(fact["access"], fact["statement"].split()[0].rstrip(";"), fact["transaction"] is not None) for fact in statements(run)]


def test_rows_are_named_by_table_and_key(recorded: dict[str, Run]) -> None:
    run = recorded["psycopg"]
    assert one(run, "INSERT INTO accounts VALUES")["rows"] == [["accounts", 1]]
    assert one(run, "INSERT INTO accounts (id, name)")["rows"] == [["accounts", 2], ["accounts", 3]]
    assert one(run, "SELECT balance")["rows"] == [["accounts", 1]], "a cast is no part of the condition"
    assert one(run, "UPDATE accounts SET balance = %s")["rows"] == [["accounts", 1]]
    assert one(run, 'DELETE FROM "accounts"')["rows"] == [["accounts", 2]]
    assert one(run, "SELECT * FROM accounts WHERE password")["rows"] == [["accounts"]], "a secret is no key"
    assert one(run, "SELECT pg_advisory")["rows"] == [["pg_advisory_lock", 7]]
    assert one(recorded["psycopg2"], 'SELECT * FROM "public"."accounts"')["rows"] == [["accounts", 1]]
    assert one(recorded["asyncpg"], "UPDATE accounts")["rows"] == [["accounts", 1], ["accounts", 2]]


def test_what_detectors_need(recorded: dict[str, Run]) -> None:
    run = recorded["psycopg"]
    blind, atomic = one(run, "UPDATE accounts SET balance = %s"), one(run, "UPDATE accounts SET balance = balance")
    assert (blind["atomic"], blind["given"], blind["where"], blind["rowcount"]) == (False, ["balance"], ["id"], 1)
    assert (atomic["atomic"], atomic["given"]) == (True, [])
    assert one(run, "SELECT balance")["clauses"] == ["for_update"]
    assert one(run, "SELECT pg_advisory")["clauses"] == ["advisory_xact_lock"]
    assert one(run, "INSERT INTO accounts (id) ")["error"] == "UniqueViolation"
    assert one(recorded["psycopg2"], "UPDATE")["rowcount"] == 1
    assert one(recorded["asyncpg"], "INSERT")["rowcount"] == 1
    assert (one(run, "SELECT balance")["rowcount"], one(run, "SELECT * FROM accounts WHERE password")["rowcount"]) == (1, 0), "rows that are locked"


def test_transactions_begin_and_end_as_the_server_says(recorded: dict[str, Run]) -> None:
    facts = statements(recorded["psycopg"])
    by_number: dict[int, list[str]] = {}
    for fact in facts:
        by_number.setdefault(fact["transaction"], []).append(fact["statement"].split()[0])
    assert [words for number, words in by_number.items() if number is not None][:3] == [
        ["DROP", "INSERT", "INSERT", "COMMIT"],
        ["SELECT", "UPDATE", "ROLLBACK"],
        ["BEGIN", "UPDATE", "SAVEPOINT", "DELETE", "RELEASE", "COMMIT"],
    ], "the second commit did nothing"
    assert one(recorded["psycopg"], "SELECT * FROM accounts WHERE password")["transaction"] is None, "autocommit"
    assert facts[-1]["statement"] == "ROLLBACK", "a connection that is closed takes its open transaction with it"
    assert shapes(recorded["asyncpg"])[2:8] == [
        ("transaction", "BEGIN", True), ("read", "SELECT", True), ("transaction", "SAVEPOINT", True), ("write", "UPDATE", True),
        ("transaction", "RELEASE", True), ("transaction", "COMMIT", True),
    ]  # fmt: skip
    assert [shape[:2] for shape in shapes(recorded["psycopg2"])] == [
        ("schema", "DROP"), ("write", "INSERT"), ("transaction", "COMMIT"), ("read", "SELECT"), ("write", "UPDATE"), ("transaction", "COMMIT"),
    ]  # fmt: skip
    assert shapes(recorded["awaited"])[-4:] == [
        ("transaction", "SAVEPOINT", True), ("read", "SELECT", True), ("transaction", "RELEASE", True), ("transaction", "COMMIT", True),
    ]  # fmt: skip


def test_isolation_is_what_the_program_asked_for(recorded: dict[str, Run]) -> None:
    run = recorded["psycopg"]
    assert one(run, "UPDATE accounts SET balance = %s")["isolation"] == "READ COMMITTED"
    assert one(run, "SELECT count")["isolation"] == "REPEATABLE READ"
    assert one(run, "SELECT pg_advisory")["isolation"] == "SERIALIZABLE", "by SET TRANSACTION"
    assert one(recorded["psycopg2"], "UPDATE")["isolation"] == "SERIALIZABLE"
    assert one(recorded["asyncpg"], "SELECT balance")["isolation"] == "SERIALIZABLE"
    assert one(recorded["asyncpg"], "SELECT count")["isolation"] is None


def test_the_database_is_named_without_its_users(recorded: dict[str, Run], postgres: Server) -> None:
    names = {fact["database"] for run in recorded.values() for fact in statements(run)}
    assert len(names) == 1 and next(iter(names)).startswith(f"postgresql://{postgres.folder}:5432/test")
    assert {fact["system"] for run in recorded.values() for fact in statements(run)} == {"postgresql"}


def test_secrets_are_not_written(recorded: dict[str, Run]) -> None:
    for run in recorded.values():
        assert b"canary" not in b"".join(path.read_bytes() for path in run.spool.rglob("*.seg"))


def test_a_program_above_the_drivers_is_seen_through_them(recorded: dict[str, Run]) -> None:
    run = recorded["alchemy"]
    reads = [fact for fact in statements(run) if fact["access"] == "read" and fact["rows"] == [["accounts", 1]]]
    assert [fact.get("clauses") for fact in reads] == [["for_update"], None]
    assert one(run, "UPDATE")["rows"] == [["accounts", 1]] and one(run, "UPDATE")["transaction"] == reads[0]["transaction"]


def test_nothing_is_left_out(recorded: dict[str, Run]) -> None:
    assert [run.gaps() for run in recorded.values()] == [[]] * len(recorded)
