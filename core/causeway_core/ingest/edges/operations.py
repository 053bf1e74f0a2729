"""Synchronization operations of a recording in their total order."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator

import numpy as np

from causeway_core.ingest.edges.order import Ints, TotalOrder
from causeway_core.wire.kinds import SyncOp

_BLOCK = 1 << 16

AT, ACTOR, OP, FLAGS, OBJECT, EXTRA = range(6)
"""Columns of `read_operations`."""


def read_order(database: sqlite3.Connection) -> TotalOrder:
    """The total orders of the processes of a recording."""
    runs = read_columns(database, "SELECT at, number FROM run", 2)
    return TotalOrder(runs[:, 0], runs[:, 1], dict(database.execute("SELECT id, process FROM stream")))


def read_operations(database: sqlite3.Connection) -> Ints:
    """All synchronization operations, a row each: at, actor, op (a SyncOp), flags, object (0: none), extra. In order of id."""
    cases = " ".join(f"WHEN '{op.name.lower()}' THEN {op.value}" for op in SyncOp)
    return read_columns(database, f"SELECT at, actor, CASE op {cases} ELSE 0 END, flags, coalesce(object, 0), extra FROM sync ORDER BY id", 6)


def in_order(operations: Ints, order: TotalOrder) -> Iterator[tuple[int, Iterator[tuple[int, ...]]]]:
    """The operations of one process after the other, each process's in its total order, in blocks: (process.id, operations)."""
    index = order.sorted_index(operations[:, AT])
    processes = order.processes_of(operations[index, AT])
    borders = [0, *(np.flatnonzero(processes[1:] != processes[:-1]) + 1).tolist(), len(index)]
    for begin, end in itertools.pairwise(borders):
        for start in range(begin, end, _BLOCK):
            block = operations[index[start : min(start + _BLOCK, end)]]
            yield int(processes[begin]), zip(*block.T.tolist(), strict=True)


def read_columns(database: sqlite3.Connection, sql: str, columns: int) -> Ints:
    """The rows of a query of so many integer columns, as a matrix."""
    rows: Ints = np.fromiter(database.execute(sql), dtype=np.dtype((np.int64, columns)))
    return rows.reshape(-1, columns)
