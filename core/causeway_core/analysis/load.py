"""From a recording to evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from causeway_core.analysis.clock import Clock
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.facts import Facts
from causeway_core.analysis.implied import with_implied_reads
from causeway_core.analysis.holds import Holds, LockOperation
from causeway_core.analysis.table import AccessTable, Ints, Values
from causeway_core.graph import CausalGraph
from causeway_core.model import Step
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import SyncOp

_ACQUIRES = (SyncOp.ACQUIRED, SyncOp.SEM_ACQUIRED)
_RELEASES = (SyncOp.RELEASED, SyncOp.SEM_RELEASED)
_BATCH = 500


class _Steps(Mapping[int, Sequence[Step]]):
    """Steps by actor, read when asked for."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._known: dict[int, Sequence[Step]] = {}

    def __getitem__(self, actor: int) -> Sequence[Step]:
        if actor not in self._known:
            self._known[actor] = self._recording.steps(actor)
        return self._known[actor]

    def __iter__(self) -> Iterator[int]:
        return iter(actor.id for actor in self._recording.actors())

    def __len__(self) -> int:
        return len(self._recording.actors())


def load(recording: Recording, graph: CausalGraph, *, actors: frozenset[int] | None = None) -> Evidence:
    """Reads what detectors need; of accesses only those of `actors`, if given. Memory: about 130 bytes an access and 60 a lock operation while loading; values stay in the file."""
    columns = recording.access_columns()
    syncs = recording.sync_columns()
    locking = np.flatnonzero(np.isin(syncs["op"], [*_ACQUIRES, *_RELEASES]))
    ranks = _ranks(graph, columns.at, syncs["at"][locking])
    table = AccessTable.build(columns, ranks[:len(columns.at)])
    if actors is not None:
        table = table.select(np.isin(table.actor, list(actors)))
    table = table.shared()
    steps = recording.step_columns()
    facts = _facts(recording, steps)
    holds = Holds(_lock_operations(syncs, locking, ranks[len(columns.at):]), shared=several_at_once(recording, syncs))
    return with_implied_reads(Evidence(table, graph.order, holds, facts, _values(recording), _clock(recording, steps)))


def _ranks(graph: CausalGraph, accesses: Ints, operations: Ints) -> Ints:
    """The place of each event in the total order of its process."""
    at = np.concatenate((accesses, operations))
    ranks = np.empty(len(at), np.int64)
    ranks[graph.order.total.sorted_index(at)] = np.arange(len(at))
    return ranks


def _lock_operations(syncs: Mapping[str, Ints], locking: Ints, ranks: Ints) -> Iterator[LockOperation]:
    by_rank = np.argsort(ranks, kind="stable")
    chosen = locking[by_rank]
    columns = (ranks[by_rank], *(syncs[name][chosen] for name in ("at", "actor", "object")), np.isin(syncs["op"][chosen], _ACQUIRES), syncs["flags"][chosen])
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield LockOperation(*row)


def several_at_once(recording: Recording, syncs: Mapping[str, Ints]) -> frozenset[int]:
    """Semaphores that have, or were seen to have, more than one unit: they protect nothing."""
    chosen = np.flatnonzero(np.isin(syncs["op"], [SyncOp.SEM_ACQUIRED, SyncOp.SEM_RELEASED]))
    found: set[int] = set()
    for object in np.unique(syncs["object"][chosen]).tolist():
        mine = chosen[syncs["object"][chosen] == object]
        # `extra` is the units left, where the recorder knew.
        if bool((syncs["extra"][mine][syncs["op"][mine] == SyncOp.SEM_ACQUIRED] > 0).any()):
            found.add(object)
    return frozenset(found)


def _facts(recording: Recording, steps: Mapping[str, Ints]) -> Facts:
    by_first = np.argsort(steps["first_at"], kind="stable")
    firsts, ids, actors = (steps[name][by_first] for name in ("first_at", "id", "actor"))

    def step_at(at: int) -> tuple[int | None, int | None]:
        index = int(np.searchsorted(firsts, at, "right")) - 1
        if index < 0 or int(firsts[index]) >> 40 != at >> 40:
            return None, None
        return int(ids[index]), int(actors[index])

    return Facts(
        actors={actor.id: actor for actor in recording.actors()}, locations={each.id: each for each in recording.locations()},
        sites={site.id: site for site in recording.sites()}, functions={function.id: function for function in recording.functions()},
        sources={source.path: recording.source_text(source.id) for source in recording.sources()}, root=recording.meta.root,
        objects={each.id: each for each in recording.objects()}, steps=_Steps(recording), step_cause=recording.cause_kind, step_at=step_at,
        syncs=_Syncs(recording), waiting=recording.waiting(), sql=recording.sql(), io=recording.io(), spans=recording.spans(), exceptions=recording.exceptions(),
    )


class _Syncs(Sequence[Any]):
    """All synchronization operations, read at the first question."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._known: Sequence[Any] | None = None

    def _all(self) -> Sequence[Any]:
        if self._known is None:
            self._known = self._recording.syncs()
        return self._known

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())


def _values(recording: Recording) -> Values:
    def values(accesses: Sequence[int]) -> list[str | None]:
        found: dict[int, str | None] = {}
        for start in range(0, len(accesses), _BATCH):
            batch = accesses[start:start + _BATCH]
            marks = ", ".join("?" * len(batch))
            found.update(recording.query(f"SELECT id, value FROM access WHERE id IN ({marks})", batch).rows)
        return [found.get(access) for access in accesses]

    return values


def _clock(recording: Recording, steps: Mapping[str, Ints]) -> Clock:
    runs = [recording.run_columns(process.id) for process in recording.processes()]
    at = np.concatenate([steps["first_at"], *(run["at"] for run in runs)])
    ts = np.concatenate([steps["started_ns"], *(run["ts"] for run in runs)])
    return Clock(at, ts)
