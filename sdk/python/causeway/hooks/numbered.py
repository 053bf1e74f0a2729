"""Objects that several processes share, and the single order of the operations on them: a name (record SHARED), and numbers from a common counter."""

# ruff: noqa: PTH103, PTH118
# (pathlib is not imported into the program)
from __future__ import annotations

import os
import struct

from causeway import _tap
from causeway.hooks import ops, records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 4096
"""Shared objects in one process; each has a page of counters."""


class Shared:
    """One shared object: `key` is its name among processes, `counters` the handle of its counters, `announced` the position of its SHARED record."""

    __slots__ = ("announced", "counters", "key", "quiet", "reference")

    def __init__(self, reference: Any, key: str) -> None:
        self.reference = reference
        self.key = key
        self.quiet = False
        self.counters = 0
        self.announced: tuple[int, int] = (0, 0)


_known: dict[int, Shared] = {}
"""Shared objects that are alive, by id. Forked children inherit this, and so the names of the objects that they inherit."""


def known(thing: Any) -> Shared | None:
    """What is known of an object; None if it has not been seen before."""
    found = _known.get(id(thing))
    return found if found is not None and found.reference() is thing else None


def know(thing: Any, key: str) -> Shared | None:
    """The same; an object that is new gets its name here. None when too many are known."""
    from weakref import ref

    number, found = id(thing), known(thing)
    if found is not None:
        return found
    if len(_known) >= MOST:
        return None
    shared: Shared

    def forget(reference: Any) -> None:
        if _known.get(number) is shared:
            del _known[number]

    shared = _known[number] = Shared(ref(thing, forget), key)
    return shared


def number(shared: Shared, index: int = 0) -> int:
    """The next number of an operation, over all processes, from one of the object's counters; 0 if they cannot be counted."""
    if not shared.counters:
        from causeway.hooks.processes import spool

        folder = os.path.join(spool(), "pipes")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        shared.counters = _tap.counters_open(os.path.join(folder, shared.key), True)
    return _tap.counters_next(shared.counters, index) & 0xFFFFFFFF if shared.counters else 0


def write(shared: Shared | None, thing: Any, op: int, flags: int = 0) -> None:
    """Write a numbered SYNC record; the first one of this process is preceded by the object's name. Called from hooks, with recording paused."""
    if shared is None or shared.quiet:
        return
    depth = _tap.unpause()
    try:
        if not _tap.active():
            return
        announced = _tap.uid(), _tap.object_id(thing)
        if not announced[1]:
            return
        if shared.announced != announced:
            shared.announced = announced
            _tap.emit(records.SHARED, struct.pack("<I", announced[1]) + records.text(shared.key))
        _tap.sync(op, thing, number(shared), flags | ops.SHARED)
    finally:
        _tap.repause(depth)
