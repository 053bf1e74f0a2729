"""Objects that are acquired and released but keep nobody out."""

from __future__ import annotations

from causeway_core.analysis.facts import Facts
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Obj

_LIFETIME_LOCKS = ("_thread.lock",)


def no_protection(recording: Recording, facts: Facts) -> frozenset[int]:
    """Semaphores with several units, what is no lock at all, and the lock by which the interpreter lets a thread be joined (never one of
    the program's: it has no name).
    """
    return frozenset(thing.id for thing in facts.objects.values() if _several_units(recording, thing) or _nameless(thing))


def _several_units(recording: Recording, thing: Obj) -> bool:
    if not thing.type.endswith("Semaphore"):
        return False
    units = _attribute(recording, thing.id, "_value")
    return units is None or units > 1


def _nameless(thing: Obj) -> bool:
    return thing.label is None and thing.type in _LIFETIME_LOCKS


def _attribute(recording: Recording, object: int, name: str) -> int | None:
    """An integer attribute of an object as first seen."""
    for at in recording.snapshots(object)[:1]:
        for key, value in recording.snapshot(at).items:
            if key.payload == name and isinstance(value.payload, int):
                return value.payload
    return None
