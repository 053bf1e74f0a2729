"""Objects as they were: the last snapshot before an event, and what was done to the object since."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import At, ObjectRef, Value, ValueKind
from causeway_core.session.decoding import decode
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
_APPENDS, _PUTS = 1, 2
_ATTRIBUTE = (int(Kind.SETATTR), int(Kind.GETATTR))


@dataclass(slots=True)
class ObjectState:
    """An object at an event. `attributes` by name; `content` for containers; `label` for objects recorded by a description only.

    `known` is False if the object's contents were not recorded before the event; `attributes_complete`: all attributes are known.
    `foreign` objects are of classes that were not woven: writes by the code of the class were not recorded.
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
    """Rebuilds objects at events. States of containers are cached, so that a later event costs only the operations since."""

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
        """The last write (or read whose value was recorded) of each attribute since the snapshot."""
        log = self.logs.of(state.ref.id)
        newest: dict[str, list[int]] = {}
        for site, name in self.logs.name_ids(state.ref.id).items():
            own = log.rows_of_site[site]
            last = int(np.searchsorted(own, rows)) - 1
            if last >= 0 and own[last] >= start and log.kind[own[last]] in _ATTRIBUTE:
                newest.setdefault(name, []).append(int(own[last]))
        for name, candidates in newest.items():
            self._attribute(state, name, sorted(candidates, reverse=True))

    def _attribute(self, state: ObjectState, name: str, candidates: list[int]) -> None:
        log = self.logs.of(state.ref.id)
        for row in candidates:
            value = self._past.value_at(At(int(log.at[row])))
            # A read whose value was not recorded, or that found a class attribute or nothing, adds nothing.
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
        replayed = self._replayed.get(key)
        if replayed is None:
            replayed = self._replayed[key] = [(start, Content.of(snapshot, self._past.recording.type_flags(object)))]
            if len(self._replayed) > _KEPT:
                self._replayed.popitem(last=False)
        self._replayed.move_to_end(key)
        row, state = replayed[bisect_right(replayed, rows, key=lambda pair: pair[0]) - 1]
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
            if row % _ROWS_BETWEEN == 0 and row > replayed[-1][0]:
                replayed.append((row, content.copy()))
        if len(self._last) > _KEPT:
            self._last.clear()
        self._last[key] = (rows, content.copy())
        return content

    def _replay(self, object: int, content: Content, start: int, end: int) -> None:
        """Applies rows of the log; runs of plain appends and plain item writes at once, the rest one by one."""
        log, chunks = self.logs.of(object), self._past.chunks
        if content.load is None:
            content.load = partial(self._load, object >> 32)
        wanted = (log.kind[start:end] == Kind.SETITEM) | (log.kind[start:end] == Kind.GETITEM) | (log.kind[start:end] == MUTATE)
        rows = np.flatnonzero(wanted) + start
        while len(rows):
            chunk = self._past.recording.chunk_of(At(int(log.at[rows[0]])))
            inside = (log.at[rows] >= chunk.first_at) & (log.at[rows] < chunk.first_at + chunk.words)
            count = len(rows) if inside.all() else int(np.argmin(inside))
            data = chunks.words(chunk)
            self._replay_chunk(object, content, rows[:count], chunk.first_at, words_of(data), np.frombuffer(data, np.uint32))
            rows = rows[count:]

    def _replay_chunk(
        self, object: int, content: Content, rows: NDArray[np.intp], first: int, words: Sequence[int], array: NDArray[np.uint32]
    ) -> None:
        log = self.logs.of(object)
        at = log.at[rows]
        bulk = self._bulk(object, content, rows, at - first, array)
        borders = np.flatnonzero(np.diff(bulk)) + 1
        for begin, stop in zip([0, *borders.tolist()], [*borders.tolist(), len(rows)], strict=True):
            events = at[begin:stop]
            if bulk[begin] == _APPENDS:
                content.append_all(events.tolist())
            elif bulk[begin] == _PUTS:
                content.put_all(array[events - first + 2].view(np.int32).tolist(), events.tolist())
            else:
                for index in range(begin, stop):
                    event, kind, site = int(at[index]), int(log.kind[rows[index]]), int(log.site[rows[index]])
                    if kind == MUTATE:
                        self._mutate(object, content, At(event), site, words, event - first + 1)
                    else:
                        self._item(object >> 32, content, At(event), kind, site, decode(words, event - first))

    def _bulk(
        self, object: int, content: Content, rows: NDArray[np.intp], offsets: NDArray[np.int64], array: NDArray[np.uint32]
    ) -> NDArray[np.int8]:
        """Which rows can be applied in bulk: appends of one argument to a sequence, writes of int keys to a dict."""
        log = self.logs.of(object)
        kinds, operands = log.kind[rows], array[np.minimum(offsets + 1, len(array) - 1)]
        found = np.zeros(len(rows), np.int8)
        if content.kind == "sequence":
            appends = [wire for wire, name in self.logs.name_ids(object).items() if name == "append"]
            single = array[np.minimum(offsets + 3, len(array) - 1)] == 1
            found[(kinds == MUTATE) & np.isin(log.site[rows], appends) & single] = _APPENDS
        elif content.kind == "mapping":
            found[(kinds == Kind.SETITEM) & ~log.absent[rows] & ((operands & 15) == ValueKind.INT32)] = _PUTS
        return found

    def _load(self, process: int, at: int) -> tuple[Value, Slot]:
        """The key (of an item write) and value that an event put into a container."""
        record = self._past.record(At(at))
        if record.kind == Kind.SETITEM:
            assert record.key is not None and record.value is not None
            return self._past.value(process, record.key), Slot(self._past.value(process, record.value), At(at))
        [held] = split_values(record.payload, 1, 3)
        return Value(ValueKind.ABSENT), Slot(self._past.value(process, held), At(at))

    def _mutate(self, object: int, content: Content, at: At, wire: int, words: Sequence[int], payload: int) -> None:
        """A method call; its arguments begin at `payload` + 3."""
        process, method = object >> 32, self._names.get((object >> 32, wire))
        if method is None:
            site = self._past.sites(process).site(wire)
            method = self._names[process, wire] = site.name or "" if site is not None else ""
        count = words[payload + 2]
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
            content.observe_item(key, self._past.value(process, record.value), at)

    def _argument(self, ref: ObjectRef, at: At) -> Content | None:
        state = self.at(ref, at)
        return state.content
