"""One pass over the synchronization operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.handoffs import Futures, Queues
from causeway_core.ingest.edges.lifetimes import Lifetimes
from causeway_core.ingest.edges.locks import Gathering, Locks, Semaphores
from causeway_core.ingest.edges.shared import SharedOperations
from causeway_core.ingest.edges.waits import Barriers, Waits
from causeway_core.wire.kinds import SyncFlag, SyncOp

Handler = Callable[[int, int, int, int, int], None]

SYNC_WORDS = 6
"""Length of a SYNC record."""

HANDLE_WORDS = 3
"""Length of a HANDLE record."""

_INSIDE = (SYNC_WORDS, SYNC_WORDS + HANDLE_WORDS)
"""How many words after a release the result follows by which it hands the lock on: directly, or after the handle of the waiter."""


class Synchronization:
    """Turns operations, given in total order, into edges. About 1 us per operation."""

    def __init__(self, edges: EdgeRows, lifetimes: Lifetimes, gathering: Mapping[int, Gathering], private: frozenset[int]) -> None:
        self._futures = Futures(edges)
        self._semaphores = Semaphores(edges, gathering)
        self._handing_on: dict[int, int] = {}  # stream: its last asyncio release
        self._locks, self._waits = Locks(edges, private), Waits(edges)
        locks, waits, barriers, queues = self._locks, self._waits, Barriers(edges), Queues(edges)
        self._handlers: dict[int, Handler] = {
            SyncOp.ACQUIRED: locks.acquired, SyncOp.RELEASED: self._releasing(locks.released),
            SyncOp.SEM_ACQUIRED: self._semaphores.acquired, SyncOp.SEM_RELEASED: self._releasing(self._semaphores.released),
            SyncOp.WAIT_BEGIN: waits.begin, SyncOp.WAIT_END: waits.end, SyncOp.TIMEOUT: waits.timeout,
            SyncOp.NOTIFY: waits.notify, SyncOp.NOTIFY_ALL: waits.notify_all,
            SyncOp.EVENT_SET: waits.set, SyncOp.EVENT_CLEAR: waits.clear, SyncOp.EVENT_READ: self._read,
            SyncOp.BARRIER_ARRIVE: barriers.arrive, SyncOp.BARRIER_LEAVE: barriers.leave,
            SyncOp.ACQUIRE_REQUEST: self._request, SyncOp.PUT_REQUEST: queues.request, SyncOp.PUT: queues.put, SyncOp.GET: queues.get,
            SyncOp.SUBMIT: self._futures.submit, SyncOp.RUN: self._futures.run, SyncOp.RESULT_GOT: self._futures.got,
            SyncOp.RESULT_SET: self._setting("result"), SyncOp.EXCEPTION_SET: self._setting("exception"), SyncOp.CANCEL: self._setting("cancel"),
            SyncOp.FORK: lifetimes.fork, SyncOp.END: lifetimes.end, SyncOp.JOIN: lifetimes.join,
        }

    def run(self, blocks: Iterable[tuple[int, Iterable[tuple[int, ...]]]]) -> None:
        """Consumes all operations (`in_order`), process by process, and then those on objects that processes share."""
        current, handlers, shared = 0, self._handlers, SharedOperations()
        for process, operations in blocks:
            if process != current:
                current = process
                self._futures.forget_submissions()
            for at, actor, op, flags, object, extra in operations:
                if flags & SyncFlag.SHARED:
                    shared.add((at, actor, op, flags, object, extra))
                    continue
                handler = handlers.get(op)
                if handler is not None:
                    handler(at, actor, flags, object, extra)
        self._locks.public(shared.objects())
        for at, actor, op, flags, object, extra in shared.in_order():
            handler = handlers.get(op)
            if handler is not None:
                handler(at, actor, flags, object, extra)
        self._semaphores.finish()

    def _request(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        self._locks.request(at, actor, flags, object, extra)
        self._semaphores.request(at, actor, flags, object, extra)

    def _read(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        read = self._futures.got if self._futures.knows(object) else self._waits.read
        read(at, actor, flags, object, extra)

    def _releasing(self, released: Handler) -> Handler:
        """`released`; the edge from an asyncio release is soft."""
        def handler(at: int, actor: int, flags: int, object: int, extra: int) -> None:
            if flags & SyncFlag.ASYNC:
                self._handing_on[at >> 40] = at
            released(at, actor, flags, object, extra)
        return handler

    def _setting(self, note: str) -> Handler:
        def handler(at: int, actor: int, flags: int, object: int, extra: int) -> None:
            soft = at - self._handing_on.get(at >> 40, 0) in _INSIDE
            if soft:
                self._handing_on[at >> 40] = at
            self._futures.set(at, actor, object, not soft, note)
        return handler
