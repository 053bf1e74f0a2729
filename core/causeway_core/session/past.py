"""A recording prepared for time travel: timelines, sites and names, built when they are first needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import Actor, At, Function, Mark, Process, Site, Value, ValueKind
from causeway_core.session.chunks import Chunks
from causeway_core.session.clock import Clock
from causeway_core.session.sitetable import SiteTable
from causeway_core.session.timeline import Activation, Segment, Timeline
from causeway_core.storage.growing import Growing
from causeway_core.storage.recording import Recording
from causeway_core.wire.record import Record


@dataclass(frozen=True, slots=True)
class PastCache:
    """What the next reading of a growing recording reuses: its chunks, timelines by process, and facts about whole chunks by stream, first and words.

    `lines` is how many lines begin in a chunk, `sites` which sites occur in it.
    """

    growing: Growing = field(default_factory=Growing)

    timelines: dict[int, Timeline] = field(default_factory=dict)
    lines: dict[tuple[int, int, int], int] = field(default_factory=dict)
    sites: dict[tuple[int, int, int], NDArray[np.uint32]] = field(default_factory=dict)


class Past:
    """What all parts of a session share. A process's timeline is built by the first question about it."""

    def __init__(self, recording: Recording, cache: PastCache | None = None) -> None:
        """`cache`: from an earlier reading of the same, growing recording. Each timeline is extended when it is first needed, and belongs to this
        object from then on."""
        self.recording = recording
        self.chunks = Chunks(recording)
        self.clock = Clock(recording)
        self._timelines: dict[int, Timeline] = {}
        self._sites: dict[int, SiteTable] = {}
        self._cache = cache if cache is not None else PastCache()

    # Processes and actors.

    @cached_property
    def processes(self) -> dict[int, Process]:
        """The processes by id."""
        return {process.id: process for process in self.recording.processes()}

    def process_of(self, at: At) -> int:
        """The process.id of an event. Raises KeyError for an event of no stream."""
        return self.recording.process_of(at)

    def timeline(self, process: int) -> Timeline:
        """The timeline of a process."""
        found = self._timelines.get(process)
        if found is None:
            found = self._cache.timelines.get(process)
            if found is None:
                found = self._cache.timelines[process] = Timeline(self.recording, process, self.chunks, self.sites(process))
            else:
                found.extend(self.recording, self.chunks, self.sites(process))
            self._timelines[process] = found
        return found

    def sites(self, process: int) -> SiteTable:
        """The site table of a process."""
        found = self._sites.get(process)
        if found is None:
            found = self._sites[process] = SiteTable(self.recording, process, self._cache.sites)
        return found

    def at(self, at: At) -> Timeline:
        """The timeline that an event lies in."""
        return self.timeline(self.process_of(at))

    def actor(self, id: int) -> Actor | None:
        """An actor by actor.id, None for one that was never announced."""
        try:
            return self.recording.actor(id)
        except KeyError:
            return None

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number on the wire of each actor.id."""
        return self.recording.actor_numbers()

    def actor_of(self, at: At) -> int:
        """The actor.id that runs at an event, 0 when it was never announced. Raises KeyError."""
        timeline = self.at(at)
        return self.actor_id(timeline, timeline.locate(at))

    def actor_id(self, timeline: Timeline, segment: Segment) -> int:
        """The actor.id of a segment, 0 when unknown."""
        return self.recording.actor_of_wire(timeline.process, segment.actor) or 0

    def title(self, actor: int) -> str:
        """An actor for people, with its service where there are several."""
        found = self.actor(actor)
        if found is None:
            return "a thread"
        return f"{self.service(found.process)} / {found.title}" if len(self.processes) > 1 else found.title

    def service(self, process: int) -> str:
        """The service name of a process; with its pid where another process has the same."""
        found = self.processes.get(process)
        if found is None:
            return "?"
        shared = sum(other.service == found.service for other in self.processes.values()) > 1
        return f"{found.service} ({found.pid})" if shared else found.service

    # Places in the source.

    def record(self, at: At) -> Record:
        """The record at an event. Raises KeyError."""
        return self.chunks.record(at)

    def site_at(self, at: At) -> Site | None:
        """The site of the plain record at an event."""
        record = self.chunks.record(at)
        return self.sites(self.process_of(at)).site(record.site) if record.kind != 14 else None

    def stop_of(self, at: At) -> At | None:
        """The stop that an event belongs to: where the line began that was executing in its activation; None before the first."""
        timeline = self.at(at)
        segment = timeline.locate(at)
        return timeline.stop_before(segment, At(at + 1))

    def line_before(self, at: At) -> At | None:
        """As `stop_of`; where no woven code was executing, the last stop of the actor before that: a library has sent what its caller returned."""
        timeline = self.at(at)
        segment = timeline.locate(at)
        return timeline.stop_before(segment, At(at + 1)) or timeline.stop_before(segment, At(at + 1), of_actor=True)

    def line_of(self, at: At) -> tuple[Function, int, int] | None:
        """The function, line and column (bytes from 0) executing at an event; None where no woven code is."""
        stop = self.stop_of(at)
        site = self.site_at(stop) if stop is not None else None
        if site is None:
            timeline = self.at(at)
            activation = timeline.activation(timeline.locate(at).activation)
            if activation.is_root or not activation.function:
                return None
            function = self.recording.function(activation.function)
            return function, function.first_line, 0
        return self.recording.function(site.function), site.line, site.col

    def function_of(self, activation: Activation) -> Function | None:
        """The function of an activation, None where its site table is missing."""
        return self.recording.function(activation.function) if activation.function else None

    def place(self, at: At) -> str:
        """Where an event happened, for people: `bank.py:31`; "" where no woven code ran."""
        found = self.line_of(at)
        return f"{self.shown(found[0].path)}:{found[1]}" if found else ""

    def shown(self, path: str) -> str:
        """A path for people: relative to the project root where it lies in it."""
        pure = PurePath(path)
        return str(pure.relative_to(self._root)) if self._root and pure.is_relative_to(self._root) else path

    @cached_property
    def _root(self) -> str:
        return self.recording.meta.root

    # Values.

    def value(self, process: int, pair: tuple[int, object]) -> Value:
        """A value of a record, as (kind, payload)."""
        return self.recording.value(process, pair[0], pair[1])  # type: ignore[arg-type]

    def value_at(self, at: At) -> Value:
        """The value of the plain record at an event; ABSENT for records without one."""
        record = self.chunks.record(at)
        return self.value(self.process_of(at), record.value) if record.value is not None else Value(ValueKind.ABSENT)

    # Order.

    def sort_key(self, at: At) -> tuple[int, int, int]:
        """Sorts events of the whole recording: by process order inside a process, by the clock between processes."""
        process = self.process_of(at)
        if len(self.processes) < 2:
            return (0, *self.timeline(process).key(at))
        return (self.clock.wall_ns(at), *self.timeline(process).key(at))

    def before(self, a: At, b: At) -> bool:
        """Whether `a` precedes `b` in the recording's order."""
        if self.process_of(a) == self.process_of(b):
            return self.at(a).key(a) < self.at(b).key(b)
        return self.sort_key(a) < self.sort_key(b)

    def mark(self, at: At) -> Mark:
        """The mark of an event: its actor, before it."""
        return Mark(self.actor_of(at), at)
