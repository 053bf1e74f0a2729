"""sqlite3: every statement with what it touches, and the transaction it belongs to.

The classes of `_sqlite3` stay what they are: their methods' C functions are exchanged. Nothing runs on the program's connection; rows are known from
equalities in the text and from the row id of an INSERT, primary keys from the CREATE TABLE statements the process ran. One SQL record a statement,
written when it has been executed, with the time it began.
"""

# pathlib is not imported into the program.
# ruff: noqa: PTH100
from __future__ import annotations

from itertools import count
from os.path import abspath
from types import ModuleType
from typing import Any

from causeway import _tap, settings
from causeway.boundary.emit import SQL
from causeway.boundary.plain import bound_json, exact, path_text, quote, quote_name, value_json
from causeway.boundary.sqltext import Operand, Statement, Table, analyse, is_version
from causeway.redaction import REDACTED, is_secret, scrub_content, scrub_url

MAX_ROWS = 32
MAX_SETS = 8
MAX_STATEMENT = 4096
MAX_PARAMETERS = 6000

_record = _tap.record
_sql_read = _tap.sql_read
_next = count(1).__next__
_tables: dict[str, Table] = {}
_prepared: dict[str, Prepared] = {}
_connections: dict[int, Connection] = {}
_connecting: dict[int, object] = {}
_KEY_NAMES = ("id", "rowid", "oid", "_rowid_", "pk", "uuid")

_getters: dict[str, Any] = {}
_in_transaction: Any = None


settings.listeners.append(lambda changed: _prepared.clear())


class Connection:
    """What is known of a connection: its number, the beginning of its records and the number of its open transaction."""

    __slots__ = ("head", "isolation", "number", "transaction")

    def __init__(self, database: object) -> None:
        self.number = _next()
        self.head = f'{{"system":"sqlite","phase":"end","connection":{self.number},"database":{_database_json(database, self.number)},'
        self.transaction: int | None = None
        self.isolation = "null"


class Prepared:
    """A statement's analysis with the parts of its record that are the same each time."""

    __slots__ = ("constant", "keys", "prefix", "reads_one", "single", "statement", "table")

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.table = statement.tables[0] if statement.tables else None
        self.keys = _key_plan(statement, self.table) if self.table is not None else None
        # The most usual way to name a row: its key is one positional parameter.
        self.single = -1
        self.prefix = ""
        if self.keys is not None and self.table is not None and len(self.keys) == 1 and len(self.keys[0]) == 1:
            column, (kind, key) = self.keys[0][0]
            if kind == "parameter" and type(key) is int and not is_secret(column) and _is_key(self.table, (column,)):
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


def _key_plan(statement: Statement, table: str) -> list[list[tuple[str, Operand]]] | None:
    """The columns and operands that name the rows touched: one list a row; None when the rows are not known."""
    if len(statement.tables) != 1:
        return None
    known = _tables.get(table)
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


def _is_key(table: str, columns: tuple[str, ...]) -> bool:
    known = _tables.get(table)
    if known is not None:
        return known.key == columns or (columns in (("rowid",), ("id",)) and known.key == ("rowid",))
    return columns[0] in _KEY_NAMES or columns[0].endswith("_id")


def _value_of(operand: Operand, parameters: Any) -> Any:
    """The operand's value; raises KeyError when it cannot be known."""
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


def _rows_json(prepared: Prepared, parameters: Any, lastrowid: Any) -> str:
    """JSON of the rows touched: `[table, key…]`, `[table, "column=value"]` for another column than the primary key, `[table]` when it is not known
    which."""
    statement, table = prepared.statement, prepared.table
    if table is None:
        return "[]"
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
        if _is_key(table, columns):
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
    return value_json(value) if type(value) in (int, float, bool) else None


def _parameters_json(statement: Statement, parameters: Any) -> str:
    """JSON of one set of parameters, secrets redacted; `null` for none and for what cannot be read without running code of the program."""
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


def _prepare(text: str) -> Prepared:
    if len(_prepared) > 500:
        _prepared.clear()
    prepared = _prepared[text] = Prepared(analyse(text, _tables))
    created = prepared.statement.created
    if created is not None and _tables.get(created.name) != created:
        _tables[created.name] = created
        kept = _prepared.pop(text)
        _prepared.clear()
        _prepared[text] = kept
    return prepared


def _connection(connection: Any) -> Connection:
    known = _connections.get(id(connection))
    if known is None:
        known = _connections[id(connection)] = Connection(None)
    return known


def _write(connection: Any, prepared: Prepared, parameters: str, rows: str, rowcount: int, error: BaseException | None, started: int) -> None:
    """One SQL record; keeps account of the connection's transaction."""
    state = _connections.get(id(connection)) or _connection(connection)
    before = state.transaction
    if _in_transaction(connection):
        if before is None:
            before = state.transaction = _next()
            state.isolation = quote_name(_isolation(connection, prepared.statement))
        transaction = f'{before},"isolation":{state.isolation}'
    elif before is not None:
        state.transaction = None
        transaction = f'{before},"isolation":{state.isolation}'
    else:
        transaction = 'null,"isolation":null'
    failed = "null" if error is None else quote_name(type(error).__name__)
    _record(
        SQL,
        f'{state.head}{prepared.constant},"id":{_next()},"parameters":{parameters},"rowcount":{rowcount},"rows":{rows},'
        f'"transaction":{transaction},"error":{failed},"started":{started}}}',
    )


def _isolation(connection: Any, statement: Statement) -> str:
    """How the transaction that has just begun was begun."""
    if statement.verb == "BEGIN":
        words = statement.text.upper().split()
        return words[1] if len(words) > 1 and words[1] in ("IMMEDIATE", "EXCLUSIVE") else "DEFERRED"
    level = _getters["isolation_level"](connection)
    return exact(level).upper() if isinstance(level, str) and level else "DEFERRED"


def _read_one(state: Connection, prepared: Prepared, parameters: Any, started: int) -> bool:
    """The record of a look-up outside of a transaction; False: it needs the long way."""
    current = settings.current
    if current.sanitize_values or not current.capture_args:
        return False
    return _sql_read(state.head, prepared.constant, prepared.prefix, prepared.single, _next(), parameters, started)


def _executed(connection: Any, cursor: Any, args: tuple[Any, ...], error: BaseException | None, started: int, *, many: bool) -> None:
    """One execute or executemany."""
    if not args or type(args[0]) is not str:
        return
    prepared = _prepared.get(args[0]) or _prepare(args[0])
    parameters: Any = args[1] if len(args) > 1 else None
    if prepared.reads_one and error is None and not many:
        state = _connections.get(id(connection))
        if state is not None and state.transaction is None and not _in_transaction(connection) and _read_one(state, prepared, parameters, started):
            return
    statement = prepared.statement
    rowcount = -1
    lastrowid = None
    if cursor is not None and statement.access == "write":
        rowcount = _getters["rowcount"](cursor)
        if statement.inserted and prepared.keys is None and rowcount == 1 and error is None:
            lastrowid = _getters["lastrowid"](cursor)
    if not many:
        shown = _parameters_json(statement, parameters)
        rows = _rows_json(prepared, parameters, lastrowid)
    elif type(parameters) in (list, tuple):
        shown = f"[{','.join(_parameters_json(statement, one) for one in parameters[:MAX_SETS])}]"
        inner = [_rows_json(prepared, one, None)[1:-1] for one in parameters[:MAX_ROWS]]
        rows = f"[{','.join(dict.fromkeys(inner))}]" if len(parameters) <= MAX_ROWS else f"[[{quote_name(prepared.table or '')}]]"
    else:
        shown, rows = "null", f"[[{quote_name(prepared.table)}]]" if prepared.table else "[]"
    if len(shown) > MAX_PARAMETERS:
        shown = '"<too large>"'
    _write(connection, prepared, shown, rows, rowcount, error, started)


def _script(connection: Any, args: tuple[Any, ...], error: BaseException | None, started: int) -> None:
    """executescript: one record, its access the strongest of its statements; parsed once."""
    if not args or type(args[0]) is not str:
        return
    text = args[0]
    prepared = _prepared.get(text)
    if prepared is None:
        for part in text.split(";")[:200]:
            if part.strip():
                _prepare(part.strip())
        prepared = _prepare(text)
    _write(connection, prepared, "null", _rows_json(prepared, None, None), -1, error, started)


def _ended(connection: Any, verb: str, error: BaseException | None, started: int) -> None:
    """commit and rollback; without a transaction they do nothing and leave no record."""
    state = _connection(connection)
    if state.transaction is None and not _getters["in_transaction"](connection):
        return
    _write(connection, _prepared.get(verb) or _prepare(verb), "null", "[]", -1, error, started)


def _hooks(module: ModuleType) -> list[tuple[type, str, Any]]:
    connection, cursor = module.Connection, module.Cursor

    def connection_execute(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(self, result, args, error, started, many=False)

    def connection_executemany(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(self, result, args, error, started, many=True)

    def cursor_execute(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(_getters["connection"](self), self, args, error, started, many=False)

    def cursor_executemany(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _executed(_getters["connection"](self), self, args, error, started, many=True)

    def cursor_executescript(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _script(_getters["connection"](self), args, error, started)

    def commit(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "COMMIT", error, started)

    def rollback(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "ROLLBACK", error, started)

    def leave_block(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        _ended(self, "COMMIT" if args and args[0] is None else "ROLLBACK", error, started)

    def close(self: Any, args: Any, kwargs: Any, result: Any, error: Any, started: int) -> None:
        state = _connections.pop(id(self), None)
        if state is not None and state.transaction is not None and error is None:
            text = (_prepared.get("ROLLBACK") or _prepare("ROLLBACK")).constant
            _record(
                SQL,
                f'{state.head}{text},"id":{_next()},"parameters":null,"rowcount":-1,"rows":[],'
                f'"transaction":{state.transaction},"isolation":{state.isolation},"error":null,"started":{started}}}',
            )

    return [
        (connection, "execute", connection_execute),
        (connection, "executemany", connection_executemany),
        (connection, "commit", commit),
        (connection, "rollback", rollback),
        (connection, "__exit__", leave_block),
        (connection, "close", close),
        (cursor, "execute", cursor_execute),
        (cursor, "executemany", cursor_executemany),
        (cursor, "executescript", cursor_executescript),  # Connection.executescript calls it
    ]


def _database_json(database: object, number: int) -> str:
    """JSON of a database's absolute path; of a private one a name that no other connection has; null when it is not known."""
    path = path_text(database)
    if path is None:
        return "null"
    if path in ("", ":memory:"):
        return f'":memory:{number}"'
    return quote(scrub_url(path if path.startswith("file:") else abspath(path)))


def _connecting_to(args: tuple[Any, ...]) -> None:
    """Audit event `sqlite3.connect`."""
    _connecting[_tap.thread_ident()] = args[0]


def _connected(args: tuple[Any, ...]) -> None:
    """Audit event `sqlite3.connect/handle`: a new connection, which may live where an old one lived."""
    _connections[id(args[0])] = Connection(_connecting.pop(_tap.thread_ident(), None))


def patch(module: ModuleType) -> None:
    """Hook `_sqlite3`."""
    for owner, name in ((module.Connection, "in_transaction"), (module.Connection, "isolation_level")):
        _getters[name] = vars(owner)[name].__get__
    global _in_transaction
    _in_transaction = _getters["in_transaction"]
    for name in ("connection", "rowcount", "lastrowid"):
        _getters[name] = vars(module.Cursor)[name].__get__
    _tap.audit("sqlite3.connect", _connecting_to)
    _tap.audit("sqlite3.connect/handle", _connected)
    for owner, name, leave in _hooks(module):
        _tap.patch_method(owner, name, leave=leave)


