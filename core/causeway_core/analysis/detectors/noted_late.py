"""What a callback of a pool's future notes, read by who has waited for the future, which is done before its callbacks are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.operations import SETTLES, Operation
from causeway_core.model import At
from causeway_core.wire.kinds import SyncOp

_STREAM_SHIFT = 40
_TELLS = frozenset({SyncOp.PUT, SyncOp.NOTIFY, SyncOp.NOTIFY_ALL, SyncOp.EVENT_SET, SyncOp.SEM_RELEASED, *SETTLES})
"""By these a callback may tell somebody that it is done."""
_IDLE = "._idle_semaphore"
"""What a worker of `concurrent.futures` releases between two items."""
_THREADSAFE = ("call_soon_threadsafe", "run_coroutine_threadsafe")
ENOUGH = 3


def noted_late(evidence: Evidence) -> Iterator[Candidate]:
    """A place that a worker changes after it has settled a future and before it takes up another, and that another actor reads which has waited for
    that future: nothing makes it wait for the callback, too, unless it waits for the worker's end, or for what the callback itself tells.
    """
    table, given = evidence.table, 0
    by_stream: dict[int, list[Operation]] = {}
    for each in evidence.facts.operations:
        by_stream.setdefault(each.at >> _STREAM_SHIFT, []).append(each)
    for settled in [each for each in evidence.facts.operations if each.op in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET)]:
        own = by_stream[settled.at >> _STREAM_SHIFT]
        worker = evidence.facts.actors.get(settled.actor)
        if worker is None or worker.kind != "thread" or worker.path == "main":
            continue
        ends = _next_item(evidence, own, settled)
        tail = (table.at > settled.at) & (table.at < ends) & table.writes & (table.at >> _STREAM_SHIFT == settled.at >> _STREAM_SHIFT)
        for row in np.flatnonzero(tail).tolist():
            if given >= ENOUGH or _told(evidence, own, int(table.at[row]), ends):
                continue
            use = next((other for other in _reads(evidence, row) if _waited(evidence, settled, other)), None)
            if use is not None:
                given += 1
                yield Candidate(Pattern.NOTED_LATE, "order_violation", row, row, (use,)).lowered("latent", "it went well in this run")


def _next_item(evidence: Evidence, own: Sequence[Operation], settled: Operation) -> int:
    """Where the worker turns to something else: the next item of its pool, or the next future that it settles."""
    item = evidence.facts.work_items.at(settled.at)
    begins = [each.begun for each in evidence.facts.work_items.all.values() if item is not None and each.worker == item.worker]
    begins += [At(each.at) for each in own if each.op in (SyncOp.GET_REQUEST, SyncOp.GET) and evidence.facts.objects.get(each.object) is not None]
    return min((at for at in begins if at > settled.at), default=At(2**62))


def _told(evidence: Evidence, own: Sequence[Operation], at: int, ends: int) -> bool:
    """Whether the worker tells somebody of it after the change, before it turns to something else."""
    for each in own:
        if at < each.at < ends and each.op in _TELLS:
            thing = evidence.facts.objects.get(each.object)
            if thing is None or not (thing.label or "").endswith(_IDLE):
                return True
    site = evidence.facts.sites.get(abs(int(evidence.table.site[int(np.flatnonzero(evidence.table.at == at)[0])])))
    source = "" if site is None else evidence.facts.sources.get(evidence.facts.functions[site.function].path, "")
    return any(name in source for name in _THREADSAFE)


def _reads(evidence: Evidence, row: int) -> Iterator[int]:
    """The reads of the place by others, the last first."""
    table, span = evidence.table, evidence.table.span(int(evidence.table.location[row]))
    for other in reversed(range(span.start, span.stop)):
        if not table.writes[other] and evidence.facts.thread_of(int(table.actor[other])) != evidence.facts.thread_of(int(table.actor[row])):
            yield other


def _waited(evidence: Evidence, settled: Operation, use: int) -> bool:
    """Whether who reads has learnt that the future is done, and not that the worker has ended."""
    at, worker = evidence.at(use), evidence.facts.actors[settled.actor]
    if not evidence.order.happens_before(At(settled.at), at, must=True):
        return False
    return worker.last_at is None or not evidence.order.happens_before(worker.last_at, at, must=True)
