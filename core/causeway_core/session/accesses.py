"""The reads and writes of one place, in the total order of its process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causeway_core.model import AccessOp, At, Mark, Value, ValueKind, make_at
from causeway_core.session.bindings import LOCAL, VARIABLE
from causeway_core.session.mutation import key_of
from causeway_core.session.objectlog import MUTATE, ObjectLogs
from causeway_core.session.past import Past
from causeway_core.session.place import Change, Place
from causeway_core.session.sitetable import bits
from causeway_core.wire.kinds import Kind
from causeway_core.wire.value import split_values

READ, WRITE, DELETE, MUTATES = 0, 1, 2, 3
_OPS: tuple[AccessOp, ...] = ("read", "write", "delete", "mutate")
_KEPT = 64
_MOST_KEYS = 200_000


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Accesses as columns in total order: event, op (index into read, write, delete, mutate) and segment."""

    at: NDArray[np.int64]
    op: NDArray[np.uint8]
    segment: NDArray[np.int64]

    def before(self, key: tuple[int, int]) -> int:
        """How many rows precede an event, given its key in the timeline."""
        low, high = (int(i) for i in np.searchsorted(self.segment, [key[0], key[0] + 1]))
        return low + int(np.searchsorted(self.at[low:high], key[1]))

    def only(self, reads: bool, writes: bool) -> AccessLog:
        """The rows of these ops."""
        keep = np.where(self.op == READ, reads, writes)
        return AccessLog(self.at[keep], self.op[keep], self.segment[keep])


class Accesses:
    """Histories of places; the logs of the last few dozen places are cached. The first query about a place scans the chunks that mention it."""

    def __init__(self, past: Past, logs: ObjectLogs) -> None:
        self._past = past
        self._logs = logs
        self._kept: OrderedDict[Place, AccessLog] = OrderedDict()

    def log(self, place: Place) -> AccessLog:
        """All accesses of a place."""
        found = self._kept.get(place)
        if found is None:
            found = self._kept[place] = self._read(place)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return found

    def _read(self, place: Place) -> AccessLog:
        match place.kind:
            case "attribute":
                return self._attribute(place)
            case "item" | "structure":
                return self._items(place)
            case "global" | "cell":
                table = self._past.sites(place.process).variables(place.owner if place.kind == "global" else place.source, place.kind)
                return self._variable(place, table.get(str(place.key), []), 0 if place.kind == "global" else place.owner)
            case "local":
                return self._local(place)
        return self._sorted(place.process, [], [])

    def _attribute(self, place: Place) -> AccessLog:
        log = self._logs.of(place.owner)
        wires = list(self._logs.name_ids(place.owner, {str(place.key)}))
        keep = np.isin(log.site, wires) & ((log.kind == Kind.SETATTR) | (log.kind == Kind.GETATTR))
        op = np.where(log.kind == Kind.GETATTR, READ, np.where(log.absent, DELETE, WRITE)).astype(np.uint8)
        return AccessLog(log.at[keep], op[keep], log.segment[keep])

    def _items(self, place: Place) -> AccessLog:
        log = self._logs.of(place.owner)
        kinds = {int(Kind.SETITEM): WRITE, int(Kind.GETITEM): READ, MUTATE: MUTATES}
        keep = np.isin(log.kind, list(kinds))
        op = np.select([log.kind == MUTATE, log.kind == Kind.GETITEM, log.absent], [MUTATES, READ, DELETE], WRITE).astype(np.uint8)
        if place.kind == "item":
            rows = np.flatnonzero(keep)[-_MOST_KEYS:]
            assert isinstance(place.key, Value)
            wanted = key_of(place.key)
            own = [row for row in rows.tolist() if self._touches(At(int(log.at[row])), int(log.kind[row]), wanted)]
            keep = np.zeros(len(log.at), np.bool_)
            keep[own] = True
        return AccessLog(log.at[keep], op[keep], log.segment[keep])

    def _touches(self, at: At, kind: int, wanted: object) -> bool:
        """Whether a record about a container concerns one of its items; a method that changes the order or everything concerns all items."""
        record = self._past.record(at)
        process = self._past.process_of(at)
        if kind != MUTATE:
            assert record.key is not None
            return record.key[0] == ValueKind.ABSENT or key_of(self._past.value(process, record.key)) == wanted
        site = self._past.sites(process).site(record.payload[0])
        if site is None or site.name not in ("pop", "setdefault", "add", "discard", "remove", "append"):
            return True
        if not record.payload[2]:
            return False
        return key_of(self._past.value(process, split_values(record.payload, 1, 3)[0])) == wanted

    def _variable(self, place: Place, wires: list[int], owner: int) -> AccessLog:
        past, ats, ops = self._past, list[NDArray[np.int64]](), list[NDArray[np.uint8]]()
        wanted = bits(wires)
        for chunk in past.sites(place.process).chunks_with(wires):
            offsets = past.chunks.all_in(chunk, VARIABLE, sites=wanted, owner=owner)
            first = np.frombuffer(past.chunks.words(chunk), np.uint32)[offsets]
            ats.append(offsets.astype(np.int64) + make_at(chunk.stream, chunk.first))
            ops.append(np.where((first & 15) == Kind.GETVAR, READ, np.where((first >> 4 & 15) == 0, DELETE, WRITE)).astype(np.uint8))
        return self._sorted(place.process, ats, ops)

    def _local(self, place: Place) -> AccessLog:
        past = self._past
        timeline = past.timeline(place.process)
        activation = timeline.activation_called(At(place.owner))
        wires = past.sites(place.process).bindings(activation.function).get(str(place.key), [])
        wanted, found = bits(wires), list[At]()
        for chunk in past.sites(place.process).chunks_with(wires):
            end = make_at(chunk.stream, chunk.end)
            if (activation.end_at and end <= activation.call_at) or not wires:
                continue
            found += timeline.in_activation(activation, LOCAL, wanted, chunk.first_at, end)
        ops = [DELETE if past.value_at(at).kind == ValueKind.ABSENT else WRITE for at in found]
        return self._sorted(place.process, [np.array(found, np.int64)], [np.array(ops, np.uint8)])

    def _sorted(self, process: int, ats: Iterable[NDArray[np.int64]], ops: Iterable[NDArray[np.uint8]]) -> AccessLog:
        at = np.concatenate([np.empty(0, np.int64), *ats])
        op = np.concatenate([np.empty(0, np.uint8), *ops])
        segment = self._past.timeline(process).segments_of(at)
        order = np.lexsort((at, segment))
        return AccessLog(at[order], op[order], segment[order])

    # Questions.

    def history(self, place: Place, limit: int) -> list[Change]:
        """The last `limit` accesses, earliest first."""
        log = self.log(place)
        return [self._change(At(at), op) for at, op in zip(log.at[-limit:].tolist(), log.op[-limit:].tolist(), strict=True)]

    def last_writer(self, place: Place, before: Mark) -> Change | None:
        """The last write before a mark."""
        log = self.log(place)
        rows = len(log.at)
        if self._past.process_of(before.at) == place.process:
            rows = log.before(self._past.timeline(place.process).key(before.at))
        writes = np.flatnonzero(log.op[:rows] != READ)
        return self._change(At(int(log.at[writes[-1]])), int(log.op[writes[-1]])) if len(writes) else None

    def _change(self, at: At, op: int) -> Change:
        past = self._past
        record = past.record(at)
        value = past.value_at(at) if record.value is not None else None
        text = str(value) if value is not None else ""
        if op == MUTATES:
            site = past.sites(past.process_of(at)).site(record.payload[0])
            values = [past.value(past.process_of(at), pair) for pair in split_values(record.payload, record.payload[2] + 1, 3)]
            text = f".{site.name if site else '?'}({', '.join(map(str, values[:-1]))})"
        actor = past.actor_of(at)
        site = past.sites(past.process_of(at)).site(record.payload[0] if op == MUTATES else record.site)
        if site is None:
            return Change(at, actor, past.title(actor), _OPS[op], value, text, "", 0, "")
        function = past.recording.function(site.function)
        return Change(at, actor, past.title(actor), _OPS[op], value, text, function.path, site.line, function.qualname)
