"""Synchronization between processes: objects that several of them share, and the single order of the operations on them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from causeway_core.wire.kinds import SyncFlag

Operation = tuple[int, int, int, int, int, int]
"""at, actor, op, flags, object, extra."""


def unite_shared(database: sqlite3.Connection, names: Mapping[int, str]) -> None:
    """Has the operations on an object that processes share (record SHARED) name one object: the first process's that has the name."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for object, name in names.items():
        ids[name].append(object)
    rows = [(min(same), object) for same in ids.values() for object in same if object != min(same)]
    if not rows:
        return
    database.execute("CREATE TEMP TABLE same (first INTEGER, object INTEGER PRIMARY KEY)")
    database.executemany("INSERT INTO same VALUES (?, ?)", rows)
    database.execute(
        "UPDATE sync SET object = (SELECT first FROM same WHERE same.object = sync.object) "
        f"WHERE flags & {int(SyncFlag.SHARED)} AND object IN (SELECT object FROM same)"
    )
    database.execute("DROP TABLE same")


class SharedOperations:
    """Operations with flag SHARED, set aside while each process is read by itself. `extra` is their number over all processes."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []

    def add(self, operation: Operation) -> None:
        """Sets an operation aside."""
        self._operations.append(operation)

    def objects(self) -> frozenset[int]:
        """The objects of all operations."""
        return frozenset(operation[4] for operation in self._operations)

    def in_order(self) -> list[Operation]:
        """All operations, object by object in the order of their numbers. The numbers have no other meaning."""
        self._operations.sort(key=lambda operation: (operation[4], operation[5]))
        return [(*operation[:5], 0) for operation in self._operations]
