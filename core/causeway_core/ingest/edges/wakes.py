"""Handles: what made a step runnable, and inside which operation."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

import numpy as np

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.lifetimes import ActorRow
from causeway_core.ingest.edges.operations import ACTOR, AT, FLAGS, OBJECT, OP, read_columns
from causeway_core.ingest.edges.order import Ints
from causeway_core.ingest.edges.synchronization import HANDLE_WORDS, SYNC_WORDS
from causeway_core.model.edge import EdgeKind
from causeway_core.wire.kinds import HandleKind, SyncFlag, SyncOp

_WAKING: dict[int, tuple[EdgeKind, bool, str]] = {
    SyncOp.RELEASED: ("lock", False, "release"),
    SyncOp.SEM_RELEASED: ("semaphore", False, "release"),
    SyncOp.NOTIFY: ("condition", True, "notify"),
    SyncOp.NOTIFY_ALL: ("condition", True, "notify_all"),
    SyncOp.EVENT_SET: ("event", True, "set"),
    SyncOp.PUT: ("queue", True, "put"),
    SyncOp.GET: ("queue", False, "get that made room"),
    SyncOp.BARRIER_ARRIVE: ("barrier", True, "last arrival"),
    SyncOp.RESULT_SET: ("future", True, "result set"),
    SyncOp.EXCEPTION_SET: ("future", True, "exception set"),
    SyncOp.CANCEL: ("wake", True, "cancel"),
}
"""Operations that make others runnable: kind of the edge, whether it is hard, its note."""

_FREEING = frozenset((SyncOp.RELEASED, SyncOp.SEM_RELEASED))
"""Operations that wake only actors that have asked for the object."""

_SETTING = frozenset((SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET, SyncOp.CANCEL))
"""Operations on futures: the record follows the handles if the future is asyncio's, and the operation may be part of a larger one under way."""

_HANDLE_KINDS: dict[int, tuple[EdgeKind, str | None]] = {
    HandleKind.TIMER: ("timer", "timer"), HandleKind.IO: ("wake", "input or output"),
    HandleKind.THREADSAFE: ("call_soon", "call_soon_threadsafe"), HandleKind.EXECUTOR: ("executor", "executor"),
    HandleKind.EAGER: ("fork", "create"),
}


def wake_edges(
    database: sqlite3.Connection, actors: Mapping[int, ActorRow], operations: Ints, edges: EdgeRows, gathering: Collection[int]
) -> None:
    """An edge from each handle to the step it started, named after the operation the handle was made in.

    A library may release a lock and then wake a task that waits for something else, with no other record in between: that wake is not the release's.
    The waiters of `gathering` objects make no request.
    """
    sql = "SELECT cause_at, first_at, actor, number, coalesce(cause, 0) FROM step WHERE cause_at IS NOT NULL ORDER BY cause_at"
    steps = read_columns(database, sql, 5)
    ended = database.execute("SELECT last_at, actor, ending FROM step WHERE ending IN ('finished', 'failed', 'cancelled')")
    ends = {last_at: (actor, ending) for last_at, actor, ending in ended}
    contexts = _contexts(steps[:, 0], operations)
    ops, objects = operations[:, OP].tolist(), operations[:, OBJECT].tolist()
    requests = operations[operations[:, OP] == SyncOp.ACQUIRE_REQUEST]
    asked = set(zip(requests[:, ACTOR].tolist(), requests[:, OBJECT].tolist(), strict=True))
    for (cause_at, first_at, actor, number, cause), (operation, end) in zip(steps.tolist(), contexts, strict=True):
        row, (owner, ending) = actors.get(actor), ends.get(end, (0, None))
        source = actors.get(owner)
        if operation is not None and ops[operation] in _FREEING:
            freed = objects[operation]
            operation = operation if (actor, freed) in asked or freed in gathering else None
        if row is not None and row.kind == "task" and number == 0:
            edges.add(cause_at, first_at, "fork", hard=True, object=row.object, note="create")
        elif operation is not None:
            kind, hard, note = _WAKING[ops[operation]]
            edges.add(cause_at, first_at, kind, hard=hard, object=objects[operation] or None, note=note)
        elif source is not None and source.kind != "callback":
            edges.add(cause_at, first_at, "join", hard=True, object=source.object, note=ending)
        else:
            plain, words = _HANDLE_KINDS.get(cause, ("call_soon", "call_soon"))
            edges.add(cause_at, first_at, plain, hard=True, note=words)


def _contexts(handles: Ints, operations: Ints) -> list[tuple[int | None, int]]:
    """For each handle (ascending): the row of the operation in whose call it was made, and the event that follows that call's records.

    The records of a call into the standard library are contiguous, because no woven code runs there: each record begins where the previous one
    ends. An operation's record comes before the handles that it makes, except for asyncio futures, whose record comes after them.
    """
    by_at = np.argsort(operations[:, AT], kind="stable")
    rows = operations[by_at]
    wakes = np.isin(rows[:, OP], list(_WAKING)) & ((rows[:, FLAGS] & SyncFlag.ASYNC != 0) | np.isin(rows[:, OP], list(_SETTING)))
    at = np.concatenate((rows[:, AT], handles))
    length = np.concatenate((np.full(len(rows), SYNC_WORDS), np.full(len(handles), HANDLE_WORDS)))
    # What each record is: an operation that wakes (its row), another one (-1), a handle (-2 less its index).
    what = np.concatenate((np.where(wakes, by_at, -1), -2 - np.arange(len(handles))))
    order = np.argsort(at, kind="stable")
    at, length, what = at[order], length[order], what[order]
    begins = np.flatnonzero(np.append(True, at[1:] != at[:-1] + length[:-1])) if len(at) else np.empty(0, np.intp)
    result: list[tuple[int | None, int]] = [(None, 0)] * len(handles)
    kinds = operations[:, OP].tolist()
    with_handles = np.flatnonzero(np.minimum.reduceat(what, begins) <= -2) if len(begins) else begins
    ends = np.append(begins[1:], len(at))[with_handles]
    everything = what.tolist()
    bounds = zip(begins[with_handles].tolist(), ends.tolist(), (at[ends - 1] + length[ends - 1]).tolist(), strict=True)
    for begin, end, after in bounds:
        if end - begin == 1:
            result[-2 - everything[begin]] = (None, after)
        else:
            _assign(everything[begin:end], kinds, after, result)
    return result


def _assign(members: list[int], kinds: list[int], after: int, result: list[tuple[int | None, int]]) -> None:
    """Gives each handle of one group its operation: the last that is not a future's before it, else a future's after it, else one before it."""
    later: list[int | None] = [None] * len(members)
    following: int | None = None
    for index in range(len(members) - 1, -1, -1):
        later[index] = following
        if members[index] >= 0 and kinds[members[index]] in _SETTING:
            following = members[index]
    outer: int | None = None
    earlier: int | None = None
    for index, member in enumerate(members):
        if member >= 0:
            earlier = member
            inner = kinds[member] == SyncOp.NOTIFY and outer is not None and kinds[outer] == SyncOp.NOTIFY_ALL
            if (kinds[member] not in _SETTING or kinds[member] == SyncOp.CANCEL) and not inner:
                outer = member
        elif member <= -2:
            operation = outer if outer is not None else later[index] if later[index] is not None else earlier
            result[-2 - member] = (operation, after)
