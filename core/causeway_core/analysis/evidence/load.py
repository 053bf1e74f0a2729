"""Reads a recording into evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.clock import Clock
from causeway_core.analysis.evidence.delegated import attributed_to_tasks
from causeway_core.analysis.evidence.facts import Facts
from causeway_core.analysis.evidence.holds import Holds
from causeway_core.analysis.evidence.implied_reads import claimed_items, with_implied_reads
from causeway_core.analysis.evidence.operations import ACQUIRES, RELEASES, WANTED, Operations, chosen
from causeway_core.analysis.evidence.protection import held_for_something, no_protection
from causeway_core.analysis.evidence.table import AccessTable, Flags, Ints, Values
from causeway_core.analysis.evidence.work_items import WorkItems
from causeway_core.analysis.source_text import Texts
from causeway_core.graph import CausalGraph
from causeway_core.model import At, Step
from causeway_core.storage.recording import Recording

_BATCH = 500


class _Steps(Mapping[int, Sequence[Step]]):
    """Steps by actor, read on demand."""

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
    """Reads what detectors need; of accesses only those of `actors`, if given. Memory: about 130 bytes an access and 60 a lock operation
    while loading; values stay in the file.
    """
    columns = recording.access_columns()
    syncs = recording.sync_columns()
    wanted = chosen(syncs["op"], WANTED)
    statements = recording.sql()
    boundary = recording.io()
    others = (np.array([each.at for each in rows], np.int64) for rows in (statements, boundary))
    ranks, locking, sql_order, io_order = _ranks(graph, columns.at, syncs["at"][wanted], *others)
    operations = _operations(syncs, wanted, locking)
    table = AccessTable.build(columns, ranks)
    if actors is not None:
        table = table.select(np.isin(table.actor, list(actors)))
    steps = recording.step_columns()
    facts = replace(_facts(recording, steps, operations), sql_order=sql_order.tolist(), io=boundary, io_order=io_order.tolist())
    items = WorkItems.of(syncs, facts.actors, Texts(facts.sources))
    facts = replace(facts, sql=attributed_to_tasks(statements, items), actors=items.actors(facts.actors), work_items=items)
    holds = Holds(operations.only(ACQUIRES | RELEASES), ignored=no_protection(recording, facts))
    holds.heed(held_for_something(holds, facts, table))
    table = replace(table, actor=items.relabelled(table.at, table.actor))
    table = table.shared(claimed_items(table, facts))
    return with_implied_reads(Evidence(table, items.order(graph.order), holds, facts, _values(recording), _clock(recording, steps, syncs)))


def _ranks(graph: CausalGraph, *groups: Ints) -> list[Ints]:
    """The rank of each event in the total order of its process, all groups together."""
    at = np.concatenate(groups)
    ranks = np.empty(len(at), np.int64)
    ranks[graph.order.total.sorted_index(at)] = np.arange(len(at))
    return np.split(ranks, np.cumsum([len(group) for group in groups])[:-1])


def _operations(syncs: Mapping[str, Ints], wanted: Flags, ranks: Ints) -> Operations:
    by_rank = np.argsort(ranks, kind="stable")
    names = ("at", "actor", "op", "flags", "object", "extra")
    return Operations((ranks[by_rank], *(syncs[name][wanted][by_rank] for name in names)))


def _facts(recording: Recording, steps: Mapping[str, Ints], operations: Operations) -> Facts:
    by_first = np.argsort(steps["first_at"], kind="stable")
    firsts, ids, actors = (steps[name][by_first] for name in ("first_at", "id", "actor"))

    def step_at(at: int) -> tuple[int | None, int | None]:
        index = int(np.searchsorted(firsts, at, "right")) - 1
        if index < 0 or int(firsts[index]) >> 40 != at >> 40:
            return None, None
        return int(ids[index]), int(actors[index])

    return Facts(
        actors={actor.id: actor for actor in recording.actors()},
        locations={each.id: each for each in recording.locations()},
        sites={site.id: site for site in recording.sites()},
        functions={function.id: function for function in recording.functions()},
        sources={source.path: recording.source_text(source.id) for source in recording.sources()},
        root=recording.meta.root,
        services={process.id: process.service for process in recording.processes()},
        objects={each.id: each for each in recording.objects()},
        steps=_Steps(recording),
        step_cause=recording.cause_kind,
        step_at=step_at,
        first_seen=lambda object: next(iter(recording.snapshots(object)), None),
        lacked=lambda object, name: _lacked(recording, object, name),
        operations=operations,
        edges_into=lambda first, last: recording.edges_into(At(first), At(last)),
        edges_out_of=lambda first, last: recording.edges_out_of(At(first), At(last)),
        waiting=recording.waiting(),
        spans=recording.spans(),
        messages=recording.messages(),
        exceptions=recording.exceptions(),
        processes=recording.processes(),
    )


def _lacked(recording: Recording, object: int, name: str) -> bool:
    for at in recording.snapshots(object)[:1]:
        seen = recording.snapshot(at)
        return all(name not in (key.payload, str(key)) for key, _ in seen.items)
    return False


def _values(recording: Recording) -> Values:
    def values(accesses: Sequence[int]) -> list[str | None]:
        found: dict[int, str | None] = {}
        for start in range(0, len(accesses), _BATCH):
            found.update(recording.access_values(accesses[start : start + _BATCH]))
        return [found.get(access) for access in accesses]

    return values


def _clock(recording: Recording, steps: Mapping[str, Ints], syncs: Mapping[str, Ints]) -> Clock:
    runs = [recording.run_columns(process.id) for process in recording.processes()]
    at = np.concatenate([steps["first_at"], syncs["at"], *(run["at"] for run in runs)])
    ts = np.concatenate([steps["started_ns"], syncs["ts"], *(run["ts"] for run in runs)])
    return Clock(at, ts)
