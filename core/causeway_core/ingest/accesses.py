"""The second pass: locations that several actors accessed, and their accesses."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from causeway_core.ingest.common import CommonObjects
from causeway_core.ingest.labels import Labels
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.model.at import At, position_of, stream_of
from causeway_core.model.value import ValueKind
from causeway_core.storage.columns import ACCESS_OPS, integers
from causeway_core.storage.rows import Chunk
from causeway_core.storage.stream import ChunkStore
from causeway_core.wire import _stream

_KINDS = ("", "attribute", "item", "structure", "global", "cell")
_REMOVES, _ADDS, _CLEARS, _REMOVES_GIVEN = 1, 2, 3, 4
_METHODS = {"pop": _REMOVES, "discard": _REMOVES, "remove": _REMOVES, "setdefault": _ADDS, "add": _ADDS, "clear": _CLEARS, "popitem": _REMOVES_GIVEN}
_FIRST_CALL = 1 << 48
"""Lanes of calls that pools run start here; those of actors are below."""
_ROWS_AT_ONCE = 1 << 15
_VALUES_KEPT = 1 << 14


def write_accesses(pipeline: Pipeline, labels: Labels) -> None:
    """Fills tables `location` and `access`; access.id ascends in the total order of each process.

    A place of an object that several processes know by one name (record SHARED) is a single location, that of the first process.
    """
    chunks = ChunkStore(pipeline.writer.database)
    common = CommonObjects(pipeline.facts.shared)
    last = 0
    for process in pipeline.facts.processes:
        owners, cells, names = pipeline.scanner.shared(process)
        if common.of(process):
            owners = common.among(process, owners)
        if owners or cells or names:
            last = _Process(pipeline, labels, chunks, process, (owners, cells, names), common, last).write()


class _Process:
    """Reads the chunks of one process twice, skipping those without accesses of shared places."""

    def __init__(
        self, pipeline: Pipeline, labels: Labels, chunks: ChunkStore, process: int, shared: tuple[bytes, bytes, bytes], common: CommonObjects,
        last_location: int,
    ) -> None:
        self._pipeline, self._labels, self._chunks, self._id, self._common = pipeline, labels, chunks, process, common
        self._united: dict[int, int] = {}
        """Locations of this process that an earlier one has listed already."""
        self._owners = np.frombuffer(shared[0], np.uint32)
        self._variable_sites = self._sites_of(shared[1], shared[2])
        types = array("I", [number for pair in pipeline.facts.types(process).items() for number in pair])
        sites = pipeline.sites.rows.get(process, array("I"))
        steps = self._steps()
        self._has_steps = len(steps) > 0
        self._shown = lru_cache(_VALUES_KEPT)(self._show)
        self._scan = _stream.AccessScan(
            sites.tobytes(), steps.tobytes(), *shared, types.tobytes(), pipeline.sites.numbers_of(_METHODS),
            common.pairs(process), last_location + 1
        )

    def write(self) -> int:
        """Writes the rows; returns the last location number in use."""
        pieces = list(self._pieces()) if self._has_steps else []
        for chunk, start, end in pieces:
            self._scan.read(self._chunks.data(chunk.stream, chunk.first), chunk.first_at, start, end)
        self._scan.emit()
        waiting: list[tuple[Any, ...]] = []
        for chunk, start, end in pieces:
            self._scan.read(self._chunks.data(chunk.stream, chunk.first), chunk.first_at, start, end)
            waiting += self._take()
            if len(waiting) > _ROWS_AT_ONCE:
                self._pipeline.writer.insert("access", waiting)
                waiting = []
        self._pipeline.writer.insert("access", waiting)
        return self._scan.last_location

    def _steps(self) -> NDArray[np.int64]:
        rows = self._pipeline.writer.database.execute("SELECT first_at, id, actor FROM step")
        steps = integers(rows, 3)
        steps = steps[np.isin(steps[:, 0] >> 40, list(self._pipeline.facts.processes[self._id].streams.values()))]
        steps = steps[np.argsort(steps[:, 0], kind="stable")]
        return np.ascontiguousarray(self._in_lanes(steps)) if len(steps) else np.empty((0, 4), np.int64)

    def _in_lanes(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """The steps with a fourth column, the lane of each: the actor, or for a pool's worker the call that it ran. Steps are split at calls."""
        laned = np.column_stack((steps, steps[:, 2]))
        rows = self._pipeline.writer.database.execute("SELECT at, id FROM sync WHERE op = 'run'")
        runs = integers(rows, 2)
        runs = runs[np.isin(runs[:, 0] >> 40, np.unique(steps[:, 0] >> 40))]
        if not len(runs):
            return laned
        runs = runs[np.argsort(runs[:, 0], kind="stable")]
        index = np.searchsorted(steps[:, 0], runs[:, 0], "right") - 1
        runs, index = runs[index >= 0], index[index >= 0]
        parts = np.column_stack((runs[:, 0], steps[index, 1], steps[index, 2], runs[:, 1]))
        laned = np.concatenate((laned, parts))
        laned = laned[np.lexsort((laned[:, 3], laned[:, 0]))]
        began = np.searchsorted(runs[:, 0], laned[:, 0], "right") - 1
        started = np.maximum(began, 0)
        working = (began >= 0) & (runs[started, 0] >> 40 == laned[:, 0] >> 40) & (laned[:, 2] == parts[started, 2])
        laned[:, 3] = np.where(working, _FIRST_CALL + runs[started, 1], laned[:, 2])
        return laned

    def _sites_of(self, cells: bytes, names: bytes) -> NDArray[np.uint32]:
        """Wire sites at which shared variables may be accessed."""
        rows = np.array(self._pipeline.sites.rows.get(self._id, array("I")), np.uint32).reshape(-1, 4)
        wanted = np.isin(rows[:, 1], np.frombuffer(names, np.uint32)) & (rows[:, 1] > 0)
        if cells:
            wanted |= rows[:, 3] == 12
        return np.flatnonzero(wanted).astype(np.uint32)

    def _pieces(self) -> Iterator[tuple[Chunk, int, int]]:
        """The stretches of chunks to read, in the process's total order."""
        wanted = {}
        for stream in self._pipeline.facts.processes[self._id].streams.values():
            wanted[stream] = [chunk for chunk in self._chunks.chunks(stream) if self._touches(chunk)]
        rows = self._pipeline.writer.database.execute("SELECT at FROM run WHERE process = ? ORDER BY number", (self._id,))
        runs = [row[0] for row in rows]
        ordered = sorted(runs)
        ends = {at: position_of(following) if stream_of(following) == stream_of(at) else 1 << 40 for at, following in pairwise(ordered)}
        firsts: dict[int, int] = {}
        for at in ordered:
            firsts.setdefault(stream_of(at), position_of(at))
        for stream in wanted:
            # The records before a stream's first ORDER record introduce its thread.
            yield from _between(wanted[stream], 0, firsts.get(stream, 1 << 40))
        for at in runs:
            yield from _between(wanted.get(stream_of(at), []), position_of(at), ends.get(at, 1 << 40))

    def _touches(self, chunk: Chunk) -> bool:
        if len(self._owners) and np.isin(self._chunks.objects(chunk), self._owners, assume_unique=True).any():
            return True
        return bool(len(self._variable_sites)) and bool(np.isin(self._chunks.sites(chunk), self._variable_sites, assume_unique=True).any())

    def _take(self) -> list[tuple[Any, ...]]:
        accesses, locations = self._scan.take()
        rows = [(self._location(*each), each[4]) for each in locations]
        self._pipeline.writer.insert("location", [row for row, key_kind in rows if not self._is_known(row, key_kind)])
        united = self._united
        return [
            (at, actor, step, united.get(location, location), ACCESS_OPS[op], site, vk, self._shown(vk, payload), payload)
            for at, actor, step, location, op, site, vk, payload in accesses
        ]

    def _is_known(self, row: tuple[Any, ...], key_kind: int) -> bool:
        number, _, kind, owner, word, _ = row
        if key_kind == ValueKind.OBJECT:
            word = f"{word} of {self._id}"  # numbers of objects are only valid within a process
        first = self._common.location(number, kind, owner, word)
        if first != number:
            self._united[number] = first
        return bool(first != number)

    def _show(self, kind: int, payload: bytes | None) -> str | None:
        if kind == ValueKind.INT32 and payload is not None:
            return str(int.from_bytes(payload, "little", signed=True))
        if kind in (ValueKind.UNCAPTURED, ValueKind.REDACTED, ValueKind.ABSENT):
            return None
        return str(self._labels.value(self._id, kind, payload))

    def _location(self, number: int, kind: int, owner: int, name: int, key_kind: int, key: bytes | None, at: int) -> tuple[Any, ...]:
        labels = self._labels
        id = self._id << 32 | owner if owner else None
        if id is not None and _KINDS[kind] != "cell":
            labels.mention(id)
        word = self._pipeline.sites.names[name][1] if name else ""
        match _KINDS[kind]:
            case "attribute":
                assert id is not None
                return (number, self._id, "attribute", id, word, f"{self._name(id) if self._common.same(id) else labels.class_name(id)}.{word}")
            case "item":
                assert id is not None
                shown = str(labels.value(self._id, key_kind, key))
                return (number, self._id, "item", id, shown, f"{self._name(id)}[{shown}]")
            case "structure":
                assert id is not None
                return (number, self._id, "structure", id, "*", self._name(id))
            case "cell":
                word = self._cell_name(At(at)) or "cell"
                return (number, self._id, "cell", owner, word, word)
            case _:
                return (number, self._id, "global", None, word, word)

    def _name(self, id: int) -> str:
        """The object's name; for an object of several processes the simplest: the local variable of one, rather than how it was passed to another."""
        names = [label for each in self._common.same(id) if (label := self._labels.label(each)) is not None]
        return min(names, key=lambda name: ("." in name or "[" in name), default=None) or self._labels.name(id)

    def _cell_name(self, at: At) -> str | None:
        chunk = next(c for c in reversed(self._chunks.chunks(stream_of(at))) if c.first <= position_of(at))
        data = self._chunks.data(chunk.stream, chunk.first)
        offset = (position_of(at) - chunk.first) * 4
        return self._labels.site_name(self._id, int.from_bytes(data[offset : offset + 4], "little") >> 8)


def _between(chunks: list[Chunk], start: int, end: int) -> Iterator[tuple[Chunk, int, int]]:
    """The parts of the chunks that lie in [start, end)."""
    index = bisect_right(chunks, start, key=lambda chunk: chunk.end)
    while index < len(chunks) and chunks[index].first < end:
        chunk = chunks[index]
        yield chunk, max(start, chunk.first) - chunk.first, min(end, chunk.end) - chunk.first
        index += 1
