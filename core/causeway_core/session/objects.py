"""Objects as they were: the last snapshot before an event, and what was done to the object since."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from causeway_core.model import At, ObjectRef, ValueKind
from causeway_core.session.mutation import Content, Slot
from causeway_core.session.objectlog import MUTATE, ObjectLogs
from causeway_core.session.past import Past
from causeway_core.storage.definitions import Snapshot
from causeway_core.wire.kinds import Kind
from causeway_core.wire.value import split_values

LIST_LIKE, DICT_LIKE, SET_LIKE, INSTANCE, CLASS, MODULE, FUNCTION, EXCEPTION = 1, 2, 4, 8, 16, 32, 64, 128
_LONGEST_REPLAY = 300_000
_KEPT = 512


@dataclass(slots=True)
class ObjectState:
    """An object at an event. `attributes` by name; `content` for containers; `label` for objects recorded by a description only.

    `known` is False when the object was not looked at before the event; `attributes_complete` when all attributes are known.
    `foreign` objects are of classes that were not woven: what the code of the class writes was not seen.
    """

    ref: ObjectRef
    flags: int
    known: bool = False
    foreign: bool = False
    label: str | None = None
    attributes: dict[str, Slot] = field(default_factory=dict)
    attributes_complete: bool = False
    content: Content | None = None


class Objects:
    """Rebuilds objects at events; states of containers are kept, so that a later event costs only what was done since."""

    def __init__(self, past: Past, logs: ObjectLogs) -> None:
        self._past = past
        self.logs = logs
        self._replayed: OrderedDict[int, tuple[At | None, int, Content]] = OrderedDict()

    def at(self, ref: ObjectRef, before: At) -> ObjectState:
        """The state of an object before an event. The event may be of another process; then all that was recorded counts."""
        past = self._past
        state = ObjectState(ref, past.recording.type_flags(ref.id))
        state.foreign = bool(state.flags & INSTANCE) and not self._woven(ref.type)
        timeline = past.timeline(ref.id >> 32)
        key = timeline.key(before) if past.process_of(before) == ref.id >> 32 else (1 << 62, 0)
        snapshot = self._snapshot(ref.id, key)
        log = self.logs.of(ref.id)
        rows = log.before(key)
        start = log.before(timeline.key(snapshot.at)) if snapshot is not None else 0
        if snapshot is not None:
            self._take(state, snapshot)
        self._attributes(state, start, rows)
        if (snapshot is not None and snapshot.form in ("sequence", "mapping", "set")) or state.flags & (LIST_LIKE | DICT_LIKE | SET_LIKE):
            state.content = self._content(ref.id, snapshot, start, rows)
            state.known = state.known or rows > start
        return state

    def _woven(self, type_name: str) -> bool:
        """Whether the body of a class was woven; `type_name` is module.qualname."""
        parts = type_name.split(".")
        return any(".".join(parts[i:]) in self._classes for i in range(len(parts)))

    @cached_property
    def _classes(self) -> frozenset[str]:
        return frozenset(function.qualname for function in self._past.recording.functions() if function.kind == "class")

    def _snapshot(self, object: int, key: tuple[int, int]) -> Snapshot | None:
        timeline = self._past.timeline(object >> 32)
        keyed = [(timeline.key(at), at) for at in self._past.recording.snapshots(object)]
        earlier = [pair for pair in keyed if pair[0] < key]
        return self._past.recording.snapshot(max(earlier)[1]) if earlier else None

    def _take(self, state: ObjectState, snapshot: Snapshot) -> None:
        state.ref = snapshot.object
        state.known = snapshot.form != "opaque"
        if snapshot.form == "label" and snapshot.items:
            state.label = str(snapshot.items[0][1].payload)
        if snapshot.form == "attributes":
            state.attributes = {str(name.payload): Slot(value, snapshot.at, state.foreign) for name, value in snapshot.items}
            state.attributes_complete = snapshot.full_size <= len(snapshot.items)

    def _attributes(self, state: ObjectState, start: int, rows: int) -> None:
        """The last write (or read that was looked at) of each attribute since the snapshot."""
        log = self.logs.of(state.ref.id)
        kinds = log.kind[start:rows]
        attribute = np.flatnonzero((kinds == Kind.SETATTR) | (kinds == Kind.GETATTR)) + start
        if not len(attribute):
            return
        names = self.logs.name_ids(state.ref.id)
        sites, last = np.unique(log.site[attribute][::-1], return_index=True)
        newest: dict[str, list[int]] = {}
        for site, index in zip(sites.tolist(), last.tolist(), strict=True):
            if site in names:
                newest.setdefault(names[site], []).append(int(attribute[len(attribute) - 1 - index]))
        for name, candidates in newest.items():
            self._attribute(state, name, sorted(candidates, reverse=True))

    def _attribute(self, state: ObjectState, name: str, candidates: list[int]) -> None:
        log = self.logs.of(state.ref.id)
        for row in candidates:
            value = self._past.value_at(At(int(log.at[row])))
            # A read that was not looked at, or found a class attribute or nothing, says nothing new.
            if log.kind[row] == Kind.GETATTR and value.kind in (ValueKind.UNCAPTURED, ValueKind.ABSENT):
                continue
            state.known = True
            if value.kind == ValueKind.ABSENT:
                state.attributes.pop(name, None)
            else:
                state.attributes[name] = Slot(value, At(int(log.at[row])))
            return

    def _content(self, object: int, snapshot: Snapshot | None, start: int, rows: int) -> Content:
        log = self.logs.of(object)
        base = snapshot.at if snapshot is not None else None
        kept = self._replayed.get(object)
        if kept is not None and kept[0] == base and kept[1] <= rows:
            row, content = kept[1], kept[2]
        else:
            row, content = start, Content.of(snapshot, self._past.recording.type_flags(object))
        if rows - row > _LONGEST_REPLAY:
            content.forget("too many changes")
            row = rows - _LONGEST_REPLAY
        wanted = (log.kind[row:rows] == Kind.SETITEM) | (log.kind[row:rows] == Kind.GETITEM) | (log.kind[row:rows] == MUTATE)
        for index in (np.flatnonzero(wanted) + row).tolist():
            self._apply(object, content, At(int(log.at[index])), int(log.kind[index]), int(log.site[index]))
        self._replayed[object] = (base, rows, content)
        self._replayed.move_to_end(object)
        if len(self._replayed) > _KEPT:
            self._replayed.popitem(last=False)
        return content.copy()

    def _apply(self, object: int, content: Content, at: At, kind: int, wire: int) -> None:
        past, process = self._past, object >> 32
        record = past.record(at)
        if kind == MUTATE:
            site = past.sites(process).site(wire)
            values = [past.value(process, pair) for pair in split_values(record.payload, record.payload[2] + 1, 3)]
            content.mutate(site.name or "" if site else "", values[:-1], values[-1], at, lambda ref: self._argument(ref, at))
            return
        assert record.key is not None and record.value is not None
        key, value = past.value(process, record.key), past.value(process, record.value)
        if kind == Kind.SETITEM:
            content.set(key, value, at)
        elif past.sites(process).kind(wire) == "item":
            content.seen(key, value, at)

    def _argument(self, ref: ObjectRef, at: At) -> Content | None:
        state = self.at(ref, at)
        return state.content
