"""Texts, types and object snapshots of a recording: what the ids in values refer to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from causeway_core.errors import WireError
from causeway_core.model import At, ObjectRef, Value, ValueKind, make_at
from causeway_core.model.at import position_of, stream_of
from causeway_core.model.value import Member
from causeway_core.storage.rows import Chunk, Obj
from causeway_core.storage.stream import ChunkStore
from causeway_core.wire.kinds import CAPTURE_REASONS, XKind
from causeway_core.wire.record import Fields, words_of
from causeway_core.wire.value import double, int32, int64, split_values

_FORMS = ("opaque", "sequence", "mapping", "set", "attributes", "label")
_MALFORMED = Value(ValueKind.UNCAPTURED, "malformed")
_TEXTS_KEPT = 16384
_LONGEST_RENDERED_DIGITS = 4096


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an OBJECT record says of an object.

    `form` is opaque, sequence, mapping, set, attributes or label. `items` are (key, value) pairs: keys are the index for sequences and sets,
    the recorded key for mappings, the name (TEXT) for attributes. `full_size` may exceed what was recorded.
    """

    object: ObjectRef
    at: At
    form: str
    full_size: int
    items: tuple[tuple[Value, Value], ...]


class Definitions:
    """Looks up definitions in the chunks that hold them; the index of a process is read at its first question."""

    def __init__(self, database: sqlite3.Connection, chunks: ChunkStore) -> None:
        self._database = database
        self._chunks = chunks
        self._text_index: dict[int, tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]]] = {}
        self._snapshot_index: dict[int, tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]]] = {}
        self._object_types: dict[int, str] = {}
        self.text = lru_cache(_TEXTS_KEPT)(self._text)

    def value(self, process: int, kind: ValueKind, payload: Sequence[int]) -> Value:
        """The value of a kind and its payload words; UNCAPTURED where they, or what they refer to, are malformed."""
        try:
            return self._value(process, kind, payload)
        except (WireError, IndexError, ValueError):
            return _MALFORMED

    def _value(self, process: int, kind: ValueKind, payload: Sequence[int]) -> Value:
        match kind:
            case ValueKind.INT32:
                return Value(kind, int32(payload[0]))
            case ValueKind.INT64:
                return Value(kind, int64(payload[0], payload[1]))
            case ValueKind.FLOAT:
                return Value(kind, double(payload[0], payload[1]))
            case ValueKind.TEXT:
                return self.text(process, payload[0])
            case ValueKind.OBJECT:
                return Value(kind, self.reference(process, payload[0]))
            case ValueKind.TUPLE:
                elements = split_values(payload, payload[0] >> 16, 1)
                if any(element == ValueKind.TUPLE for element, _ in elements):
                    raise WireError("a tuple lies in a tuple")
                return Value(kind, tuple(self._value(process, ValueKind(element), inner) for element, inner in elements))
            case ValueKind.UNCAPTURED:
                return Value(kind, CAPTURE_REASONS.get(payload[0], f"reason {payload[0]}"))
            case _:
                return Value(kind)

    def reference(self, process: int, wire: int) -> ObjectRef:
        """An object's id and type."""
        return ObjectRef(process << 32 | wire, self._type_of(process, wire))

    def _text(self, process: int, wire: int) -> Value:
        found = self._find(self._texts(process), wire)
        if found is None:
            return Value(ValueKind.UNCAPTURED, "its text was lost")
        try:
            return self._read_text(found[0], found[1])
        except (WireError, KeyError):
            return _MALFORMED

    def _read_text(self, chunk: Chunk, offset: int) -> Value:
        fields = self._fields(chunk, offset, XKind.TEXT)
        fields.word()
        kind, full = fields.word(), fields.word()
        text = fields.text()
        if kind == 2:
            data = text.encode("latin-1", "replace")
            return Value(ValueKind.TEXT, data, full if full > len(data) else None)
        if kind == 3 and full <= len(text) and len(text) <= _LONGEST_RENDERED_DIGITS:
            return Value(ValueKind.TEXT, int(text) if text.removeprefix("-").isdecimal() else text)
        if kind == 4:
            return Value(ValueKind.TEXT, Member(text))
        return Value(ValueKind.TEXT, text, full if full > len(text) else None)

    def object(self, id: int) -> Obj:
        """An object that no fact mentions, by its first snapshot; KeyError where there is none."""
        snapshots = self.snapshots(id)
        if not snapshots:
            raise KeyError(id)
        return Obj(id, self._type_of(id >> 32, id & 0xFFFFFFFF), snapshots[0], None, None)

    def snapshots(self, id: int) -> list[At]:
        """The events of an object's OBJECT records; ascending in each stream."""
        ids, offsets, numbers, chunks = self._snapshots(id >> 32)
        wire = ids.dtype.type(id & 0xFFFFFFFF)
        left, right = ids.searchsorted(wire, "left"), ids.searchsorted(wire, "right")
        return sorted(
            make_at(chunks[numbers[i]].stream, chunks[numbers[i]].first + int(offsets[i])) for i in range(int(left), int(right))
        )

    def snapshot(self, at: At) -> Snapshot:
        """The content of the OBJECT record at this event. Raises KeyError where there is none, WireError where it is malformed."""
        chunk = self._chunks.chunk_of(at)
        fields = self._fields(chunk, position_of(at) - chunk.first, XKind.OBJECT)
        process = self._chunks.process_of(stream_of(at))
        wire, _, full_size, form = fields.word(), fields.word(), fields.word(), fields.word()
        name = _FORMS[form >> 24] if form >> 24 < len(_FORMS) else "opaque"
        items = self._items(process, name, form & 0xFFFFFF, fields.rest())
        return Snapshot(self.reference(process, wire), at, name, full_size, items)

    def _items(self, process: int, form: str, count: int, words: Sequence[int]) -> tuple[tuple[Value, Value], ...]:
        if form in ("sequence", "set", "label"):
            values = [self.value(process, ValueKind(kind), payload) for kind, payload in split_values(words, count if form != "label" else 1)]
            return tuple((Value(ValueKind.INT32, i), value) for i, value in enumerate(values))
        if form == "mapping":
            both = [self.value(process, ValueKind(kind), payload) for kind, payload in split_values(words, 2 * count)]
            return tuple(zip(both[::2], both[1::2], strict=True))
        if form == "attributes":
            return tuple(self._attributes(process, count, words))
        return ()

    def _attributes(self, process: int, count: int, words: Sequence[int]) -> list[tuple[Value, Value]]:
        pairs = []
        for _ in range(count):
            if not words:
                raise WireError("a snapshot is cut")
            [(kind, payload)] = split_values(words, 1, 1)
            pairs.append((self.text(process, words[0]), self.value(process, ValueKind(kind), payload)))
            words = words[2 + len(payload) :]
        return pairs

    def type_flags(self, id: int) -> int:
        """The flags of an object's type, 0 when unknown."""
        wire_type = self._type_id(id >> 32, id & 0xFFFFFFFF)
        return self._types.get(id >> 32 << 32 | wire_type, ("", 0))[1] if wire_type is not None else 0

    @cached_property
    def _types(self) -> dict[int, tuple[str, int]]:
        rows = self._database.execute("SELECT id, name, flags FROM type")
        return {id: (str(name), flags if isinstance(flags, int) else 0) for id, name, flags in rows}

    def _type_of(self, process: int, wire: int) -> str:
        id = process << 32 | wire
        if id not in self._object_types:
            wire_type = self._type_id(process, wire)
            self._object_types[id] = self._types.get(process << 32 | wire_type, ("object", 0))[0] if wire_type is not None else "object"
        return self._object_types[id]

    def _type_id(self, process: int, wire: int) -> int | None:
        found = self._find(self._snapshots(process), wire)
        if found is None:
            return None
        try:
            fields = self._fields(found[0], found[1], XKind.OBJECT)
            fields.word()
            return fields.word()
        except (WireError, KeyError):
            return None

    def _fields(self, chunk: Chunk, offset: int, xkind: XKind) -> Fields:
        words = words_of(self._chunks.data(chunk.stream, chunk.first))
        first = words[offset] if offset < len(words) else 0
        length = first >> 12
        if first & 15 != 14 or first >> 4 & 255 != xkind or offset + length > len(words):
            raise KeyError(make_at(chunk.stream, chunk.first + offset))
        return Fields(words[offset + 1 : offset + length])

    def _texts(self, process: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
        if process not in self._text_index:
            chunks = self._of_process(process)
            self._text_index[process] = _index([self._chunks.texts(chunk) for chunk in chunks], chunks)
        return self._text_index[process]

    def _snapshots(self, process: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
        if process not in self._snapshot_index:
            chunks = self._of_process(process)
            self._snapshot_index[process] = _index([self._chunks.snapshots(chunk) for chunk in chunks], chunks)
        return self._snapshot_index[process]

    def _of_process(self, process: int) -> list[Chunk]:
        return [chunk for stream in self._chunks.streams() if stream.process == process for chunk in self._chunks.chunks(stream.id)]

    @staticmethod
    def _find(index: tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]], wire: int) -> tuple[Chunk, int] | None:
        ids, offsets, numbers, chunks = index
        # As the array's own type: with a Python int, numpy would convert the whole array at every look-up.
        place = int(ids.searchsorted(ids.dtype.type(wire)))
        if place == len(ids) or ids[place] != wire:
            return None
        return chunks[numbers[place]], int(offsets[place])


def _index(pairs: list[NDArray[np.uint32]], chunks: list[Chunk]) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], list[Chunk]]:
    """One table of all chunks' pairs, by id, keeping the order of chunks: (ids, offsets, indices into `chunks`, chunks)."""
    if not pairs:
        return np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.int32), chunks
    numbers = np.repeat(np.arange(len(pairs), dtype=np.int32), [len(p) for p in pairs])
    both = np.concatenate(pairs)
    order = np.argsort(both[:, 0], kind="stable")
    return np.ascontiguousarray(both[order, 0]), np.ascontiguousarray(both[order, 1]), numbers[order], chunks
