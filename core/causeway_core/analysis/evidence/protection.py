"""Objects that are acquired and released but do not exclude other actors."""

from __future__ import annotations

import numpy as np

from causeway_core.analysis.evidence.facts import Facts
from causeway_core.analysis.evidence.holds import Holds
from causeway_core.analysis.evidence.table import AccessTable
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Obj

_LIFETIME_LOCKS = ("_thread.lock",)
_GATHERING = ("Nursery", "MemoryChannelState")
"""What many release and one acquires once all have done so: no lock."""


def no_protection(recording: Recording, facts: Facts) -> frozenset[int]:
    """Semaphores with several units, objects that are not locks, parts of executors, and locks without a name: see `held_for_something`."""
    things = facts.objects.values()
    return frozenset(each.id for each in things if _several_units(recording, each) or _of_executor(each, facts) or _nameless(each))


def held_for_something(holds: Holds, facts: Facts, table: AccessTable) -> frozenset[int]:
    """The locks without a name that an actor held while it accessed a place: locks of the program, created within an expression (`setdefault(key,
    Lock())`).

    The other locks without a name are those with which the interpreter implements `join`. In the table, actors are workers, not work items.
    """
    orders = {actor: np.sort(table.order[table.actor == actor]) for actor in np.unique(table.actor).tolist()}
    found = set()
    for hold in holds.holds:
        mine, thing = orders.get(hold.actor), facts.objects.get(hold.object)
        if mine is not None and thing is not None and hold.object not in found and _nameless(thing):
            next_one = int(np.searchsorted(mine, hold.order, "right"))
            if next_one < len(mine) and (hold.until is None or mine[next_one] < hold.until):
                found.add(hold.object)
    return frozenset(found)


def _several_units(recording: Recording, thing: Obj) -> bool:
    if thing.type.startswith("trio.") and thing.type.endswith(_GATHERING):
        return True
    if not thing.type.endswith("Semaphore"):
        return False
    units = _attribute(recording, thing.id, "_value")
    return units is None or units > 1


def _of_executor(thing: Obj, facts: Facts) -> bool:
    """Whether it is inside an executor, which counts its idle workers and starts others under locks of its own."""
    owner = None if thing.owner is None else facts.objects.get(thing.owner)
    return owner is not None and owner.type.startswith("concurrent.futures.")


def _nameless(thing: Obj) -> bool:
    return thing.label is None and thing.type in _LIFETIME_LOCKS


def _attribute(recording: Recording, object: int, name: str) -> int | None:
    """An integer attribute of an object as first seen."""
    for at in recording.snapshots(object)[:1]:
        for key, value in recording.snapshot(at).items:
            if key.payload == name and isinstance(value.payload, int):
                return value.payload
    return None
