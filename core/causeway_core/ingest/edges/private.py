"""Objects inside the standard library that the program does not reference: import locks, the handshake of a starting thread, an executor's queue."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

_MADE_OF_OTHERS = frozenset(("Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier", "Queue", "LifoQueue", "PriorityQueue"))
"""Synchronization objects whose parts (the lock of a condition) belong to the program."""

ObjectRow = tuple[int, str, str | None, int | None]
"""id, type, label and owner of table `object`."""


def library_owner(row: ObjectRow, objects: Mapping[int, ObjectRow]) -> ObjectRow | None:
    """The object of a type of the standard library that first held an object, if one did."""
    owner = objects.get(row[3]) if row[3] is not None else None
    return owner if owner is not None and owner[1].partition(".")[0] in sys.stdlib_module_names else None


def private_objects(rows: Iterable[ObjectRow]) -> frozenset[int]:
    """The ids of those without a label, and of parts of the standard library's objects other than labelled synchronization objects."""
    objects = {row[0]: row for row in rows}
    private = set()
    for row in objects.values():
        owner = library_owner(row, objects)
        if owner is None:
            hidden = not row[2]
        else:
            hidden = not owner[2] or owner[1].rpartition(".")[2] not in _MADE_OF_OTHERS or library_owner(owner, objects) is not None
        if hidden:
            private.add(row[0])
    return frozenset(private)
