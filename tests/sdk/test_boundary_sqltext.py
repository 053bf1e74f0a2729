"""What a SQL statement does, read from its text."""

from __future__ import annotations

import pytest
from causeway.boundary.sqltext import Statement, Table, analyse, combined, script
from causeway.boundary.sqltokens import POSTGRES, PYFORMAT, SQLITE, Dialect
from hypothesis import given
from hypothesis import strategies as st


def read(text: str, *tables: Table) -> Statement:
    return analyse(text, {table.name: table for table in tables})


def parameters(*numbers: int | str) -> tuple[tuple[str, int | str], ...]:
    return tuple(("parameter", number) for number in numbers)


@pytest.mark.parametrize(("text", "verb", "access", "tables"), [
    ("select balance from accounts", "SELECT", "read", ("accounts",)),
    ("SELECT * FROM main.a AS x, b y JOIN \"c d\" ON x.i = y.i LEFT JOIN [e] USING (i)", "SELECT", "read", ("a", "b", "c d", "e")),
    ("with recent as (select * from log) select * from recent join users on 1", "SELECT", "read", ("log", "users")),
    ("WITH r AS (SELECT 1) UPDATE t SET a = 1", "UPDATE", "write", ("t",)),
    ("insert or ignore into t(a) select b from u", "INSERT", "write", ("t", "u")),
    ("REPLACE INTO t VALUES (1)", "REPLACE", "write", ("t",)),
    ("update or rollback t set a = 1", "UPDATE", "write", ("t",)),
    ("delete from t", "DELETE", "write", ("t",)),
    ("BEGIN IMMEDIATE", "BEGIN", "transaction", ()), ("savepoint one", "SAVEPOINT", "transaction", ()), ("RELEASE one", "RELEASE", "transaction", ()),
    ("create table if not exists t(a)", "CREATE", "schema", ("t",)), ("pragma user_version", "PRAGMA", "schema", ()),
    ("-- a comment\nselect /* from x */ 1 from t where a = 'from z'", "SELECT", "read", ("t",)),
    ("", "", "read", ()),
])  # fmt: skip
def test_verb_access_and_tables(text: str, verb: str, access: str, tables: tuple[str, ...]) -> None:
    statement = read(text)
    assert (statement.verb, statement.access, statement.tables) == (verb, access, tables)


@pytest.mark.parametrize(("text", "columns", "given", "atomic"), [
    ("update t set balance = balance - ? where id = ?", ("balance",), (), True),
    ("update t set balance = ? where id = ?", ("balance",), ("balance",), False),
    ("update t set balance = coalesce(balance, 0) + :n, seen = ?", ("balance", "seen"), ("seen",), False),
    ("update t set state = 'done'", ("state",), (), True),
    ("update t set a = max(?, ?), b = (select x from u where u.i = t.i)", ("a", "b"), ("a",), False),
    ("update t set balance = balance + 1 from u where t.id = u.id", ("balance",), (), True),
])  # fmt: skip
def test_updates_that_depend_on_the_row_are_atomic(text: str, columns: tuple[str, ...], given: tuple[str, ...], atomic: bool) -> None:
    statement = read(text)
    assert (statement.columns, statement.given, statement.atomic) == (columns, given, atomic)


@pytest.mark.parametrize(("text", "where", "conjunction"), [
    ("select 1 from t where id = ?", (("id", parameters(0)),), True),
    ("select ? from t where t.id = ? and name = :name", (("id", parameters(1)), ("name", parameters("name"))), True),
    ("select 1 from t where ?2 = id and x > ?1", (("id", parameters(1)),), True),
    ("delete from t where id in (1, 'two', ?)", (("id", (("literal", 1), ("literal", "two"), ("parameter", 0))),), True),
    ("select 1 from t where id = -5 order by x", (("id", (("literal", -5),)),), True),
    ("select 1 from t where a = 1 or b = 2", (), False),
    ("select 1 from t where not a = 1", (), False),
    ("select 1 from t where a = b", (), True),
    ("select 1 from t where id = ? + 1", (), True),
    ("select 1 from t where x in (select id from u where id = ?)", (), True),
    ("select 1 from t", (), False),
])  # fmt: skip
def test_equalities_that_must_hold(text: str, where: object, conjunction: bool) -> None:
    statement = read(text)
    assert (statement.where, statement.conjunction) == (where, conjunction)


def test_rows_of_an_insert() -> None:
    statement = read("insert into t(id, name) values (?, 'a'), (2, ? || 'x') on conflict(id) do update set name = excluded.name returning id")
    assert statement.inserted == ({"id": ("parameter", 0), "name": ("literal", "a")}, {"id": ("literal", 2)})
    assert statement.clauses == ("on_conflict", "returning")


def test_a_table_and_its_key() -> None:
    assert read("create table t(id integer primary key, name text unique)").created == Table("t", ("id",), ("id", "name"))
    assert read("create table t(a, b, primary key (a, b desc))").created == Table("t", ("a", "b"), ("a", "b"))
    assert read("create table t(a check (a in (1, 2)), b)").created == Table("t", ("rowid",), ("a", "b"))


@pytest.mark.parametrize("text", [
    "insert into users(name, password) values ('bob', 'canary')",
    "update users set api_key = 'canary' where id = 1",
    "select 1 from users where password = 'canary' and id = 1",
    "select 1 from users where u.session_token <> 'canary'",
    "select 1 from users where token like 'canary%'",
    "select 1 from users where secret in (1, 'canary')",
    "PRAGMA key = 'canary'", "ATTACH DATABASE 'x' AS y KEY 'canary'",
    "insert into users(name) values ('a') on conflict do update set password = 'canary'",
])  # fmt: skip
def test_literals_of_secret_columns_are_not_in_the_text(text: str) -> None:
    statement = read(text)
    assert "canary" not in statement.text and "[redacted]" in statement.text


def test_an_insert_without_columns_knows_them_from_the_table() -> None:
    users = Table("users", ("id",), ("id", "password"))
    assert "canary" not in read("insert into users values (1, 'canary')", users).text
    assert read("insert into users values (?, ?)", users).secrets == {1}


@pytest.mark.parametrize(("text", "secrets"), [
    ("update users set password = ?, name = ? where id = ?", {0}),
    ("select 1 from users where token = :t and id = ?", {"t"}),
    ("insert into t(a) values (:password)", {"password"}),
    ("insert into t(a, cookie) values (?, lower(?))", {1}),
])  # fmt: skip
def test_parameters_of_secret_columns(text: str, secrets: set[int | str]) -> None:
    assert read(text).secrets == secrets


PIECES = (
    *"()?,=;.'\"[]- ", "select ", "from ", "where ", "insert into ", "values ", "update ", "set ", "in ", "a ", "1 ", ":n ", "with ", "as ",
    "create table ", "primary key ", "password ", "pragma ", "key ", "or ", "join ",
    "%s", "%(a)s", "$1", "$$", "::", "E'\\", "lock ", "pg_advisory_lock", "trigger ", "begin ", "end ", "create ",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_text_makes_it_raise(text: str) -> None:
    for dialect in (SQLITE, POSTGRES, PYFORMAT):
        parts = [analyse(part, {}, dialect) for part in script(text, dialect)]
        if parts:
            combined(text, parts, dialect)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1", ["select 1"]),
        ("begin; update t set a = ';' ;; commit;", ["begin", "update t set a = ';'", "commit"]),
        (
            "create table t(a); create trigger x after insert on t begin update t set a = 1; delete from t; end; select 2",
            ["create table t(a)", "create trigger x after insert on t begin update t set a = 1; delete from t; end", "select 2"],
        ),
        (";", []),
    ],
)
def test_a_script_is_taken_apart(text: str, statements: list[str]) -> None:
    assert script(text) == statements


def test_statements_executed_as_one_count_as_the_strongest() -> None:
    text = "select 1; insert into a values (1); drop table b"
    found = combined(text, [analyse(part, {}) for part in script(text)])
    assert (found.access, found.verb, found.tables, found.inserted) == ("write", "INSERT", ("a",), ())


@pytest.mark.parametrize(
    ("dialect", "text", "where"),
    [
        (PYFORMAT, "select * from t where id = %s::integer and kind = %(kind)s", (("id", (("parameter", 0),)), ("kind", (("parameter", "kind"),)))),
        (PYFORMAT, "select * from t where note like '100%%' and id = %s", (("id", (("parameter", 0),)),)),
        (POSTGRES, "select a[1] from t where id = $2::character varying(8)[] and b = $1", (("id", (("parameter", 1),)), ("b", (("parameter", 0),)))),
        (POSTGRES, "select $$ where id = 3 $$, E'it\\'s' from t where data ? 'x' and \"Id\" = 4", (("id", (("literal", 4),)),)),
        (POSTGRES, "select * from t where id = any($1)", ()),
    ],
)
def test_postgres_writes_parameters_casts_and_strings_its_own_way(dialect: Dialect, text: str, where: object) -> None:
    assert analyse(text, {}, dialect).where == where


@pytest.mark.parametrize(
    ("text", "clauses", "tables"),
    [
        ("select * from t where id = 1 for no key update skip locked", ("for_update",), ("t",)),
        ("select * from t join u on t.a = u.a for share of t", ("for_share",), ("t", "u")),
        ("lock table only a, b in exclusive mode", ("table_lock",), ("a", "b")),
        ("select pg_try_advisory_lock(1, 2)", ("advisory_lock",), ()),
        ("select pg_advisory_unlock_all()", ("advisory_unlock",), ()),
        ("insert into t values (1) on conflict do update set a = 1", ("on_conflict",), ("t",)),
        ("truncate table a, b restart identity cascade", (), ("a", "b")),
    ],
)
def test_what_a_statement_of_postgres_locks(text: str, clauses: tuple[str, ...], tables: tuple[str, ...]) -> None:
    found = analyse(text, {}, POSTGRES)
    assert (found.clauses, found.tables) == (clauses, tables)
