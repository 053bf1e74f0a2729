"""Findings of programs that use a PostgreSQL, proved by re-runs that start from the same database each time."""

from __future__ import annotations

import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from causeway_core.proof.running.safety import doubts
from causeway_core.storage import Recording

from tests.postgres.conftest import Workshop

SILENT = """\
import os, threading
import psycopg

def withdraw(amount):
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        (balance,) = db.execute("SELECT balance FROM accounts WHERE id = %s", (1,)).fetchone()
        db.execute("UPDATE accounts SET balance = %s WHERE id = %s", (balance - amount, 1))

for turn in range(2):
    threading.Timer(0.08 * turn, withdraw, args=(30 + turn,)).start()
"""
ACCOUNTS = """\
DROP TABLE IF EXISTS accounts;
CREATE TABLE accounts (id integer PRIMARY KEY, balance integer, password text, made timestamptz DEFAULT now(), turn serial);
INSERT INTO accounts VALUES (1, 100, 'canary');
"""
RESET = f"import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True).execute('''{ACCOUNTS}''')"


def resets(workshop: Workshop) -> str:
    (workshop.folder / "reset.py").write_text(RESET)
    return f"{shlex.quote(sys.executable)} reset.py"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "right", "wrong"), [
    ("transfer", "(39)", "(70)"), ("user_names", "(1)", "(2)"), ("on_call", "(1)", "(0)"), ("coupons", "1", "2"),
    ("coupons_for_update_of_nothing", "1", "2"), ("ledger", "121", "110"), ("meter", "(21)", "(10) or (11)"), ("seats", "8", "9"),
    ("sign_up", "1", "2"), ("stock", "(8)", "(9)"),
])  # fmt: skip
def test_what_every_serial_order_gives_and_the_forced_one_does_not(name: str, right: str, wrong: str, workshop: Workshop) -> None:
    workshop.record(name)
    [finding] = workshop.analyse("--reset", "true")
    assert (finding["tier"], finding["reproduced"]) == ("confirmed", {"runs": 3, "failures": 3})
    outcomes = [f"every serial order gives main() = {right}; this one gave main() = {each}" for each in wrong.split(" or ")]
    assert finding["proof"]["outcome"] in outcomes, "which of two processes was recorded first is left to the system"


def test_what_only_the_database_shows_is_compared(workshop: Workshop) -> None:
    reset = resets(workshop)
    with closing(psycopg.connect(workshop.url, autocommit=True)) as database:
        database.execute(ACCOUNTS)
    (workshop.folder / "app.py").write_text(SILENT)
    assert workshop.run("record", "-q", "-o", "run.causeway", "app.py").returncode == 0
    [finding] = workshop.analyse("--reset", reset, "--repeat", "2")
    assert finding["tier"] == "confirmed", "neither times nor numbers of a sequence are compared"
    assert finding["proof"]["outcome"] == (
        'every serial order gives accounts: {"id":1,"balance":39,"made":"<time>"}; this one gave accounts: {"id":1,"balance":70,"made":"<time>"}'
    )
    assert workshop.analyse() == [finding], "what was proved is kept"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transfer_locked_too_short", "seats_locked_too_short", "stock_locked_too_short"])
def test_a_lock_that_is_let_go_before_the_commit_lets_the_other_read_too_early(name: str, workshop: Workshop) -> None:
    workshop.record(name)
    [finding] = workshop.analyse("--reset", "true")
    assert finding["tier"] == "confirmed" and finding["proof"]["reason"].endswith("and before that commits"), finding["proof"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transfer_in_function", "seats_in_function", "meter_in_function"])
def test_an_order_that_a_lock_of_the_server_prevents_is_noticed_and_leaves_a_hint(name: str, workshop: Workshop) -> None:
    workshop.record(name)
    [finding] = workshop.analyse("--reset", "true")
    assert (finding["tier"], finding["proof"]["verdict"]) == ("hint", "infeasible"), finding["proof"]
    assert "No actor can continue while" in finding["proof"]["reason"]


@pytest.mark.slow
def test_a_database_is_not_written_again_unless_it_is_said_how_to_bring_it_back(workshop: Workshop) -> None:
    workshop.record("transfer")
    done = workshop.run("analyze", "run.causeway", "--format", "json")
    assert "give the command that restores its content with --reset" in done.stderr
    path = workshop.folder / "run.causeway"
    failed = workshop.run("analyze", "run.causeway", "--reset", "echo no such database >&2; exit 3")
    assert failed.returncode == 2 and "the reset command failed with 3: no such database" in failed.stderr
    with Recording.open(path) as recording:
        assert doubts(recording) == ()
    _elsewhere(path)
    with Recording.open(path) as recording:
        assert doubts(recording) == ("it used the database postgresql://db.example:5432/shop, which is not on this machine",)


def _elsewhere(path: Path) -> None:
    """Makes it the recording of a program whose database is on another machine."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE sql SET details = json_set(details, '$.database', 'postgresql://db.example:5432/shop')")
