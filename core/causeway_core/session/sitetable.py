"""The site numbers of one process, as arrays, and the chunks in which they occur."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import Site
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Chunk

_BINDING = frozenset({"local", "param", "for", "with"})
_KEPT = 1024
AWAITS, STOPS = 1, 2
_VARIABLE = frozenset({"global", "cell"})


class SiteTable:
    """Wire sites of a process: `functions[w]` is function id + 1 (0 unknown), `site_ids[w]` the site.id (0 unknown), `flags[w]` AWAITS and STOPS."""

    def __init__(self, recording: Recording, process: int, cache: dict[tuple[int, int, int], NDArray[np.uint32]] | None = None) -> None:
        """`cache` hands the sites of chunks (stream, first, words) on from one reading of a growing recording to the next."""
        self._sites_by_chunk = cache if cache is not None else {}
        self._recording = recording
        self.process = process
        self._bindings: dict[int, dict[str, list[int]]] = {}
        self._by_stream: dict[tuple[int, ...], dict[int, list[Chunk]]] = {}
        bases = list(recording.query("SELECT base, count, first FROM site_base WHERE process = ?", (process,)).rows)
        size = max((base + count for base, count, _ in bases), default=0)
        self.site_ids: NDArray[np.int64] = np.zeros(size, np.int64)
        for base, count, first in bases:
            self.site_ids[base : base + count] = np.arange(first, first + count)
        functions = np.zeros(max((site.id for site in recording.sites()), default=0) + 1, np.uint32)
        flags = np.zeros(len(functions), np.uint8)
        for site in recording.sites():
            functions[site.id] = site.function + 1
            flags[site.id] = AWAITS if site.kind == "await" else STOPS if self._marks_line_start(site) else 0
        known = np.where(self.site_ids < len(functions), self.site_ids, 0)
        self.functions: NDArray[np.uint32] = functions[known]
        self.flags: NDArray[np.uint8] = flags[known]
        self.stops = bits(np.flatnonzero(self.flags & STOPS).tolist())

    @cached_property
    def _lines(self) -> set[tuple[int, int]]:
        return {(site.function, site.line) for site in self._recording.sites() if site.kind == "line"}

    def _marks_line_start(self, site: Site) -> bool:
        """Whether the record of a site stands for the LINE that the weaver left out (`x = 0`, `return x`, `except E as e`)."""
        if site.kind not in ("local", "return") or (site.function, site.line) in self._lines:
            return False
        # The end of a function that is reached without `return` has the place of its `def`, one column wide.
        return site.kind == "local" or site.end_col - site.col != 1 or self._recording.function(site.function).kind == "lambda"

    def site(self, wire: int) -> Site | None:
        """The site with a wire number, None where its table is missing."""
        if not 0 <= wire < len(self.site_ids) or not self.site_ids[wire]:
            return None
        try:
            return self._recording.site(int(self.site_ids[wire]))
        except KeyError:
            return None

    def wires(self, sites: Iterable[Site]) -> list[int]:
        """The wire numbers of some sites."""
        return [wire for site in sites for wire in self._wires.get(site.id, ())]

    @cached_property
    def _wires(self) -> dict[int, list[int]]:
        wires: defaultdict[int, list[int]] = defaultdict(list)
        for wire in np.flatnonzero(self.site_ids).tolist():
            wires[int(self.site_ids[wire])].append(wire)
        return wires

    @cached_property
    def _by_function(self) -> dict[int, list[Site]]:
        found: defaultdict[int, list[Site]] = defaultdict(list)
        for site in self._recording.sites():
            found[site.function].append(site)
        return found

    def of_function(self, function: int) -> list[Site]:
        """The sites of a function."""
        return self._by_function.get(function, [])

    def bindings(self, function: int) -> dict[str, list[int]]:
        """For each local name of a function, the wire sites that bind it."""
        found = self._bindings.get(function)
        if found is None:
            found = self._bindings[function] = self._read_bindings(function)
        return found

    def _read_bindings(self, function: int) -> dict[str, list[int]]:
        names: defaultdict[str, list[int]] = defaultdict(list)
        for site in self.of_function(function):
            if site.name is not None and site.kind in _BINDING:
                names[site.name] += self.wires([site])
        return dict(names)

    def variables(self, source: int, kind: str) -> dict[str, list[int]]:
        """For each global (or cell) name of a source file, the wire sites that bind or read it."""
        return self._variables.get((source, kind), {})

    @cached_property
    def _variables(self) -> dict[tuple[int, str], dict[str, list[int]]]:
        found: defaultdict[tuple[int, str], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        sources = {function.id: function.source for function in self._recording.functions()}
        for site in self._recording.sites():
            if site.kind in _VARIABLE and site.name is not None:
                found[sources[site.function], site.kind][site.name] += self.wires([site])
        return {key: dict(names) for key, names in found.items()}

    def line_sites(self, sites: Iterable[Site]) -> list[int]:
        """The wire numbers of those of some sites that begin a line."""
        return [wire for wire in self.wires(sites) if self.flags[wire] & STOPS or self.kind(wire) == "line"]

    def kind(self, wire: int) -> str:
        """The kind of a wire site, "" when unknown."""
        site = self.site(wire)
        return site.kind if site is not None else ""

    @cached_property
    def _occurrences(self) -> tuple[NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
        return invert(self._chunks, [self._sites_of(chunk) for chunk in self._chunks])

    def read_ahead(self) -> None:
        """Reads now which sites occur in the chunks."""
        for chunk in self._chunks:
            self._sites_of(chunk)

    def _sites_of(self, chunk: Chunk) -> NDArray[np.uint32]:
        key = (chunk.stream, chunk.first, chunk.words)
        found = self._sites_by_chunk.get(key)
        if found is None:
            found = self._sites_by_chunk[key] = self._recording.chunk_sites(chunk)
        return found

    @cached_property
    def _owners(self) -> tuple[NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
        return invert(self._chunks, [self._recording.chunk_objects(chunk) for chunk in self._chunks])

    @cached_property
    def _chunks(self) -> list[Chunk]:
        return [chunk for stream in self._recording.streams() if stream.process == self.process for chunk in self._recording.chunks(stream.id)]

    def chunks_with(self, wires: Iterable[int]) -> list[Chunk]:
        """The chunks in which any of these sites occurs, in order of stream and position."""
        return look_up(self._occurrences, wires)

    def streams_with(self, wires: Iterable[int]) -> dict[int, list[Chunk]]:
        """The chunks in which any of these sites occurs, by stream, in order of position."""
        key = tuple(wires)
        found = self._by_stream.get(key)
        if found is None:
            found = {}
            for chunk in self.chunks_with(key):
                found.setdefault(chunk.stream, []).append(chunk)
            if len(self._by_stream) >= _KEPT:
                self._by_stream.clear()
            self._by_stream[key] = found
        return found

    def chunks_mentioning(self, owner: int) -> list[Chunk]:
        """The chunks in which an object (wire id) is written, read, mutated or snapshot."""
        return look_up(self._owners, (owner,))


def invert(chunks: list[Chunk], keys: list[NDArray[np.uint32]]) -> tuple[NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
    """An index from key to chunk: keys ascending, the chunk's number of each, the chunks."""
    if not keys:
        return np.empty(0, np.uint32), np.empty(0, np.int32), chunks
    every = np.concatenate(keys)
    numbers = np.repeat(np.arange(len(keys), dtype=np.int32), [len(k) for k in keys])
    order = np.argsort(every, kind="stable")
    return every[order], numbers[order], chunks


def look_up(index: tuple[NDArray[np.uint32], NDArray[np.int32], list[Chunk]], keys: Iterable[int]) -> list[Chunk]:
    """The chunks of some keys of an inverted index."""
    every, numbers, chunks = index
    wanted = np.fromiter(keys, np.uint32)
    found: set[int] = set()
    for left, right in zip(np.searchsorted(every, wanted, "left").tolist(), np.searchsorted(every, wanted, "right").tolist(), strict=True):
        found.update(numbers[left:right].tolist())
    return [chunks[number] for number in sorted(found)]


def bits(wires: Iterable[int]) -> bytes:
    """A set of wire sites as the native searches take it: one bit each."""
    listed = list(wires)
    flags = bytearray((max(listed, default=0) >> 3) + 1)
    for wire in listed:
        flags[wire >> 3] |= 1 << (wire & 7)
    return bytes(flags)
