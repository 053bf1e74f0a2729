"""Work items of thread pools as actors of their own: it is by chance that one worker ran two of them in sequence."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from causeway_core.analysis.evidence.table import FIRST_ITEM, Ints
from causeway_core.analysis.source_text import Texts, called
from causeway_core.model import Actor, At
from causeway_core.wire.kinds import SyncFlag, SyncOp

_STREAM_SHIFT = 40
_ANYIO = "AnyIO worker thread"
"""The name of the threads that anyio starts on demand."""


class _Order(Protocol):
    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool: ...

    def happen_before(self, a: Ints, b: Ints, *, must: bool = False) -> NDArray[np.bool_]: ...


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One call that a pool ran: its actor id here, its worker, where it was submitted, begun and ended (None: not known).

    `submitter` is an actor (a worker for what its work items submit), `turn` counts what that submitted, from 1.
    """

    id: int
    worker: int
    submitted: At
    begun: At
    ended: At | None
    submitter: int = 0
    turn: int = 1


class WorkItems:
    """The work items of pools with more than one worker, by where they ran. A query is a binary search.

    `detached` are the calls of a driver's threads (`SyncFlag.DETACHED`): they are not actors of their own.
    """

    def __init__(self, items: Sequence[WorkItem] = (), detached: Sequence[WorkItem] = ()) -> None:
        self.all = {item.id: item for item in items}
        self._by_stream = _by_stream(items)
        self._detached = _by_stream(detached)

    @classmethod
    def of(cls, syncs: Mapping[str, Ints], actors: Mapping[int, Actor], texts: Texts) -> WorkItems:
        """From the synchronization operations of a recording.

        Items of a pool that may have a single worker stay with it: they are serial by design.
        """
        wanted = np.isin(syncs["op"], [SyncOp.SUBMIT, SyncOp.RUN, SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET])
        submitted: dict[int, tuple[int, int]] = {}
        ended: defaultdict[int, list[int]] = defaultdict(list)
        runs: list[tuple[int, int, int]] = []
        detached: set[int] = set()
        columns = (syncs[name][wanted].tolist() for name in ("at", "actor", "op", "object", "flags"))
        for at, actor, op, object, flags in zip(*columns, strict=True):
            if op == SyncOp.SUBMIT:
                submitted[object] = at, actor
            elif op == SyncOp.RUN:
                runs.append((at, actor, object))
                if flags & SyncFlag.DETACHED:
                    detached.add(at)
            else:
                ended[object].append(at)
        pools = _pools_of_several({actor for _, actor, _ in runs}, actors, texts)
        ran = [
            WorkItem(FIRST_ITEM + number, actor, At(submitted[object][0]), At(at), _end(at, ended[object]), submitted[object][1])
            for number, (at, actor, object) in enumerate(runs)
            if object in submitted
        ]
        items = [item for item in ran if item.worker in pools and item.begun not in detached]
        return cls(items, [item for item in ran if item.begun in detached])._counted([(At(at), actor) for at, actor in submitted.values()])

    def _counted(self, submissions: Sequence[tuple[At, int]]) -> WorkItems:
        """The same with each item's turn among all that its submitter (a work item for itself) submitted."""
        turns: defaultdict[int, int] = defaultdict(int)
        turn_at: dict[At, int] = {}
        for at, actor in sorted(submissions):
            by = self.at(at)
            who = by.id if by is not None and by.worker == actor else actor
            turns[who] += 1
            turn_at[at] = turns[who]
        detached = [item for items in self._detached.values() for item in items]
        return WorkItems([replace(item, turn=turn_at[item.submitted]) for item in self.all.values()], detached)

    def at(self, at: int) -> WorkItem | None:
        """The item that an event belongs to."""
        return _begun_last(self._by_stream.get(at >> _STREAM_SHIFT, ()), at)

    def detached_at(self, at: int) -> WorkItem | None:
        """The call of a driver's thread that an event belongs to."""
        return _begun_last(self._detached.get(at >> _STREAM_SHIFT, ()), at)

    def following(self, at: int) -> WorkItem | None:
        """The item that the worker takes up after the one that an event belongs to."""
        items = self._by_stream.get(at >> _STREAM_SHIFT, ())
        index = bisect_right(items, at, key=lambda item: item.begun)
        return items[index] if 0 < index < len(items) else None

    def submitted_at(self, at: int) -> WorkItem | None:
        """The item that was submitted by an event."""
        return next((item for item in self.all.values() if item.submitted == at), None)

    def relabelled(self, at: Ints, actor: Ints) -> Ints:
        """The actors of events, items for their workers."""
        if not self.all:
            return actor
        labels = actor.copy()
        for stream, items in self._by_stream.items():
            mine = np.flatnonzero((at >> _STREAM_SHIFT == stream) & (actor == items[0].worker))
            index = np.searchsorted(np.array([item.begun for item in items]), at[mine], "right") - 1
            ids = np.array([item.id for item in items])
            labels[mine[index >= 0]] = ids[index[index >= 0]]
        return labels

    def actors(self, actors: Mapping[int, Actor]) -> dict[int, Actor]:
        """The actors with the items added: each is named after its worker and its turn there; its path is below that of its submitter."""
        found = dict(actors)
        turns: defaultdict[int, int] = defaultdict(int)
        for item in self.all.values():
            worker = actors[item.worker]
            turns[item.worker] += 1
            name, path = f"{worker.name}, work item {turns[item.worker]}", self._path(item, actors)
            found[item.id] = replace(worker, id=item.id, name=name, path=path, first_at=item.begun, last_at=item.ended)
        return found

    def _path(self, item: WorkItem, actors: Mapping[int, Actor]) -> str:
        """As a re-run names it (sdk/SPEC.md section 9)."""
        by = self.at(item.submitted)
        inside = by is not None and by.worker == item.submitter and by.begun < item.begun
        above = self._path(by, actors) if by is not None and inside else actors[item.submitter].path
        return f"{above}/submit()" + (f"#{item.turn}" if item.turn > 1 else "")

    def order(self, order: _Order) -> _Order:
        """An order in which items of one worker are ordered only if one was submitted after the other had ended."""
        return _ItemOrder(order, self) if self.all else order


class _ItemOrder:
    def __init__(self, order: _Order, items: WorkItems) -> None:
        self._order = order
        self._items = items

    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool:
        if must and a >> _STREAM_SHIFT == b >> _STREAM_SHIFT:
            one, two = self._items.at(a), self._items.at(b)
            if one is not None and two is not None and one.id != two.id:
                return self._leads(one, two, a)
        return self._order.happens_before(a, b, must=must)

    def _leads(self, one: WorkItem, two: WorkItem, a: At) -> bool:
        if one.begun > two.begun:
            return False
        submitter = self._items.at(two.submitted)
        if submitter is not None and submitter.id == one.id:
            return a <= two.submitted
        return one.ended is None or self.happens_before(one.ended, two.submitted, must=True)

    def happen_before(self, a: Ints, b: Ints, *, must: bool = False) -> NDArray[np.bool_]:
        return np.array([self.happens_before(At(one), At(two), must=must) for one, two in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def _by_stream(items: Sequence[WorkItem]) -> dict[int, list[WorkItem]]:
    found: defaultdict[int, list[WorkItem]] = defaultdict(list)
    for item in sorted(items, key=lambda each: each.begun):
        found[item.begun >> _STREAM_SHIFT].append(item)
    return dict(found)


def _begun_last(items: Sequence[WorkItem], at: int) -> WorkItem | None:
    index = bisect_right(items, at, key=lambda item: item.begun) - 1
    return items[index] if index >= 0 else None


def _end(begun: int, ended: Sequence[int]) -> At | None:
    """Where an item ended: where its worker recorded it, else where its future was resolved."""
    own = [at for at in ended if at >> _STREAM_SHIFT == begun >> _STREAM_SHIFT and at > begun]
    return At(own[0]) if own else At(ended[-1]) if ended else None


def _pools_of_several(workers: set[int], actors: Mapping[int, Actor], texts: Texts) -> set[int]:
    """The workers whose pool has other workers, either seen to run or certainly allowed."""
    by_pool: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for worker in workers:
        if worker in actors:
            by_pool[actors[worker].process, actors[worker].name.rpartition("_")[0]].add(worker)
    made = [call for call in texts.calls() if called(call) == "ThreadPoolExecutor"]
    several = all(_allows_several(call) for call in made)
    own = any(called(call) == "set_default_executor" for call in texts.calls())
    found: set[int] = set()
    for (_, prefix), pool in by_pool.items():
        anyio = any(actors[worker].name.startswith(_ANYIO) for worker in pool)
        if len(pool) > 1 or anyio or (prefix == "asyncio" and not own) or (made and several):
            found |= pool
    return found


def _allows_several(call: ast.Call) -> bool:
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "max_workers")]
    return all(isinstance(each, ast.Constant) and (each.value is None or (isinstance(each.value, int) and each.value > 1)) for each in given)
