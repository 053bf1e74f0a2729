"""Analysed statements, and the part of their records that differs each time: parameters and rows.

Rows are known from equalities in the text, primary keys from the CREATE TABLE statements the process ran.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causeway import settings
from causeway.boundary.plain import bound_json, quote, quote_name, value_json
from causeway.boundary.sqltext import ADVISORY, Operand, Statement, Table, analyse, combined, is_version, script
from causeway.boundary.sqltokens import Dialect
from causeway.redaction import REDACTED, is_secret, scrub_content

MAX_ROWS = 32
MAX_SETS = 8
MAX_STATEMENT = 4096
MAX_PARAMETERS = 6000
MAX_PREPARED = 500

_TOO_LARGE = '"<too large>"'
_KEY_NAMES = ("id", "rowid", "oid", "_rowid_", "pk", "uuid")
_PLAIN_KEYS = (("UUID", "uuid"), ("UUID", "asyncpg.pgproto.pgproto"), ("Decimal", "decimal"))


class Known:
    """The statements in one dialect that this process ran, and the tables that it made.

    Any thread may call it: two threads that analyse one text get equal results.
    """

    def __init__(self, dialect: Dialect, tables: dict[str, Table] | None = None) -> None:
        self.dialect = dialect
        self.tables: dict[str, Table] = {} if tables is None else tables
        self.prepared: dict[str, Prepared] = {}
        settings.listeners.append(lambda changed: self.prepared.clear())

    def prepare(self, text: str) -> Prepared:
        """Analyses a statement, or several that are executed as one. After a CREATE TABLE, which defines keys, everything is analysed again."""
        if len(self.prepared) > MAX_PREPARED:
            self.prepared.clear()
        parts = script(text, self.dialect) if ";" in text else ()
        if len(parts) > 1:
            statement = combined(text, [self.prepare(part).statement for part in parts], self.dialect)
        else:
            statement = analyse(text, self.tables, self.dialect)
        prepared = Prepared(statement, self.tables)
        created = prepared.statement.created
        if created is not None and self.tables.get(created.name) != created:
            self.tables[created.name] = created
            self.prepared.clear()
        self.prepared[text] = prepared
        return prepared


class Prepared:
    """A statement's analysis with the parts of its record that are the same each time."""

    __slots__ = ("constant", "keys", "prefix", "reads_one", "single", "statement", "table", "tables")

    def __init__(self, statement: Statement, tables: Mapping[str, Table]) -> None:
        self.statement = statement
        self.tables = tables
        self.table = statement.tables[0] if statement.tables else None
        self.keys = _key_plan(statement, self.table, tables) if self.table is not None else None
        # The most common way to name a row: its key is one positional parameter.
        self.single = -1
        self.prefix = ""
        if self.keys is not None and self.table is not None and len(self.keys) == 1 and len(self.keys[0]) == 1:
            column, (kind, key) = self.keys[0][0]
            if kind == "parameter" and type(key) is int and not is_secret(column) and _is_key(self.table, (column,), tables):
                self.single = key
                self.prefix = f"[[{quote(self.table)},"
        # A look-up of one row: the tap writes its record where the parameters are ints.
        self.reads_one = self.single >= 0 and statement.access == "read" and not statement.secrets
        text = statement.text[:MAX_STATEMENT]
        members = [
            f'"statement":{quote(scrub_content(text))}',
            f'"tables":[{",".join(map(quote, statement.tables))}]',
            f'"access":"{statement.access}"',
        ]
        if statement.columns:
            members.append(f'"columns":[{",".join(map(quote, statement.columns))}]')
        if statement.verb == "UPDATE":
            members.append(f'"atomic":{"true" if statement.atomic else "false"},"given":[{",".join(map(quote, statement.given))}]')
        if statement.where:
            members.append(f'"where":[{",".join(quote(column) for column, _ in statement.where)}]')
        if statement.clauses:
            members.append(f'"clauses":[{",".join(map(quote, statement.clauses))}]')
        self.constant = ",".join(members)


def _key_plan(statement: Statement, table: str, tables: Mapping[str, Table]) -> list[list[tuple[str, Operand]]] | None:
    """The columns and operands that identify the rows: one list per row; None if the rows are not known."""
    if len(statement.tables) != 1:
        return None
    known = tables.get(table)
    if statement.inserted:
        if known is None:
            columns: tuple[str, ...] = next(((c,) for c in (*_KEY_NAMES, f"{table}_id") if c in statement.columns), ())
        else:
            columns = known.key
        rows = [[(c, row[c]) for c in columns] for row in statement.inserted if columns and all(c in row for c in columns)]
        return rows if rows and len(rows) == len(statement.inserted) else None
    if not statement.conjunction or not statement.where:
        return None
    where = dict(reversed(statement.where))
    if known is not None and all(c in where for c in known.key):
        if len(known.key) == 1:
            return [[(known.key[0], value)] for value in where[known.key[0]]][:MAX_ROWS]
        if all(len(where[c]) == 1 for c in known.key):
            return [[(c, where[c][0]) for c in known.key]]
    column = next((c for c in (*_KEY_NAMES, f"{table}_id", f"{table.removesuffix('s')}_id") if c in where), None)
    if column is None:
        column = next((c for c, _ in statement.where if not is_version(c)), statement.where[0][0])
    return [[(column, value)] for value in where[column]][:MAX_ROWS]


def _is_key(table: str, columns: tuple[str, ...], tables: Mapping[str, Table]) -> bool:
    known = tables.get(table)
    if known is not None:
        return known.key == columns or (columns in (("rowid",), ("id",)) and known.key == ("rowid",))
    return columns[0] in _KEY_NAMES or columns[0].endswith("_id")


def _value_of(operand: Operand, parameters: Any) -> Any:
    """The operand's value. Raises KeyError if it is not known."""
    kind, key = operand
    if kind == "literal":
        return key
    if type(key) is int and type(parameters) in (tuple, list):
        return parameters[key] if 0 <= key < len(parameters) else _unknown()
    if type(parameters) is dict:
        return parameters[key if type(key) is str else str(key + 1)]
    return _unknown()


def _unknown() -> Any:
    raise KeyError("parameter")


def rows_json(prepared: Prepared, parameters: Any, lastrowid: Any) -> str:
    """JSON of the rows: `[table, key…]`, `[table, "column=value"]` for a column other than the primary key, `[table]` if the row is not known."""
    statement, table = prepared.statement, prepared.table
    if table is None:
        return "[]" if statement.advisory is None else _advisory_json(statement.advisory, parameters)
    if prepared.single >= 0 and type(parameters) is tuple and len(parameters) > prepared.single and type(parameters[prepared.single]) is int:
        key = parameters[prepared.single]
        if -(1 << 63) <= key < 1 << 63 and not settings.current.sanitize_values:
            return f"{prepared.prefix}{key}]]"
    name = quote_name(table)
    if prepared.keys is None or settings.current.sanitize_values:
        if len(statement.inserted) == 1 and type(lastrowid) is int and not settings.current.sanitize_values:
            return f"[[{name},{lastrowid}]]"
        return f"[{','.join(f'[{quote_name(t)}]' for t in statement.tables)}]"
    rows = []
    for keys in prepared.keys:
        parts = [_key_json(column, operand, parameters) for column, operand in keys]
        if None in parts:
            return f"[[{name}]]"
        columns = tuple(column for column, _ in keys)
        if _is_key(table, columns, prepared.tables):
            rows.append(f"[{name},{','.join(parts)}]")  # type: ignore[arg-type]
        else:
            rows.append(f"[{name},{quote(f'{columns[0]}={_unquoted(parts[0] or str())}')}]")
    return f"[{','.join(rows)}]"


def _unquoted(json: str) -> str:
    return json[1:-1] if json.startswith('"') else json


def _key_json(column: str, operand: Operand, parameters: Any) -> str | None:
    if is_secret(column):
        return None
    try:
        value = _value_of(operand, parameters)
    except KeyError:
        return None
    if type(value) is str:
        return None if len(value) > 200 else value_json(value)
    if type(value) in (int, float, bool):
        return value_json(value)
    text = _text_of(value)
    return None if text is None else quote(text)


def _text_of(value: object) -> str | None:
    """The text of a UUID or decimal, of the standard library or a driver; None for anything else."""
    kind = type(value)
    if (kind.__name__, kind.__module__) in _PLAIN_KEYS and not settings.current.sanitize_values:
        return str(value)
    return None


def _advisory_json(names: tuple[Operand, ...], parameters: Any) -> str:
    """JSON of an advisory lock, as of a row: `[["pg_advisory_lock", key…]]`."""
    parts = [_key_json("key", operand, parameters) for operand in names]
    if None in parts or not parts:
        return f"[[{quote_name(ADVISORY)}]]"
    return f"[[{quote_name(ADVISORY)},{','.join(parts)}]]"  # type: ignore[arg-type]


def parameters_json(statement: Statement, parameters: Any) -> str:
    """JSON of one set of parameters, secrets redacted; `null` for none and for what cannot be read without running code of the program."""
    shown = _set_json(statement, parameters)
    return shown if len(shown) <= MAX_PARAMETERS else _TOO_LARGE


def _set_json(statement: Statement, parameters: Any) -> str:
    if not parameters or not settings.current.capture_args:
        return "null"
    kind = type(parameters)
    secrets = statement.secrets
    if kind is tuple or kind is list:
        if not secrets:
            if len(parameters) == 1 and type(parameters[0]) is int and -(1 << 63) <= parameters[0] < 1 << 63 and not settings.current.sanitize_values:
                return f"[{parameters[0]}]"
            values = [value_json(value, depth=0) for value in parameters[:64]]
        else:
            hidden = f'"{REDACTED}"'
            values = [hidden if i in secrets and value is not None else value_json(value, depth=0) for i, value in enumerate(parameters[:64])]
        return f"[{','.join(values)}]"
    if kind is dict:
        pairs = []
        for key, value in list(parameters.items())[:64]:
            if type(key) is str:
                shown = f'"{REDACTED}"' if key in secrets and value is not None else bound_json(key, value)
                pairs.append(f"{quote(key[:100])}:{shown}")
        return f"{{{','.join(pairs)}}}"
    return "null"


def sets_json(prepared: Prepared, sets: Any) -> tuple[str, str]:
    """JSON of the parameters and of the rows of an executemany. Nothing is known of an iterator, which must not be consumed."""
    if type(sets) not in (list, tuple):
        return "null", f"[[{quote_name(prepared.table)}]]" if prepared.table else "[]"
    shown = f"[{','.join(_set_json(prepared.statement, one) for one in sets[:MAX_SETS])}]"
    inner = [rows_json(prepared, one, None)[1:-1] for one in sets[:MAX_ROWS]]
    rows = f"[{','.join(dict.fromkeys(inner))}]" if len(sets) <= MAX_ROWS else f"[[{quote_name(prepared.table or '')}]]"
    return shown if len(shown) <= MAX_PARAMETERS else _TOO_LARGE, rows
