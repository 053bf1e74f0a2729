"""Queues that pass database connections between actors: an actor that gets a connection which another has returned might have got a different one."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At
from causeway_core.wire.kinds import SyncFlag

_Key = tuple[int, int]


@dataclass(slots=True)
class _Queue:
    """`taken` counts the items that each actor has taken and not returned. `on_demand`: each item was created by its first user, so an empty queue
    would not have blocked.
    """

    size: int = 0
    on_demand: bool | None = None
    taken: dict[int, int] = field(default_factory=dict)
    returned: dict[int, tuple[int, _Key]] = field(default_factory=dict)  # item token: its put, if that gave something back


@dataclass(frozen=True, slots=True)
class _Handover:
    """A connection used by one actor to `last` and by another, `next_actor`, from `first` on."""

    last: _Key
    first: _Key
    next_actor: int


def pool_handovers(database: sqlite3.Connection, order: TotalOrder) -> frozenset[tuple[int, int]]:
    """The edges (put, get) that order nothing: a connection was returned by an actor that had taken one from the same queue (or by a task of it), was
    next used by the actor that got it, and the queue had others or is filled on demand. A pool of one is a lock, and its edges stay.
    """
    uses = _uses(database, order)
    handovers = {process: [*_handovers(by_connection)] for process, by_connection in uses.items()}
    if not any(handovers.values()):
        return frozenset()
    paths = dict(database.execute("SELECT id, path FROM actor"))
    statement = "SELECT at, actor, op, object, extra FROM sync WHERE op IN ('put', 'get') AND object IS NOT NULL AND extra <> 0"
    rows = database.execute(statement).fetchall()
    rows.sort(key=lambda row: (order.process_of(At(row[0])), *order.key(At(row[0]))))
    queues: defaultdict[int, _Queue] = defaultdict(_Queue)
    found = set()
    for at, actor, op, object, token in rows:
        process, key, queue = order.process_of(At(at)), order.key(At(at)), queues[object]
        if op == "put":
            if queue.on_demand is None:
                queue.on_demand = any(first < key for each in uses[process].values() for first, _ in each[:1])
            holder = next((each for each, count in queue.taken.items() if count and _is_of(paths, actor, each)), None)
            if holder is not None:
                queue.taken[holder] -= 1
                queue.returned[token] = at, key
            queue.size += 1
            continue
        returned = queue.returned.pop(token, None)
        if returned is not None and (queue.size > 1 or queue.on_demand):
            put_at, put_key = returned
            if any(handover.next_actor == actor and handover.last < put_key and key < handover.first for handover in handovers[process]):
                found.add((put_at, at))
        queue.taken[actor] = queue.taken.get(actor, 0) + 1
        queue.size -= 1
    return frozenset(found)


def _uses(database: sqlite3.Connection, order: TotalOrder) -> dict[int, dict[int, list[tuple[_Key, int]]]]:
    """By process and connection, when it was used and by whom, in order."""
    found: defaultdict[int, dict[int, list[tuple[_Key, int]]]] = defaultdict(dict)
    submitters = _submitters(database, order)
    for at, actor, connection in database.execute("SELECT at, actor, connection FROM sql"):
        calls = submitters.get(actor, ())
        index = bisect_right(calls, (at,)) - 1
        user = calls[index][1] if index >= 0 else actor
        found[order.process_of(At(at))].setdefault(connection, []).append((order.key(At(at)), user))
    for by_connection in found.values():
        for each in by_connection.values():
            each.sort()
    return found


def _submitters(database: sqlite3.Connection, order: TotalOrder) -> dict[int, list[tuple[int, int]]]:
    """By thread of a driver, where its calls began and which actor submitted each, in order."""
    submitted = {
        (order.process_of(At(at)), token): actor for at, actor, token in database.execute("SELECT at, actor, extra FROM sync WHERE op = 'submit'")
    }
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    runs = "SELECT at, actor, extra FROM sync WHERE op = 'run' AND flags & ? ORDER BY at"
    for at, actor, token in database.execute(runs, (SyncFlag.DETACHED,)):
        found[actor].append((at, submitted.get((order.process_of(At(at)), token), actor)))
    return found


def _handovers(by_connection: dict[int, list[tuple[_Key, int]]]) -> Iterator[_Handover]:
    for each in by_connection.values():
        for (last, one), (first, other) in pairwise(each):
            if one != other:
                yield _Handover(last, first, other)


def _is_of(paths: dict[int, str], actor: int, holder: int) -> bool:
    """Whether an actor is a holder, or was started by it."""
    return actor == holder or paths.get(actor, "").startswith(f"{paths.get(holder, '?')}/")
