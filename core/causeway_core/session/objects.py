"""Objects as they were: the last snapshot before an event, and what was done to the object since."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.session.decoding import decode, payload_size
from causeway_core.session.mutation import Content, Slot
from causeway_core.session.objectlog import MUTATE, ObjectLogs
from causeway_core.session.past import Past
from causeway_core.storage.definitions import Snapshot
from causeway_core.wire.kinds import Kind
from causeway_core.wire.record import Record, words_of
from causeway_core.wire.value import split_values

LIST_LIKE, DICT_LIKE, SET_LIKE, INSTANCE, CLASS, MODULE, FUNCTION, EXCEPTION = 1, 2, 4, 8, 16, 32, 64, 128
_LONGEST_REPLAY = 2_000_000
_ROWS_BETWEEN = 25_000
"""Rows of a log after which a container's state is kept, so that stepping back replays at most so many."""
_KEPT = 256


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
        self._replayed: OrderedDict[tuple[int, At | None], list[tuple[int, Content]]] = OrderedDict()
        self._last: dict[tuple[int, At | None], tuple[int, Content]] = {}
        self._names: dict[tuple[int, int], str] = {}

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
        """The content after the first `rows` of the log, from the nearest state kept before it."""
        key = (object, snapshot.at if snapshot is not None else None)
        kept = self._replayed.get(key)
        if kept is None:
            kept = self._replayed[key] = [(start, Content.of(snapshot, self._past.recording.type_flags(object)))]
            if len(self._replayed) > _KEPT:
                self._replayed.popitem(last=False)
        self._replayed.move_to_end(key)
        row, state = kept[bisect_right(kept, rows, key=lambda pair: pair[0]) - 1]
        last = self._last.get(key)
        if last is not None and row < last[0] <= rows:
            row, state = last
        content = state.copy()
        if rows - row > _LONGEST_REPLAY:
            content.forget("too many changes")
            row = rows - _LONGEST_REPLAY
        while row < rows:
            end = min((row // _ROWS_BETWEEN + 1) * _ROWS_BETWEEN, rows)
            self._replay(object, content, row, end)
            row = end
            if row % _ROWS_BETWEEN == 0 and row > kept[-1][0]:
                kept.append((row, content.copy()))
        if len(self._last) > _KEPT:
            self._last.clear()
        self._last[key] = (rows, content.copy())
        return content

    def _replay(self, object: int, content: Content, start: int, end: int) -> None:
        log, chunks = self.logs.of(object), self._past.chunks
        wanted = (log.kind[start:end] == Kind.SETITEM) | (log.kind[start:end] == Kind.GETITEM) | (log.kind[start:end] == MUTATE)
        rows = np.flatnonzero(wanted) + start
        first = limit = 0
        words: Sequence[int] = ()
        for at, kind, site in zip(log.at[rows].tolist(), log.kind[rows].tolist(), log.site[rows].tolist(), strict=True):
            if not first <= at < limit:
                chunk = self._past.recording.chunk_of(At(at))
                first, limit, words = chunk.first_at, chunk.first_at + chunk.words, words_of(chunks.words(chunk))
            if kind == MUTATE:
                self._mutate(object, content, At(at), site, words, at - first + 1)
            else:
                self._item(object >> 32, content, At(at), kind, site, decode(words, at - first))

    def _mutate(self, object: int, content: Content, at: At, wire: int, words: Sequence[int], payload: int) -> None:
        """A method call; its arguments begin at `payload` + 3."""
        process, method = object >> 32, self._names.get((object >> 32, wire))
        if method is None:
            site = self._past.sites(process).site(wire)
            method = self._names[process, wire] = site.name or "" if site is not None else ""
        count = words[payload + 2]
        if method == "append" and count == 1 and content.kind == "sequence":
            kind = words[payload + 3]
            held = words[payload + 4 : payload + 4 + payload_size(kind, words, payload + 4)]
            content.append(Slot(partial(self._past.recording.value, process, kind, held), at))
            return
        values = [self._past.value(process, pair) for pair in split_values(words, count + 1, payload + 3)]
        content.mutate(method, values[:-1], values[-1], at, lambda ref: self._argument(ref, at))

    def _item(self, process: int, content: Content, at: At, kind: int, wire: int, record: Record) -> None:
        assert record.key is not None and record.value is not None
        key = self._past.value(process, record.key)
        if kind == Kind.SETITEM:
            if record.value[0] == ValueKind.ABSENT:
                content.set(key, Value(ValueKind.ABSENT), at)
            else:
                content.put(key, Slot(partial(self._past.recording.value, process, *record.value), at))
        elif self._past.sites(process).kind(wire) == "item":
            content.seen(key, self._past.value(process, record.value), at)

    def _argument(self, ref: ObjectRef, at: At) -> Content | None:
        state = self.at(ref, at)
        return state.content
