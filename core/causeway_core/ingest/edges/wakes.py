"""Handles: what made a step runnable, and inside which operation."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.lifetimes import ActorRow
from causeway_core.ingest.edges.operations import AT, OBJECT, OP, read_columns
from causeway_core.ingest.edges.order import Ints
from causeway_core.ingest.edges.synchronization import INSIDE, SYNC_WORDS
from causeway_core.model.edge import EdgeKind
from causeway_core.wire.kinds import HandleKind, SyncOp

_HANDLE_WORDS = 3
_STEP_END_WORDS = 6

_WAKING: dict[int, tuple[EdgeKind, bool, str]] = {
    SyncOp.RELEASED: ("lock", False, "release"),
    SyncOp.SEM_RELEASED: ("semaphore", False, "release"),
    SyncOp.NOTIFY: ("condition", True, "notify"),
    SyncOp.NOTIFY_ALL: ("condition", True, "notify_all"),
    SyncOp.EVENT_SET: ("event", True, "set"),
    SyncOp.PUT: ("queue", True, "put"),
    SyncOp.GET: ("queue", False, "get that made room"),
    SyncOp.RESULT_SET: ("future", True, "result set"),
    SyncOp.EXCEPTION_SET: ("future", True, "exception set"),
    SyncOp.CANCEL: ("wake", True, "cancel"),
    SyncOp.BARRIER_ARRIVE: ("barrier", True, "last arrival"),
}
"""Operations that make others runnable: kind of the edge, whether it is hard, its note."""

_INNER = frozenset((SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET))
"""Operations that are the means of another one that is under way: a lock hands itself on by setting a future's result."""

_HANDLE_KINDS: dict[int, tuple[EdgeKind, str | None]] = {
    HandleKind.TIMER: ("timer", "timer"), HandleKind.IO: ("wake", "input or output"),
    HandleKind.THREADSAFE: ("call_soon", "call_soon_threadsafe"), HandleKind.EXECUTOR: ("executor", "executor"),
    HandleKind.EAGER: ("fork", "create"),
}


def wake_edges(database: sqlite3.Connection, actors: Mapping[int, ActorRow], operations: Ints, edges: EdgeRows) -> None:
    """An edge from each handle to the step it started, named after the operation the handle was made in."""
    sql = "SELECT cause_at, first_at, actor, number, coalesce(cause, 0) FROM step WHERE cause_at IS NOT NULL ORDER BY cause_at"
    steps = read_columns(database, sql, 5)
    enclosing = _enclosing_operations(steps[:, 0], operations)
    finished = _finishing_steps(database, steps[:, 0])
    for (cause_at, first_at, actor, number, cause), operation, ended in zip(steps.tolist(), enclosing, finished, strict=True):
        row = actors.get(actor)
        if row is not None and row.kind == "task" and number == 0:
            edges.add(cause_at, first_at, "fork", hard=True, object=row.object, note="create")
        elif operation >= 0:
            kind, hard, note = _WAKING[int(operations[operation, OP])]
            edges.add(cause_at, first_at, kind, hard=hard, object=int(operations[operation, OBJECT]) or None, note=note)
        elif ended is not None:
            source = actors.get(ended[0])
            edges.add(cause_at, first_at, "join", hard=True, object=source.object if source else None, note=ended[1])
        else:
            plain, words = _HANDLE_KINDS.get(cause, ("call_soon", "call_soon"))
            edges.add(cause_at, first_at, plain, hard=True, note=words)


def _enclosing_operations(handles: Ints, operations: Ints) -> list[int]:
    """For each handle (ascending), the row of the operation in whose call it was made, or -1.

    A call writes its SYNC record and its handles without anything of the program in between, so a chain of records each within reach
    of the one before belongs to the operation that began it.
    """
    waking = np.flatnonzero(np.isin(operations[:, OP], list(_WAKING)))
    waking = waking[np.argsort(operations[waking, AT], kind="stable")]
    positions, rows, ops = operations[waking, AT].tolist(), waking.tolist(), operations[waking, OP].tolist()
    result: list[int] = []
    current, reach, next_operation = -1, -1, 0
    for handle in handles.tolist():
        while next_operation < len(positions) and positions[next_operation] < handle:
            at = positions[next_operation]
            inner = ops[next_operation] in _INNER and current >= 0 and at <= reach
            if not inner:
                current = rows[next_operation]
            reach = at + SYNC_WORDS + INSIDE
            next_operation += 1
        if handle <= reach:
            result.append(current)
            reach = handle + _HANDLE_WORDS + INSIDE
        else:
            current = -1
            result.append(-1)
    return result


def _finishing_steps(database: sqlite3.Connection, handles: Ints) -> list[tuple[int, str] | None]:
    """For each handle, the actor and ending of the step that ended right after it, if its actor ended there."""
    ends: list[tuple[int, int, str]] = database.execute(
        "SELECT last_at, actor, ending FROM step WHERE ending IN ('finished', 'failed', 'cancelled') ORDER BY last_at"
    ).fetchall()
    result: list[tuple[int, str] | None] = []
    following = np.searchsorted(np.array([end[0] for end in ends], np.int64), handles)
    for handle, index in zip(handles.tolist(), following.tolist(), strict=True):
        near = index < len(ends) and ends[index][0] - handle <= _STEP_END_WORDS + INSIDE
        result.append(ends[index][1:] if near else None)
    return result


