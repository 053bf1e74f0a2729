"""What the transactions of a PostgreSQL keep each other out of, and what they let pass."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from causeway_core.analysis.evidence.transactions import Transactions
from causeway_core.storage.rows import Sql

from tests.support.trace import Trace

ACCOUNT = ("accounts", 1)
OTHERS = ("accounts",)


@dataclass
class Session:
    """A connection of a thread, and the statements made with it."""

    trace: Trace
    actor: int
    number: int
    level: str = "READ COMMITTED"
    transaction: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.transaction = 100 + self.number

    def statement(self, text: str, row: tuple[object, ...], *clauses: str, rowcount: int = 1) -> Sql:
        access = "write" if text.startswith(("UPDATE", "INSERT")) else "read"
        isolation = None if self.transaction is None else self.level
        self.trace.statement(
            self.actor, text, access, row, connection=self.number, transaction=self.transaction, system="postgresql", isolation=isolation,
            clauses=clauses, rowcount=rowcount,
        )  # fmt: skip
        return self.trace.sql[-1]

    def read(self, row: tuple[object, ...] = ACCOUNT, *clauses: str, rowcount: int = 1) -> Sql:
        return self.statement("SELECT", row, *clauses, rowcount=rowcount)

    def write(self, row: tuple[object, ...] = ACCOUNT) -> Sql:
        return self.statement("UPDATE", row)


@pytest.fixture
def two() -> tuple[Session, Session]:
    trace = Trace("pass")
    return Session(trace, trace.thread("one"), 1), Session(trace, trace.thread("two"), 2)


def keeps_out(one: Session, *window: Sql, about: str = "row") -> bool:
    transactions = Transactions(one.trace.evidence().facts)
    return transactions.excludes(*window, about="row" if about == "row" else "rows")


def test_read_committed_keeps_nobody_out(two: tuple[Session, Session]) -> None:
    one, other = two
    window = one.read(), one.write(), other.read()
    assert not keeps_out(one, *window) and not keeps_out(one, *window, about="rows")


def test_repeatable_read_refuses_to_write_the_row_but_not_what_hangs_on_others(two: tuple[Session, Session]) -> None:
    one, other = two
    one.level = other.level = "REPEATABLE READ"
    window = one.read(), one.write(), other.read()
    assert keeps_out(one, *window) and not keeps_out(one, *window, about="rows")


@pytest.mark.parametrize(("level", "kept"), [("SERIALIZABLE", True), ("READ COMMITTED", False)])
def test_serializable_transactions_watch_only_each_other(level: str, kept: bool, two: tuple[Session, Session]) -> None:
    one, other = two
    one.level, other.level = "SERIALIZABLE", level
    window = one.read(), one.write(), other.read()
    assert keeps_out(one, *window, about="rows") is kept


def test_a_row_that_is_read_for_update_is_locked_to_the_end_of_the_transaction(two: tuple[Session, Session]) -> None:
    one, other = two
    window = one.read(ACCOUNT, "for_update"), one.write(), other.read()
    assert keeps_out(one, *window)
    one.transaction = None
    assert not keeps_out(one, one.read(ACCOUNT, "for_update"), one.write(), window[2]), "each statement was a transaction of its own"


def test_a_row_locked_earlier_in_the_transaction_stays_so(two: tuple[Session, Session]) -> None:
    one, other = two
    one.write()
    assert keeps_out(one, one.read(), one.write(), other.read())


def test_for_update_that_found_no_row_locked_none(two: tuple[Session, Session]) -> None:
    one = two[0]
    looks = [each.read(OTHERS, "for_update", rowcount=0) for each in two]
    assert not keeps_out(one, looks[0], one.statement("INSERT", OTHERS), looks[1], about="rows")
    # The second found none because the first was done with them; at the same time it would have waited.
    looks = [each.read(OTHERS, "for_update", rowcount=number) for each, number in zip(two, (1, 0), strict=True)]
    assert keeps_out(one, looks[0], one.statement("INSERT", OTHERS), looks[1], about="rows")


@pytest.mark.parametrize(("clause", "kept"), [("for_update", True), ("for_share", False)])
def test_a_common_row_keeps_out_unless_both_share_it(clause: str, kept: bool, two: tuple[Session, Session]) -> None:
    one, other = two
    for each in two:
        each.read(("branches", 7), clause)
    assert keeps_out(one, one.read(OTHERS), one.statement("INSERT", OTHERS), other.read(OTHERS), about="rows") is kept


def test_an_advisory_lock_of_the_session_lasts_until_it_is_given_back(two: tuple[Session, Session]) -> None:
    one, other = two
    for each in two:
        each.transaction = None
        each.statement("SELECT pg_advisory_lock(1)", ("pg_advisory_lock", 1), "advisory_lock")
    window = one.read(), one.write(), other.read()
    assert keeps_out(one, *window)
    for each in two:
        each.statement("SELECT pg_advisory_unlock(1)", ("pg_advisory_lock", 1), "advisory_unlock")
    assert not keeps_out(one, one.read(), one.write(), other.read())


def test_advisory_locks_of_other_keys_keep_nobody_out(two: tuple[Session, Session]) -> None:
    one, other = two
    for key, each in enumerate(two):
        each.statement("SELECT pg_advisory_xact_lock(1)", ("pg_advisory_lock", key), "advisory_xact_lock")
    assert not keeps_out(one, one.read(), one.write(), other.read())


@pytest.mark.parametrize(("mode", "kept"), [("", True), (" IN SHARE MODE", True), (" IN ROW EXCLUSIVE MODE", False)])
def test_a_locked_table_is_not_written_by_others(mode: str, kept: bool, two: tuple[Session, Session]) -> None:
    one, other = two
    one.statement(f"LOCK TABLE accounts{mode}", OTHERS, "table_lock")
    assert keeps_out(one, one.read(OTHERS), one.statement("INSERT", OTHERS), other.read(OTHERS), about="rows") is kept


def test_a_transaction_excludes_nobody_on_its_own_connection(two: tuple[Session, Session]) -> None:
    one, other = two
    other.number, other.transaction = one.number, one.transaction
    assert not keeps_out(one, one.read(ACCOUNT, "for_update"), one.write(), other.read())


def test_what_was_written_is_there_for_others_at_the_end_of_the_transaction(two: tuple[Session, Session]) -> None:
    one, other = two
    written, read = one.write(), other.read()
    one.statement("COMMIT", ("accounts",))
    transactions = Transactions(one.trace.evidence().facts)
    orders = dict(zip((sql.at for sql in one.trace.sql), one.trace.sql_order, strict=True))
    assert transactions.end(written) == orders[one.trace.sql[-1].at] > orders[read.at]
    one.transaction = None
    alone = one.write()
    assert Transactions(one.trace.evidence().facts).end(alone) == one.trace.sql_order[-1]
