"""Readable names: of objects by what first held them, and of shared places."""

from __future__ import annotations

from causeway_core.errors import CausewayError
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.model import ObjectRef, Value, ValueKind
from causeway_core.model.at import At, position_of
from causeway_core.storage.definitions import Definitions
from causeway_core.storage.stream import ChunkStore
from causeway_core.wire.record import records, words_of

_LOCAL, _SNAPSHOT, _ITEM, _NAME = 1, 2, 3, 4
_DEEPEST = 6
_CLASS, _MODULE = 16, 32


class Labels:
    """Labels objects from their holders, as the scanner recorded them. Reads single records of the chunks, so the pipeline must have ended."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        chunks = ChunkStore(pipeline.writer.database)
        self._chunks = chunks
        self.definitions = Definitions(pipeline.writer.database, chunks)
        self._labels: dict[int, str | None] = {}
        self._owners: dict[int, int | None] = {}

    def mention(self, id: int) -> None:
        """This object gets a row."""
        self._pipeline.facts.mentioned.add(id)

    def write(self) -> None:
        """Writes the rows of all mentioned objects."""
        rows = []
        for id in sorted(self._pipeline.facts.mentioned):
            found = self._pipeline.scanner.object(id >> 32, id & 0xFFFFFFFF)
            label = self.label(id)
            first_at = found[1] if found else 0
            rows.append((id, self.type_of(id), first_at, label, self._owners.get(id)))
        self._pipeline.writer.insert("object", rows)

    def type_of(self, id: int) -> str:
        """The qualified type name of an object."""
        found = self._pipeline.scanner.object(id >> 32, id & 0xFFFFFFFF)
        return self._pipeline.facts.type_of(id >> 32, found[0])[1] if found else "object"

    def label(self, id: int, depth: int = 0) -> str | None:
        """The object's name; None if nothing was seen to hold it."""
        if id not in self._labels:
            self._labels[id] = None
            found = self._pipeline.scanner.object(id >> 32, id & 0xFFFFFFFF)
            if found is not None and found[2] and depth < _DEEPEST:
                try:
                    self._labels[id] = self._held_as(id, found, depth)
                except (CausewayError, KeyError, ValueError):
                    self._labels[id] = None
        return self._labels[id]

    def name(self, id: int, depth: int = 0) -> str:
        """The object's label, else its type and number."""
        return self.label(id, depth) or f"{_short(self.type_of(id))} #{id & 0xFFFFFFFF}"

    def _held_as(self, id: int, found: tuple[int, int, int, int, int, int, int], depth: int) -> str | None:
        _, _, rank, at, owner, site, _ = found
        process = id >> 32
        owner_id = process << 32 | owner if owner else None
        self._owners[id] = owner_id
        if rank == _SNAPSHOT and owner_id is not None:
            return self._in_snapshot(id, owner_id, At(at), depth)
        if rank == _ITEM and owner_id is not None:
            key = self._key_at(process, At(at))
            return f"{self.name(owner_id, depth + 1)}[{key if key is not None else '…'}]"
        name = self.site_name(process, site)
        if rank == _NAME and owner_id is not None and name:
            return f"{self.class_name(owner_id)}.{name}"
        return name

    def _in_snapshot(self, id: int, owner: int, at: At, depth: int) -> str | None:
        snapshot = self.definitions.snapshot(at)
        for key, value in snapshot.items:
            if isinstance(value.payload, ObjectRef) and value.payload.id == id:
                if snapshot.form == "attributes":
                    return f"{self.class_name(owner)}.{key.payload!s}"
                return f"{self.name(owner, depth + 1)}[{key if snapshot.form != 'set' else '…'}]"
        return None

    def _key_at(self, process: int, at: At) -> str | None:
        chunk = self._chunks.chunk_of(at)
        words = words_of(self._chunks.data(chunk.stream, chunk.first))
        record = next(records(words, position_of(at) - chunk.first), None)
        if record is None or record.key is None:
            return None
        return str(self.definitions.value(process, ValueKind(record.key[0]), record.key[1]))

    def class_name(self, id: int) -> str:
        """The part before the dot for an attribute of this object: its class, or its own name if it is a class or module."""
        found = self._pipeline.scanner.object(id >> 32, id & 0xFFFFFFFF)
        flags, type_name = self._pipeline.facts.type_of(id >> 32, found[0]) if found else (0, "object")
        if flags & (_CLASS | _MODULE):
            described = self._described(id)
            if described:
                return _short(described)
        return _short(type_name)

    def _described(self, id: int) -> str | None:
        """The text of a label snapshot (of a class, module or function)."""
        for at in self.definitions.snapshots(id)[:1]:
            snapshot = self.definitions.snapshot(at)
            if snapshot.form == "label" and isinstance(snapshot.items[0][1].payload, str):
                return snapshot.items[0][1].payload
        return None

    def site_name(self, process: int, wire: int) -> str | None:
        """The name at a wire site."""
        rows = self._pipeline.sites.rows.get(process)
        if rows is None or wire * 4 + 1 >= len(rows):
            return None
        return self._pipeline.sites.names[rows[wire * 4 + 1]][1] or None

    def value(self, process: int, kind: int, payload: bytes | None) -> Value:
        """A value from its payload bytes; UNCAPTURED when it does not fit."""
        return self.definitions.value(process, ValueKind(kind), words_of(payload or b""))




def _short(qualified: str) -> str:
    return qualified.rsplit(".", 1)[-1]
