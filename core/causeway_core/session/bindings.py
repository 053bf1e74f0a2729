"""Variables as they were: the last binding of a local, cell or global before an event."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from causeway_core.model import At, Value, ValueKind, make_at
from causeway_core.model.at import position_of, stream_of
from causeway_core.session.past import Past
from causeway_core.session.sitetable import bits
from causeway_core.session.timeline import MOVED, Activation
from causeway_core.wire.kinds import Kind

LOCAL = 1 << Kind.LOCAL
VARIABLE = 1 << Kind.SETVAR | 1 << Kind.GETVAR
_FIRST = attrgetter("first")
_KEPT = 4096
_SEGMENTS_SEARCHED = 2000


@dataclass(frozen=True, slots=True)
class Binding:
    """The record that gave a name its value, and the value (ABSENT: deleted)."""

    at: At
    value: Value


class Bindings:
    """Searches backwards, chunk by chunk, only in chunks in which a site that binds a missing name occurs."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._locals: dict[tuple[At, str], tuple[At, At]] = {}
        self._cells: dict[At, dict[str, int]] = {}

    # Locals.

    def local_names(self, activation: Activation) -> list[str]:
        """The names of an activation's locals, parameters first."""
        function = self._past.function_of(activation)
        bound = self._past.sites(self._past.process_of(activation.call_at)).bindings(activation.function)
        order = {name: index for index, name in enumerate(function.locals if function else ())}
        return sorted(bound, key=lambda name: order.get(name, len(order)))

    def locals(self, activation: Activation, before: At, names: Iterable[str] | None = None) -> dict[str, Binding]:
        """The bindings of an activation's locals (or of some of them) before an event; unbound and deleted names are left out."""
        table = self._past.sites(self._past.process_of(activation.call_at)).bindings(activation.function)
        missing = {name: table[name] for name in (self.local_names(activation) if names is None else names) if name in table}
        found: dict[str, At] = {}
        for name in list(missing):
            recent = self._locals.get((activation.call_at, name))
            if recent is not None and stream_of(recent[0]) == stream_of(before) and recent[0] < before <= recent[1]:
                found[name] = recent[0]
                del missing[name]
        if missing:
            found |= self._search(activation, before, missing)
        order = self.local_names(activation) if len(found) > 1 else list(found)
        bindings = {name: Binding(found[name], self._past.value_at(found[name])) for name in order if name in found}
        return {name: binding for name, binding in bindings.items() if binding.value.kind != ValueKind.ABSENT}

    def _search(self, activation: Activation, before: At, missing: dict[str, list[int]]) -> dict[str, At]:
        search = self._by_segments if activation.flags & MOVED else self._by_chunks
        found = search(activation, before, dict(missing))
        if len(self._locals) > _KEPT:
            self._locals.clear()
        for name, at in found.items():
            if stream_of(at) == stream_of(before):
                self._locals[activation.call_at, name] = (at, before)
        return found

    def _by_chunks(self, activation: Activation, before: At, missing: dict[str, list[int]]) -> dict[str, At]:
        """An activation on one stream."""
        past, found = self._past, dict[str, At]()
        timeline, sites = past.at(before), past.sites(past.process_of(before))
        stream, start, end = stream_of(before), activation.call_at, position_of(before)
        candidates = sites.streams_with(w for wires in missing.values() for w in wires).get(stream, [])
        for index in range(bisect_left(candidates, end, key=_FIRST) - 1, -1, -1):
            chunk = candidates[index]
            if chunk.end <= position_of(start):
                break
            low, high = max(start, chunk.first_at), min(before, make_at(stream, chunk.end))
            wanted = bits(w for wires in missing.values() for w in wires)
            self._newest(timeline.in_activation(activation, LOCAL, wanted, At(low), At(high)), missing, found)
            if not missing:
                break
        return found

    def _by_segments(self, activation: Activation, before: At, missing: dict[str, list[int]]) -> dict[str, At]:
        """An activation that ran on several streams (a generator resumed elsewhere)."""
        past, found = self._past, dict[str, At]()
        timeline = past.at(before)
        key = timeline.key(before)
        segment = timeline.segment(activation.last)
        while missing:
            if (segment.index, segment.at) <= key:
                end = before if stream_of(before) == stream_of(segment.at) and segment.at <= before < segment.end else segment.end
                wanted = bits(w for wires in missing.values() for w in wires)
                for chunk in reversed(past.chunks.between(stream_of(segment.at), position_of(segment.at), position_of(At(end)))):
                    low, high = max(segment.at, chunk.first_at), min(end, make_at(chunk.stream, chunk.end))
                    if high > low and missing:
                        self._newest(timeline.in_activation(activation, LOCAL, wanted, At(low), At(high)), missing, found)
            if segment.prev < 0:
                break
            segment = timeline.segment(segment.prev)
        return found

    def _newest(self, events: list[At], missing: dict[str, list[int]], found: dict[str, At]) -> None:
        """Takes the last event of each missing name; the events are in one chunk."""
        if not events:
            return
        names = {wire: name for name, wires in missing.items() for wire in wires}
        chunk = self._past.recording.chunk_of(events[0])
        first = np.frombuffer(self._past.chunks.words(chunk), np.uint32)[np.array(events, np.int64) - chunk.first_at]
        for at, wire in zip(reversed(events), (first[::-1] >> 8).tolist(), strict=True):
            name = names.get(wire)
            if name in missing and name is not None:
                found[name] = at
                del missing[name]
                if not missing:
                    return

    # Globals and cells.

    def global_names(self, process: int, source: int) -> list[str]:
        """The names of a module's recorded globals."""
        return sorted(self._past.sites(process).variables(source, "global"))

    def globals(self, process: int, source: int, before: At, names: Iterable[str] | None = None) -> dict[str, Binding]:
        """The last recorded values of a module's globals before an event (of the same process), deleted ones left out."""
        table = self._past.sites(process).variables(source, "global")
        wanted = {name: table[name] for name in (table if names is None else names) if name in table}
        return self._variables(before, wanted, 0)

    def cells(self, activation: Activation) -> dict[str, int]:
        """The cells that an activation uses: name to cell id. They never change during its life, so later uses also show earlier ones."""
        found = self._cells.get(activation.call_at)
        if found is None:
            if len(self._cells) > _KEPT:
                self._cells.clear()
            found = self._cells[activation.call_at] = self._find_cells(activation)
        return found

    def _find_cells(self, activation: Activation) -> dict[str, int]:
        past = self._past
        process = past.process_of(activation.call_at)
        function = past.function_of(activation)
        if function is None:
            return {}
        table = past.sites(process).variables(function.source, "cell")
        own = {site.name for site in past.sites(process).of_function(function.id) if site.kind == "cell" and site.name}
        wires = bits(wire for name in own for wire in table.get(name, ()))
        timeline, cells = past.timeline(process), dict[str, int]()
        segment = timeline.segment(activation.first)
        for _ in range(_SEGMENTS_SEARCHED):
            if len(cells) == len(own):
                break
            for at in timeline.in_activation(activation, VARIABLE, wires, segment.at, segment.end) if segment.end > segment.at else ():
                record = past.record(at)
                site = past.sites(process).site(record.site)
                if record.operand and site is not None and site.name is not None:
                    cells[site.name] = record.operand
            if segment.next < 0:
                break
            segment = timeline.segment(segment.next)
        return cells

    def cell(self, process: int, source: int, name: str, cell: int, before: At) -> Binding | None:
        """The last recorded value of a cell before an event."""
        wires = self._past.sites(process).variables(source, "cell").get(name, [])
        return self._variables(before, {name: wires}, cell).get(name)

    def _variables(self, before: At, wanted: dict[str, list[int]], owner: int) -> dict[str, Binding]:
        past = self._past
        process = past.process_of(before)
        timeline, sites = past.timeline(process), past.sites(process)
        newest: dict[str, tuple[tuple[int, int], At]] = {}
        names = {wire: name for name, wires in wanted.items() for wire in wires}
        for stream, cut in timeline.cuts(before).items():
            missing = dict(wanted)
            candidates = sites.streams_with(names).get(stream, [])
            for index in range(bisect_left(candidates, cut, key=_FIRST) - 1, -1, -1):
                chunk = candidates[index]
                events = past.chunks.all_in(chunk, VARIABLE, sites=bits(w for wires in missing.values() for w in wires), owner=owner, before=cut)
                words = np.frombuffer(past.chunks.words(chunk), np.uint32)
                for offset, wire in zip(events[::-1].tolist(), (words[events[::-1]] >> 8).tolist(), strict=True):
                    name = names[wire]
                    if name in missing:
                        del missing[name]
                        at = make_at(stream, chunk.first + offset)
                        key = timeline.key(at)
                        if name not in newest or key > newest[name][0]:
                            newest[name] = (key, at)
                if not missing:
                    break
        bindings = {name: Binding(at, past.value_at(at)) for name, (_, at) in sorted(newest.items())}
        return {name: binding for name, binding in bindings.items() if binding.value.kind != ValueKind.ABSENT}
