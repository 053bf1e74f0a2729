"""Synchronization operations in total order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from causeway_core.analysis.evidence.table import Flags, Ints
from causeway_core.wire.kinds import SyncOp

REQUESTS = frozenset({SyncOp.ACQUIRE_REQUEST, SyncOp.WAIT_BEGIN, SyncOp.GET_REQUEST, SyncOp.PUT_REQUEST})
"""An actor asks for something and may have to wait."""

ACQUIRES = frozenset({SyncOp.ACQUIRED, SyncOp.SEM_ACQUIRED})
RELEASES = frozenset({SyncOp.RELEASED, SyncOp.SEM_RELEASED})

SETTLES = frozenset({SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET, SyncOp.CANCEL})
"""A future is resolved or cancelled."""

CLOSABLE = ("Loop", "Executor", "Queue")
"""The ends of the types of objects that are no events: an EVENT_SET says that they are closed."""

WANTED = frozenset(
    {
        *SETTLES,
        *REQUESTS,
        *ACQUIRES,
        *RELEASES,
        SyncOp.ACQUIRE_FAILED,
        SyncOp.WAIT_END,
        SyncOp.TIMEOUT,
        SyncOp.JOIN,
        SyncOp.GET,
        SyncOp.PUT,
        SyncOp.NOTIFY,
        SyncOp.NOTIFY_ALL,
        SyncOp.BARRIER_ARRIVE,
        SyncOp.EVENT_SET,
        SyncOp.EVENT_CLEAR,
    }
)
"""The operations that show which actor holds, which waits and which was answered."""

_BLOCK = 1 << 16


class Operation(NamedTuple):
    """One operation: `order` is its rank among all ranked events, process by process, `op` a SyncOp, `object` -1 when there is none."""

    order: int
    at: int
    actor: int
    op: int
    flags: int
    object: int
    extra: int


@dataclass(frozen=True, slots=True)
class Operations:
    """Operations as columns, in total order; iterating makes one object at a time. 56 bytes an operation."""

    columns: tuple[Ints, ...] = ()

    def __iter__(self) -> Iterator[Operation]:
        for start in range(0, len(self), _BLOCK):
            yield from map(Operation._make, zip(*(column[start : start + _BLOCK].tolist() for column in self.columns), strict=True))

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def only(self, ops: frozenset[SyncOp]) -> Operations:
        """Those of some kinds."""
        return Operations(tuple(column[chosen(self.columns[3], ops)] for column in self.columns)) if self.columns else self


def chosen(column: Ints, ops: frozenset[SyncOp]) -> Flags:
    """Which rows of a column of operation codes are among `ops`."""
    return np.asarray(np.isin(column, sorted(ops)), np.bool_)
