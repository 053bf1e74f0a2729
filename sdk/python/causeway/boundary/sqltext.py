"""What a SQL statement does, read from its text: verb, tables, columns, rows by equality, and the places of secrets.

This is not a SQL parser: what is not understood is reported less precisely (a table instead of rows), never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from causeway.boundary.sqltokens import SQLITE, Dialect, Token, literal, tokens
from causeway.redaction import REDACTED, is_secret

READ, WRITE, TRANSACTION, SCHEMA = "read", "write", "transaction", "schema"

_TRANSACTION = frozenset({"BEGIN", "START", "COMMIT", "END", "ABORT", "ROLLBACK", "SAVEPOINT", "RELEASE"})
_WRITE = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE"})
_READ = frozenset({"SELECT", "VALUES", "EXPLAIN", "SHOW", "TABLE", "LOCK"})
_TABLE_AFTER = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "TRUNCATE", "LOCK"})
_NO_TABLE_AFTER = frozenset({("DO", "UPDATE"), ("FOR", "UPDATE"), ("KEY", "UPDATE")})
_NOT_A_TABLE = frozenset({"SELECT", "SET", "OR", "WHERE", "LATERAL", "ONLY", "VALUES", "DO", "OF", "NOWAIT", "SKIP"})
_WHERE_ENDS = frozenset({"GROUP", "ORDER", "LIMIT", "RETURNING", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "FOR", "ON", "OFFSET", "FETCH"})
_KEYS = frozenset({"key", "rekey", "hexkey", "hexrekey", "textkey", "password"})  # statements that give an encrypted database its key
_NOT_AN_ALIAS = _WHERE_ENDS | {"WHERE", "JOIN", "LEFT", "INNER", "CROSS", "NATURAL", "SET", "IN", "CASCADE", "RESTART"}
_VERSIONS = frozenset({"version", "rev", "revision", "etag", "updated_at", "modified", "lock_version"})
_CONSTRAINTS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"})
_CLAUSES = (
    ("FOR", "UPDATE", "for_update"), ("KEY", "UPDATE", "for_update"), ("FOR", "SHARE", "for_share"), ("KEY", "SHARE", "for_share"),
    ("ON", "CONFLICT", "on_conflict"), ("OR", "IGNORE", "on_conflict"), ("OR", "REPLACE", "on_conflict"),
)  # fmt: skip
_ADVISORY = re.compile(r"pg_(?:try_)?advisory_(?P<transaction>xact_)?(?P<un>un)?lock(?P<shared>_shared)?(?P<all>_all)?", re.ASCII)
ADVISORY = "pg_advisory_lock"
"""The table name that advisory locks have in the rows of a record."""

Operand = tuple[str, Any]
"""("parameter", index or name) or ("literal", value)."""


class Table(NamedTuple):
    """A table as its CREATE TABLE defines it: name, primary key (`rowid` if it names none) and columns, in lower case."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


class Statement(NamedTuple):
    """The analysis of one statement text; immutable, so it can be shared.

    `columns`: written by UPDATE and INSERT · `given`: those that UPDATE sets from a parameter without looking at the row · `atomic`: an UPDATE whose
    new values come from the row itself (`x = x + ?`) or from the text · `where`: equalities that all must hold, in order · `conjunction`: the
    condition is understood as far as equalities go · `inserted`: rows of VALUES as column → operand · `secrets`: parameters bound to a secret column
    or name · `text`: the text with literals of secret columns replaced · `advisory`: what names the advisory lock that it acquires or releases.
    """

    verb: str
    access: str
    text: str
    tables: tuple[str, ...]
    columns: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    atomic: bool = False
    where: tuple[tuple[str, tuple[Operand, ...]], ...] = ()
    conjunction: bool = False
    inserted: tuple[Mapping[str, Operand], ...] = ()
    clauses: tuple[str, ...] = ()
    secrets: frozenset[int | str] = frozenset()
    created: Table | None = None
    advisory: tuple[Operand, ...] | None = None


class _Reader:
    """One statement being read."""

    def __init__(self, text: str, schema: Mapping[str, Table], dialect: Dialect) -> None:
        self.text = text
        self.schema = schema
        self.all = tokens(text, dialect)
        self.operands: dict[int, Operand] = {}
        self.secret_parameters: set[int | str] = set()
        self.secret_spans: list[tuple[int, int]] = []
        position = 0
        for i, token in enumerate(self.all):
            if token.kind == "parameter":
                if token.text == "?" or (token.text[0] == "%" and token.text[1] != "("):
                    key: int | str = position
                    position += 1
                elif token.text[0] == "?" or token.text[1].isdecimal():
                    key = int(token.text[1:6]) - 1
                    position = key + 1
                else:
                    key = token.text[2:-2] if token.text[0] == "%" else token.text[1:]
                    if is_secret(key):
                        self.secret_parameters.add(key)
                self.operands[i] = ("parameter", key)
            elif token.kind in ("string", "number"):
                self.operands[i] = ("literal", literal(token))
        for i in self.operands:
            if i > 1 and self.all[i - 1].kind != "string" and self.all[i - 2].is_name and self.all[i - 1].text not in (",", "("):
                self.bind(self.all[i - 2].name, i)

    def find(self, words: frozenset[str] | tuple[str, ...], start: int = 0, depth: int = 0) -> int:
        """Index of the first of the words at a depth, -1 when there is none."""
        for i in range(start, len(self.all)):
            if self.all[i].kind == "word" and self.all[i].depth == depth and self.all[i].upper in words:
                return i
        return -1

    def bind(self, column: str, i: int) -> None:
        """A value at token i belongs to a column: note it if it is a secret."""
        if i not in self.operands or not is_secret(column):
            return
        kind, key = self.operands[i]
        if kind == "parameter":
            self.secret_parameters.add(key)
        else:
            self.secret_spans.append((self.all[i].start, self.all[i].end))

    def clean(self) -> str:
        """The text without literals bound to secret columns."""
        text = self.text
        for start, end in sorted(set(self.secret_spans), reverse=True):
            text = f"{text[:start]}'{REDACTED}'{text[end:]}"
        return text

    def table_at(self, i: int) -> tuple[str, int] | None:
        """The table name at token i (`name` of `schema.name`) and the index after it."""
        if i >= len(self.all) or not self.all[i].is_name or (self.all[i].kind == "word" and self.all[i].upper in _NOT_A_TABLE):
            return None
        if i + 2 < len(self.all) and self.all[i + 1].text == "." and self.all[i + 2].is_name:
            return self.all[i + 2].name, i + 3
        return self.all[i].name, i + 1

    def tables(self) -> tuple[str, ...]:
        """All tables that the statement names, without common table expressions."""
        found: dict[str, None] = {}
        triples = zip(self.all, self.all[1:], self.all[2:], strict=False)
        local = {name.name for name, word, opening in triples if name.is_name and word.upper == "AS" and opening.text == "("}
        for i, token in enumerate(self.all):
            if token.kind != "word" or token.upper not in _TABLE_AFTER or (i and (self.all[i - 1].upper, token.upper) in _NO_TABLE_AFTER):
                continue
            if token.upper in ("TRUNCATE", "LOCK") and i:
                continue
            at = i + 1
            while at < len(self.all) and self.all[at].upper in ("TABLE", "ONLY"):
                at += 1
            if token.upper == "UPDATE" and at < len(self.all) and self.all[at].upper == "OR":
                at += 2
            while (table := self.table_at(at)) is not None:
                name, at = table
                if name not in local:
                    found[name] = None
                if token.upper not in ("FROM", "TRUNCATE", "LOCK"):
                    break
                if at < len(self.all) and self.all[at].upper == "AS":
                    at += 1
                if at < len(self.all) and self.all[at].is_name and self.all[at].upper not in _NOT_AN_ALIAS:
                    at += 1
                if at >= len(self.all) or self.all[at].text != ",":
                    break
                at += 1
        return tuple(found)

    def column_at(self, i: int) -> str | None:
        """The column whose (last) name is token i."""
        return self.all[i].name if 0 <= i < len(self.all) and self.all[i].is_name else None

    def operand_at(self, i: int, end: int) -> tuple[Operand, int] | None:
        """A parameter or literal (with sign) at token i and the index after it."""
        if i < end and i in self.operands:
            return self.operands[i], i + 1
        if i + 1 < end and self.all[i].text == "-" and self.operands.get(i + 1, ("", None))[0] == "literal":
            value = self.operands[i + 1][1]
            return ("literal", -value if isinstance(value, (int, float)) else None), i + 2
        return None

    def conditions(self, start: int, depth: int) -> tuple[list[tuple[str, tuple[Operand, ...]]], bool]:
        """Equalities of the WHERE clause that begins after token `start`, and whether all must hold."""
        end = next((i for i in range(start, len(self.all)) if self.all[i].depth < depth or self._ends_where(i, depth)), len(self.all))
        found: list[tuple[str, tuple[Operand, ...]]] = []
        i = start
        conjunction = True
        while i < end:
            token = self.all[i]
            if token.depth == depth and token.upper in ("OR", "NOT", "CASE"):
                conjunction = False
            is_equal = token.text in ("=", "==") or token.upper == "IS"
            if is_equal or token.upper == "IN":
                self._equality(i, end, depth, found, is_in=not is_equal)
            i += 1
        return (found if conjunction else []), conjunction

    def _ends_where(self, i: int, depth: int) -> bool:
        token = self.all[i]
        return token.depth == depth and (token.text == ";" or (token.kind == "word" and token.upper in _WHERE_ENDS))

    def _equality(self, i: int, end: int, depth: int, found: list[tuple[str, tuple[Operand, ...]]], *, is_in: bool) -> None:
        column = self.column_at(i - 1)
        values: list[Operand] = []
        if is_in:
            at = i + 2
            while column is not None and i + 1 < end and self.all[i + 1].text == "(" and (operand := self.operand_at(at, end)) is not None:
                self.bind(column, at)
                values.append(operand[0])
                at = operand[1] + 1
                if self.all[at - 1].text != ",":
                    break
            simple = bool(values) and self.all[at - 1].text == ")"
        else:
            operand = self.operand_at(i + 1, end)
            behind = operand[1] if operand is not None else i + 2
            if operand is None and i - 1 in self.operands and self.column_at(i + 1) is not None:
                column, operand = self.column_at(i + 1), (self.operands[i - 1], i + 2)
                self.bind(column or "", i - 1)
            elif column is not None:
                self.bind(column, i + 1)
            if operand is not None:
                values = [operand[0]]
            simple = behind >= end or self.all[behind].upper in ("AND", "OR") or self.all[behind].text == ")"
        if column is not None and values and simple and self.all[i].depth == depth:
            found.append((column, tuple(values)))

    def assignments(self, start: int, depth: int) -> tuple[list[str], list[str], bool]:
        """Columns of a SET clause, those that are set to a parameter alone, and whether there are none of these."""
        columns: list[str] = []
        given: list[str] = []
        i = start
        while i + 1 < len(self.all) and self.all[i].is_name:
            if i + 2 < len(self.all) and self.all[i + 1].text == ".":
                i += 2
            if self.all[i + 1].text != "=":
                break
            column = self.all[i].name
            columns.append(column)
            i += 2
            names = False
            parameter = False
            while i < len(self.all):
                token = self.all[i]
                if token.depth == depth and (token.text in (",", ";") or token.upper in ("WHERE", "FROM", "RETURNING")):
                    break
                if token.depth < depth:
                    break
                self.bind(column, i)
                names = names or (token.is_name and not (i + 1 < len(self.all) and self.all[i + 1].text == "("))
                parameter = parameter or token.kind == "parameter"
                i += 1
            if parameter and not names:
                given.append(column)
            if i >= len(self.all) or self.all[i].text != ",":
                break
            i += 1
        return columns, given, bool(columns) and not given

    def insertion(self, into: int, depth: int) -> tuple[list[str], list[dict[str, Operand]]]:
        """Columns of an INSERT, and its VALUES where they are parameters or literals."""
        table = self.table_at(into + 1)
        columns: list[str] = []
        if table is None:
            return columns, []
        i = table[1]
        if i < len(self.all) and self.all[i].text == "(":
            i += 1
            while i < len(self.all) and self.all[i].depth > depth:
                if self.all[i].is_name:
                    columns.append(self.all[i].name)
                i += 1
        elif table[0] in self.schema:
            columns.extend(self.schema[table[0]].columns)
        values = self.find(("VALUES",), i, depth)
        rows: list[dict[str, Operand]] = []
        i = values + 1 if values >= 0 else len(self.all)
        while i < len(self.all) and self.all[i].text == "(" and len(rows) < 32:
            i, row = self._tuple(i + 1, depth + 1, columns)
            rows.append(row)
            i += 2 if i + 1 < len(self.all) and self.all[i + 1].text == "," else len(self.all)
        return columns, rows

    def _tuple(self, i: int, depth: int, columns: Sequence[str]) -> tuple[int, dict[str, Operand]]:
        row: dict[str, Operand] = {}
        number = 0
        first = True
        while i < len(self.all) and self.all[i].depth >= depth:
            token = self.all[i]
            name = columns[number] if number < len(columns) else f"#{number}"
            if token.depth == depth and token.text == ",":
                number += 1
                first = True
            else:
                self.bind(name, i)
                alone = i + 1 < len(self.all) and (self.all[i + 1].text == "," or self.all[i + 1].depth < depth)
                if first and alone and i in self.operands:
                    row[name] = self.operands[i]
                first = False
            i += 1
        return i, row


def _created(reader: _Reader) -> Table | None:
    """The table that a CREATE TABLE makes."""
    words = [token.upper for token in reader.all[:8]]
    if "TABLE" not in words:
        return None
    i = words.index("TABLE") + 1
    if words[i : i + 3] == ["IF", "NOT", "EXISTS"]:
        i += 3
    table = reader.table_at(i)
    if table is None or table[1] >= len(reader.all) or reader.all[table[1]].text != "(":
        return None
    key: list[str] = []
    columns: list[str] = []
    start = True
    for i in range(table[1] + 1, len(reader.all) - 1):
        token = reader.all[i]
        if start and token.is_name and token.upper not in _CONSTRAINTS:
            columns.append(token.name)
        start = token.depth == 1 and token.text == ","
        if token.upper == "PRIMARY" and reader.all[i + 1].upper == "KEY":
            if token.depth == 1 and i + 2 < len(reader.all) and reader.all[i + 2].text == "(":
                key = [t.name for t in _column_names(reader.all, i + 3)]
            elif columns:
                key = [columns[-1]]
    return Table(table[0], tuple(key) or ("rowid",), tuple(columns))


def _column_names(all_tokens: list[Token], i: int) -> list[Token]:
    found: list[Token] = []
    while i < len(all_tokens) and all_tokens[i].text != ")" and len(found) < 16:
        if all_tokens[i].is_name and all_tokens[i].upper not in ("ASC", "DESC"):
            found.append(all_tokens[i])
        i += 1
    return found


def _access(reader: _Reader) -> tuple[str, str, int]:
    """Verb, access and the index of the verb."""
    if not reader.all:
        return "", READ, 0
    verb, at = reader.all[0].upper, 0
    if verb == "WITH":
        at = max(0, reader.find(_WRITE | {"SELECT", "VALUES"}))
        verb = reader.all[at].upper
    if verb in _WRITE:
        return verb, WRITE, at
    if verb in _READ:
        return verb, READ, at
    return verb, TRANSACTION if verb in _TRANSACTION else SCHEMA, at


def analyse(text: str, schema: Mapping[str, Table], dialect: Dialect = SQLITE) -> Statement:
    """What the statement does, given the tables known so far. Costs some 50 us; cache the result."""
    reader = _Reader(text, schema, dialect)
    verb, access, at = _access(reader)
    if access in (TRANSACTION, SCHEMA):
        created = _created(reader) if verb == "CREATE" else None
        if verb in ("PRAGMA", "ATTACH", "ALTER") and any(token.name in _KEYS for token in reader.all if token.is_name):
            reader.secret_spans.extend((reader.all[i].start, reader.all[i].end) for i in reader.operands)
        return Statement(verb, access, reader.clean(), (created.name,) if created else reader.tables(), created=created)
    columns: list[str] = []
    given: list[str] = []
    atomic = False
    inserted: list[dict[str, Operand]] = []
    where: list[tuple[str, tuple[Operand, ...]]] = []
    where_at = reader.find(("WHERE",), at)
    conjunction = where_at >= 0
    if verb == "UPDATE":
        set_at = reader.find(("SET",), at)
        if set_at >= 0:
            columns, given, atomic = reader.assignments(set_at + 1, reader.all[set_at].depth)
    elif verb in ("INSERT", "REPLACE"):
        into = reader.find(("INTO",), at)
        columns, inserted = reader.insertion(into, 0) if into >= 0 else ([], [])
        set_at = reader.find(("SET",), at)
        if set_at >= 0:
            reader.assignments(set_at + 1, reader.all[set_at].depth)
    for i, token in enumerate(reader.all):
        if token.upper == "WHERE" and token.kind == "word":
            found, all_of = reader.conditions(i + 1, token.depth)
            if i == where_at and verb != "INSERT":
                where, conjunction = found, all_of
    clauses = {name for i in range(len(reader.all) - 1) for a, b, name in _CLAUSES if reader.all[i].upper == a and reader.all[i + 1].upper == b}
    if reader.find(("RETURNING",)) >= 0:
        clauses.add("returning")
    if verb == "LOCK":
        clauses.add("table_lock")
    advisory = _advisory(reader) if dialect is not SQLITE else None
    if advisory is not None:
        clauses.add(advisory[0])
    return Statement(
        verb, access, reader.clean(), reader.tables(), tuple(columns), tuple(given), atomic, tuple(where), conjunction,
        tuple(inserted), tuple(sorted(clauses)), frozenset(reader.secret_parameters), advisory=None if advisory is None else advisory[1],
    )  # fmt: skip


def script(text: str, dialect: Dialect = SQLITE) -> list[str]:
    """The statements of a text, without what is between them; at most 200. The body of a trigger belongs to its statement."""
    found: list[str] = []
    now: list[Token] = []
    for token in [*tokens(text, dialect), Token("operator", ";", ";", len(text), len(text), 0)]:
        if token.text != ";" or token.depth > 0:
            now.append(token)
        elif now and not (_has_body(now) and now[-1].upper != "END" and token.start < len(text)):
            found.append(text[now[0].start : now[-1].end])
            now = []
    return found[:200]


def _has_body(statement: list[Token]) -> bool:
    words = [token.upper for token in statement[:8]]
    return words[0] == "CREATE" and not {"TRIGGER", "FUNCTION", "PROCEDURE"}.isdisjoint(words) and any(each.upper == "BEGIN" for each in statement)


def combined(text: str, statements: Sequence[Statement], dialect: Dialect = SQLITE) -> Statement:
    """Several statements executed as one: the strongest access, the tables of all. The rows are not known."""
    strongest = max(statements, key=lambda each: (TRANSACTION, READ, SCHEMA, WRITE).index(each.access))
    tables = tuple(dict.fromkeys(table for each in statements for table in each.tables))
    clean = "; ".join(each.text for each in statements)
    return Statement(strongest.verb, strongest.access, clean, tables, secrets=analyse(text, {}, dialect).secrets)


def _advisory(reader: _Reader) -> tuple[str, tuple[Operand, ...]] | None:
    """What a statement does with an advisory lock of PostgreSQL (the name of a clause), and the operands that name the lock."""
    for i, token in enumerate(reader.all):
        found = _ADVISORY.fullmatch(token.name) if token.kind == "word" else None
        if found is None or i + 1 >= len(reader.all) or reader.all[i + 1].text != "(":
            continue
        verb = "unlock" if found["un"] else "lock"
        names, at = [], i + 2
        while (operand := reader.operand_at(at, len(reader.all))) is not None:
            names.append(operand[0])
            at = operand[1] + 1
            if reader.all[at - 1].text != ",":
                break
        known = bool(names) and at <= len(reader.all) and reader.all[at - 1].text == ")"
        return f"advisory_{found['transaction'] or ''}{verb}{found['shared'] or ''}", tuple(names) if known else ()
    return None


def is_version(column: str) -> bool:
    """Whether a column's name indicates that it holds the version of a row."""
    return column in _VERSIONS
