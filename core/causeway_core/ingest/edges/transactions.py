"""Order between database statements that touch the same rows."""

from __future__ import annotations

import json
import sqlite3

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At


def transaction_edges(database: sqlite3.Connection, order: TotalOrder, edges: EdgeRows) -> None:
    """The end of a transaction that wrote a row happens before the next statement of another actor that touches the row; softly.

    Rows are known by database, table and key within a process. A database in memory belongs to its connection.
    """
    rows = database.execute('SELECT at, actor, connection, access, rows, "transaction", details FROM sql WHERE error IS NULL').fetchall()
    rows.sort(key=lambda row: (order.process_of(At(row[0])), *order.key(At(row[0]))))
    written: dict[tuple[object, ...], tuple[int, int]] = {}
    pending: dict[tuple[int, int], list[tuple[object, ...]]] = {}
    for at, actor, connection, access, touched, transaction, details in rows:
        process = order.process_of(At(at))
        name = json.loads(details or "{}").get("database") or ""
        where = connection if name in ("", ":memory:") else name
        keys = [(process, where, *key) for key in json.loads(touched or "[]")]
        for key in keys:
            last = written.get(key)
            if last is not None and last[1] != actor:
                edges.add(last[0], at, "transaction", hard=False, note="commit")
        if access == "write" and transaction is not None:
            pending.setdefault((process, connection), []).extend(keys)
        elif access == "write":
            written.update(dict.fromkeys(keys, (at, actor)))
        elif access == "transaction":
            written.update(dict.fromkeys(pending.pop((process, connection), ()), (at, actor)))
