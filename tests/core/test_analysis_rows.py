"""Rows read and then written in another statement."""

from __future__ import annotations

import pytest
from causeway_core.analysis.database.statement import parse
from causeway_core.analysis.detectors.database.row_updates import row_windows
from causeway_core.analysis.wording import Namer, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding

from tests.support.trace import PATH, Trace

ROW = ("accounts", 1)
SELECT = "SELECT balance FROM accounts WHERE id = ?"
UPDATE = "UPDATE accounts SET balance = ? WHERE id = ?"


def found(trace: Trace) -> list[Finding]:
    evidence = trace.evidence()
    namer = Namer(evidence, lambda a, b: "nothing orders them")
    return row_windows(Scene(evidence, namer, lambda at: SourcePlace(PATH, "app.py", 1, "withdraw", At(at))), evidence)


def two_withdrawals(
    write: str = UPDATE, select: str = SELECT, *, transaction: bool = False, connections: tuple[int, int] = (1, 2), overlap: bool = False
) -> Trace:
    trace = Trace("pass")
    actors = trace.thread("one"), trace.thread("two")
    jobs = [(actor, connection, connection * 10 if transaction else None) for actor, connection in zip(actors, connections, strict=True)]
    reads = [(actor, select, "read", connection, number) for actor, connection, number in jobs]
    writes = [(actor, write, "write", connection, number) for actor, connection, number in jobs]
    order = [reads[0], *reads[1:], *writes] if overlap else [reads[0], writes[0], reads[1], writes[1]]
    for actor, text, access, connection, number in order:
        trace.statement(actor, text, access, ROW, connection=connection, transaction=number)
    return trace


def test_a_row_read_and_written_in_two_statements() -> None:
    (finding,) = found(two_withdrawals())
    assert (finding.kind, finding.tier, finding.resource) == ("lost_update", "likely", "accounts row 1")
    assert "could write it in between" in finding.title and "BEGIN IMMEDIATE" in finding.recommendation


def test_a_lost_update_is_named() -> None:
    (finding,) = found(two_withdrawals(overlap=True))
    assert "one update is lost" in finding.title


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE accounts SET balance = balance - ? WHERE id = ?",
        "UPDATE accounts SET balance = ?, version = version + 1 WHERE id = ? AND version = ?",
        "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance",
    ],
)
def test_writes_that_are_safe_by_themselves(write: str) -> None:
    assert not found(two_withdrawals(write))


@pytest.mark.parametrize(
    ("write", "bad"),
    [
        ("UPDATE accounts SET status = 'running', tries = tries + 1 WHERE id = ?", True),
        ("UPDATE accounts SET tries = tries + 1 WHERE id = ?", False),
        ("UPDATE accounts SET status = 'running' WHERE id = ? AND status = 'queued'", False),
    ],
)
def test_a_state_that_was_looked_at_and_is_set_to_another(write: str, bad: bool) -> None:
    assert bool(found(two_withdrawals(write, "SELECT status FROM accounts WHERE id = ?"))) == bad


def test_a_transaction_protects_unless_the_connection_is_shared() -> None:
    assert not found(two_withdrawals(transaction=True))
    (finding,) = found(two_withdrawals(transaction=True, connections=(1, 1)))
    assert "its own connection" in finding.recommendation


def test_transactions_that_begin_explicitly_on_one_connection_got_it_from_a_pool() -> None:
    trace = Trace("pass")
    for number in (10, 20):
        actor = trace.thread(f"thread {number}")
        for text, access in (("BEGIN IMMEDIATE", "transaction"), (SELECT, "read"), (UPDATE, "write")):
            trace.statement(actor, text, access, ROW, connection=1, transaction=number)
    assert not found(trace)


@pytest.mark.parametrize(
    ("text", "relative", "checked"),
    [
        ("update t set a = a + 1 where id = 1", True, False),
        ("update t set a = coalesce(a, 0) + 1, b = b || ? where id = 1", True, False),
        ("update t set a = 5, b = b + 1 where id = 1", False, False),
        ('update t set "a" = ? where id = ? and a >= ?', False, True),
        ("delete from t where id = ?", False, False),
    ],
)
def test_what_the_text_of_a_statement_tells(text: str, relative: bool, checked: bool) -> None:
    statement = parse(text)
    assert (statement.relative, statement.checked) == (relative, checked)


@pytest.mark.parametrize(
    ("text", "replaces"),
    [
        ("INSERT OR REPLACE INTO t (id, n) VALUES (?, ?)", True),
        ("REPLACE INTO t VALUES (?, ?)", True),
        ("INSERT INTO t VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n", True),
        ("INSERT INTO t VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = ?", True),
        ("INSERT INTO t VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1", False),
        ("INSERT INTO t VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + excluded.n", False),
        ("INSERT INTO t VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = excluded.n WHERE version = ?", False),
        ("INSERT INTO t VALUES (?, 1) ON CONFLICT DO NOTHING", False),
        ("INSERT OR IGNORE INTO t VALUES (?, ?)", False),
        ("INSERT INTO t VALUES (?, ?)", False),
    ],
)
def test_upserts_that_put_something_in_the_place_of_what_is_there(text: str, replaces: bool) -> None:
    assert parse(text).replaces is replaces
