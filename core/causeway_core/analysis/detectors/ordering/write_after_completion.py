"""Writes after completion was signalled: an actor that waited for the completion alone may read too early. Two cases: a done callback of a pool's
future (the future is done before its callbacks run), and what follows a queue's `task_done()`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter

import numpy as np

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import CLOSABLE, SETTLES, Operation
from causeway_core.model import At, make_at, stream_of
from causeway_core.wire.kinds import SyncOp

_TELLS = frozenset({SyncOp.PUT, SyncOp.NOTIFY, SyncOp.NOTIFY_ALL, SyncOp.EVENT_SET, SyncOp.SEM_RELEASED, *SETTLES})
"""By these a callback may tell somebody that it is done."""
_IDLE = "._idle_semaphore"
"""What a worker of `concurrent.futures` releases between two items."""
_JOINED = ".all_tasks_done"
"""What `task_done()` of a queue tells, and its `join()` waits for."""
_THREADSAFE = ("call_soon_threadsafe", "run_coroutine_threadsafe")
ENOUGH = 3


def writes_after_completion(evidence: Evidence) -> Iterator[Candidate]:
    """Locations that a worker changes after it has resolved a future (or called `task_done()`) and before its next work item, read by an actor that
    waited for that. Nothing makes the reader wait for the change too, unless it waits for the worker to end or for something that the worker signals
    later.
    """
    yield from islice(_found(evidence), ENOUGH)


def _found(evidence: Evidence) -> Iterator[Candidate]:
    by_stream: defaultdict[int, list[Operation]] = defaultdict(list)
    for each in evidence.facts.operations:
        by_stream[stream_of(At(each.at))].append(each)
    turns = {stream: [each.at for each in own if _turns_to_something(evidence, each)] for stream, own in by_stream.items()}
    table = evidence.table
    written = np.flatnonzero(table.writes)
    written = written[np.argsort(table.at[written], kind="stable")]
    changed_at = table.at[written]
    seen: set[int] = set()
    completions = [(pattern, each) for each in evidence.facts.operations if (pattern := _completion_pattern(evidence, each)) is not None]
    # Of pieces of work the last at each site, which is the one that the queue's join waits for.
    early = [each for each in reversed(completions) if each[0] is Pattern.EARLY_TASK_DONE]
    for pattern, settled in (*(each for each in completions if each[0] is Pattern.LATE_CALLBACK), *early):
        worker = evidence.facts.actors.get(settled.actor)
        if worker is None or worker.kind != "thread" or worker.path == "main":
            continue
        stream = stream_of(At(settled.at))
        ends = _next_item(evidence, turns[stream], settled)
        first, last = np.searchsorted(changed_at, (settled.at + 1, ends))
        for row in np.sort(written[first:last]).tolist():
            site = int(table.site[row])
            if site in seen or _announced(evidence, by_stream[stream], row, ends):
                continue
            use = next((other for other in _reads(evidence, row) if _waited(evidence, settled, other)), None)
            if use is not None:
                if pattern is Pattern.EARLY_TASK_DONE:
                    seen.add(site)
                yield Candidate(pattern, "order_violation", row, row, (use,)).lowered("latent", GOOD_ORDER)


def _completion_pattern(evidence: Evidence, operation: Operation) -> Pattern | None:
    """The pattern of a change that comes after an operation, if that operation signals that a piece of work is done."""
    if operation.op in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET):
        return Pattern.LATE_CALLBACK
    thing = evidence.facts.objects.get(operation.object) if operation.op == SyncOp.SEM_RELEASED else None
    return Pattern.EARLY_TASK_DONE if thing is not None and (thing.label or "").endswith(_JOINED) else None


def _turns_to_something(evidence: Evidence, operation: Operation) -> bool:
    return operation.op in (SyncOp.GET_REQUEST, SyncOp.GET) and evidence.facts.objects.get(operation.object) is not None


def _next_item(evidence: Evidence, turns: Sequence[int], settled: Operation) -> int:
    """Where the worker turns to something else: the next item of its pool, or a queue (`turns`); otherwise the end of its stream."""
    item = evidence.facts.work_items.following(settled.at)
    asked = turns[bisect_right(turns, settled.at) :][:1]
    return min((*asked, *([] if item is None else [item.begun])), default=make_at(stream_of(At(settled.at)) + 1, 0))


def _announced(evidence: Evidence, own: Sequence[Operation], row: int, ends: int) -> bool:
    """Whether the worker signals another actor after a change, before it turns to something else."""
    at = attrgetter("at")
    for each in own[bisect_right(own, evidence.at(row), key=at) : bisect_left(own, ends, key=at)]:
        if each.op in _TELLS:
            thing = evidence.facts.objects.get(each.object)
            closes = thing is not None and each.op == SyncOp.EVENT_SET and thing.type.endswith(CLOSABLE)
            if thing is None or not (closes or (thing.label or "").endswith(_IDLE)):
                return True
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    source = "" if site is None else evidence.facts.sources.get(evidence.facts.functions[site.function].path, "")
    return any(name in source for name in _THREADSAFE)


def _reads(evidence: Evidence, row: int) -> Iterator[int]:
    """The reads of the location by other threads, last first."""
    table, span = evidence.table, evidence.table.span(int(evidence.table.location[row]))
    for other in reversed(range(span.start, span.stop)):
        if not table.writes[other] and evidence.facts.thread_of(int(table.actor[other])) != evidence.facts.thread_of(int(table.actor[row])):
            yield other


def _waited(evidence: Evidence, settled: Operation, use: int) -> bool:
    """Whether the reader knows that the future is done, and not that the worker has ended."""
    at, worker = evidence.at(use), evidence.facts.actors[settled.actor]
    # A queue's join waits for every piece of work: no other run has it come before one.
    if not evidence.order.happens_before(At(settled.at), at, must=settled.op != SyncOp.SEM_RELEASED):
        return False
    return worker.last_at is None or not evidence.order.happens_before(worker.last_at, at, must=True)
