"""What a run changes and does not restore: permits, locks, items of queues, and places that are changed temporarily."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from causeway_core.model import Access, At, ObjectRef, Value, ValueKind
from causeway_core.proof.outcome.canonical import canonical
from causeway_core.proof.outcome.values import Values
from causeway_core.session.past import Past
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Sync
from causeway_core.wire.kinds import SyncFlag

MOST_ACCESSES = 20_000
"""Accesses of shared places, or operations, of a run that are examined."""
MOST_STATES = 60
"""Accesses of one container that are examined for whether it ever held anything."""
_PLACES = ("attribute", "global", "cell")
_CONTAINERS = ("builtins.list", "builtins.dict", "builtins.set", "collections.deque", "collections.OrderedDict", "collections.defaultdict")
_EMPTY = ("[]", "{}", "()")
_GIVES, _TAKES = ("sem_released", "released", "put"), ("sem_acquired", "acquired", "get")


@dataclass(frozen=True, slots=True)
class Residue:
    """What a run changed and did not restore.

    `remaining` says in words what each such place still holds. `restored` are the places that every actor which changed them restored. A place is
    one name, whichever objects it belongs to; no place is in both. `wanted` are those in `remaining` that an actor took for good and that others
    asked for after it had ended. `unused` are containers that never held anything: such a run does not say whether they are emptied.
    """

    remaining: dict[str, str] = field(default_factory=dict)
    restored: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()

    def deviations(self, others: Sequence[Residue]) -> tuple[str, ...]:
        """The places that remain changed here and are restored in all of the others that use them, of which there is one."""
        return tuple(
            place
            for place in self.remaining
            if any(place in other.restored for other in others) and all(place in other.restored or place in other.unused for other in others)
        )


def residue_of(recording: Recording, past: Past) -> Residue:
    """The residue of a run, from its recording."""
    remaining: dict[str, str] = {}
    restored: set[str] = set()
    accesses = recording.accesses(most=MOST_ACCESSES + 1)
    gone = _replaced(recording, accesses)
    wanted: set[str] = set()
    unused: set[str] = set()
    for rest in (*_synchronizers(recording, gone), *_places(past, accesses, gone)):
        if rest.wanted:
            wanted.add(rest.place)
        if rest.said is None:
            unused.add(rest.place)
        elif rest.said:
            remaining.setdefault(rest.place, rest.said)
        else:
            restored.add(rest.place)
    return Residue(remaining, frozenset(restored - set(remaining)), frozenset(wanted), frozenset(unused - restored - set(remaining)))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a place still holds, in words: empty if it was restored, None for a container that never held anything. `wanted` as in `Residue`."""

    place: str
    said: str | None
    wanted: bool = False


def _synchronizers(recording: Recording, gone: Set[int]) -> Iterator[_Rest]:
    """For each named semaphore, lock and queue, whether acquisitions and releases balance."""
    named = [row for row in recording.objects() if row.label]
    alike = Counter(row.label for row in named)
    # If several share a name, some may belong to discarded objects, whose state does not matter.
    objects = {row.id: row for row in named if alike[row.label] == 1 and row.id not in gone}
    balance: defaultdict[int, int] = defaultdict(int)
    highest: defaultdict[int, int] = defaultdict(int)
    asked: defaultdict[int, list[Sync]] = defaultdict(list)
    for sync in sorted(recording.syncs(most=MOST_ACCESSES), key=lambda each: (each.ts, each.id)):
        if sync.object not in objects or sync.flags & SyncFlag.REENTRANT:
            continue
        asked[sync.object].append(sync)
        if sync.op not in (*_GIVES, *_TAKES):
            continue
        balance[sync.object] += 1 if sync.op in _GIVES else -1
        highest[sync.object] = max(highest[sync.object], balance[sync.object])
    for number, rest in balance.items():
        name, kind = objects[number].label or "", objects[number].type
        if "Queue" in kind:
            yield _Rest(f"items of {name}", f"{name} still holds items that are never taken" if rest > 0 else "")
        elif kind.startswith(("asyncio.", "trio.")) and ("Semaphore" in kind or kind.endswith("Lock")):
            yield _Rest(f"permits of {name}", f"{name} is released more often than it is acquired" if highest[number] > 0 else "")
            kept = rest < 0
            yield _Rest(f"holders of {name}", f"{name} is acquired and never released" if kept else "", kept and _outlives(recording, asked[number]))


def _outlives(recording: Recording, operations: Sequence[Sync]) -> bool:
    """Whether others asked for a lock or semaphore after its holder had ended without releasing it.

    Only after the program's own `cancel()` of the holder counts, which may find it ended already."""
    has = Counter(each.actor for each in operations if each.op in _TAKES)
    has.subtract(each.actor for each in operations if each.op in _GIVES)
    for actor in (actor for actor, rest in has.items() if rest > 0):
        ended = max((step.ended_ns for step in recording.steps(actor) if step.ended_ns is not None), default=None)
        thing = recording.actor(actor).object
        cancelled = [each.ts for each in recording.syncs(thing) if each.op == "cancel"] if thing is not None else []
        if not cancelled or ended is None:
            continue
        ended = max(ended, *cancelled)
        if any(each.op in (*_TAKES, "acquire_request") and each.ts > ended for each in operations):
            return True
    return False


def _replaced(recording: Recording, accesses: Sequence[Access]) -> Set[int]:
    """The objects that were replaced by others, and those that belonged to them: their state does not matter."""
    held: dict[int, int] = {}
    gone: set[int] = set()
    for each in accesses[:MOST_ACCESSES]:
        if each.op == "write":
            thing = each.value.payload.id if isinstance(each.value.payload, ObjectRef) else 0
            if held.get(each.location, thing) != thing:
                gone.add(held[each.location])
            held[each.location] = thing
    owned = [(row.id, row.owner) for row in recording.objects() if row.owner is not None]
    while more := {number for number, owner in owned if owner in gone} - gone:
        gone |= more
    return gone


def _places(past: Past, accesses: Sequence[Access], gone: Set[int]) -> Iterator[_Rest]:
    """For each shared place that was changed, whether it was restored."""
    recording = past.recording
    if len(accesses) > MOST_ACCESSES or not accesses:
        return
    of: defaultdict[int, list[Access]] = defaultdict(list)
    for each in accesses:
        of[each.location].append(each)
    values, ends = Values(past), max((actor.last_at for actor in recording.actors() if actor.last_at is not None), key=past.sort_key)
    locations = recording.locations()
    alike = Counter(location.name for location in locations if location.kind in _PLACES and location.id in of)
    for location in locations:
        if location.kind in _PLACES and location.id in of and location.object not in gone:
            if alike[location.name] > 1 and not _looked_at(of[location.id]):
                continue
            said = _place(location.name, of[location.id], values, At(ends + 1))
            if said is not None or _never_used(of[location.id], values, At(ends + 1)):
                yield _Rest(location.name, said)


def _looked_at(accesses: Sequence[Access]) -> bool:
    """Whether another actor accesses the place after its last change: then its object was not discarded."""
    last = max((number for number, each in enumerate(accesses) if each.writes), default=0)
    return any(each.actor != accesses[last].actor for each in accesses[last + 1 :])


def _place(name: str, accesses: Sequence[Access], values: Values, ends: At) -> str | None:
    """What a place still holds; empty if it was restored, None if nothing says that it should be."""
    last = _container(accesses)
    if last is not None:
        rest = values.text(last, ends)
        if rest not in _EMPTY:
            return f"{name} still holds {rest}"
        return "" if any(_holds(each, values) for each in accesses[:MOST_STATES]) else None
    writes = [each for each in accesses if each.op == "write"]
    first = accesses[0].value
    if not all(_simple(each.value) for each in (*writes, accesses[0])) or not any(each.value != first for each in writes):
        return None
    if writes[-1].value != first:
        return f"{name} remaining {canonical(str(writes[-1].value))}"
    return "" if _by_each(writes, first) else None


def _container(accesses: Sequence[Access]) -> Value | None:
    """The container that a place holds last, if it is one."""
    last = next((each.value for each in reversed(accesses) if each.op in ("write", "read")), None)
    return last if last is not None and isinstance(last.payload, ObjectRef) and last.payload.type in _CONTAINERS else None


def _never_used(accesses: Sequence[Access], values: Values, ends: At) -> bool:
    """Whether a place holds a container that is empty at the end and at each access of it."""
    last = _container(accesses)
    seen = len(accesses) <= MOST_STATES and not any(_holds(each, values) for each in accesses)
    return last is not None and seen and values.text(last, ends) in _EMPTY


def _holds(access: Access, values: Values) -> bool:
    thing = access.value.payload
    if not isinstance(thing, ObjectRef) or thing.type not in _CONTAINERS:
        return False
    return values.text(access.value, access.at) not in _EMPTY


def _simple(value: Value) -> bool:
    return value.kind in (ValueKind.NONE, ValueKind.FALSE, ValueKind.TRUE, ValueKind.INT32, ValueKind.INT64, ValueKind.FLOAT)


def _by_each(writes: Iterable[Access], first: Value) -> bool:
    """Whether every actor undid its own changes: its increments cancel out, or its last write is the first value."""
    sums: defaultdict[int, float] = defaultdict(float)
    ends: dict[int, Value] = {}
    before: Value = first
    for each in writes:
        if isinstance(each.value.payload, int | float) and isinstance(before.payload, int | float):
            sums[each.actor] += each.value.payload - before.payload
        ends[each.actor], before = each.value, each.value
    if all(value == first for value in ends.values()):
        return True
    return len(sums) == len(ends) and not any(sums.values())
