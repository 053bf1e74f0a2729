"""Fixes of programs that use a PostgreSQL, proved from the same data as their findings."""

from __future__ import annotations

import pytest

from tests.postgres.conftest import Workshop

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "change"), [
    ("transfer", '"SELECT balance FROM accounts WHERE id = %s FOR UPDATE"'), ("seats", '"SELECT seats FROM shows WHERE id = $1 FOR UPDATE"'),
    ("ledger", "session.get(Account, 1, with_for_update=True)"),
])  # fmt: skip
def test_the_row_is_locked_when_it_is_read(name: str, change: str, workshop: Workshop) -> None:
    workshop.record(name)
    workshop.analyse("--reset", "true")
    done = workshop.run("fix", "F1", "run.causeway", "--diff")
    assert done.returncode == 0, done.stderr
    added = [line for line in done.stdout.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert len(added) == 1 and change in added[0]


def test_without_a_transaction_a_row_cannot_be_locked(workshop: Workshop) -> None:
    workshop.record("transfer")
    program = workshop.folder / "transfer.py"
    program.write_text(program.read_text().replace("psycopg.connect(URL) as", "psycopg.connect(URL, autocommit=True) as"))
    assert workshop.run("record", "-q", "--force", "-o", "run.causeway", "transfer.py").returncode == 0
    workshop.analyse("--reset", "true")
    done = workshop.run("fix", "F1", "run.causeway", "--diff")
    assert "FOR UPDATE" not in done.stdout and "threading.Lock" in done.stdout, "each statement commits by itself: a lock around both will do"
