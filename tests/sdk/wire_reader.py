"""A second reader of the wire format, written from sdk/SPEC.md alone: what the tap's tests read its segments with.

Slow and simple on purpose; it shares nothing with the host's reader, so that a mistake in one shows in the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER = struct.Struct("<8sIIQIIIIQQQ")
SIMPLE = ("", "LINE", "CALL", "RETURN", "UNWIND", "YIELD", "RESUME", "LOCAL", "SETATTR", "SETITEM", "GETATTR", "GETITEM", "SETVAR", "GETVAR")
EXTENDED = (
    *("", "PROCESS", "SITES", "TEXT", "TYPE", "OBJECT", "MUTATE", "ORDER", "ACTOR", "STEP", "STEP_END", "HANDLE", "SYNC", "SPAN", "CUSTOM", "IO"),
    *("SQL", "LOG", "RAISE", "MESSAGE", "GAP", "END", "WAITING", "HANDLER", "DROPPED", "OUTPUT", "SHARED"),
)
ONE_WORD_FIRST = {2, 5, 6, 8, 10, 12, 13}


class Marker(str):
    """A value that is not data: ABSENT, REDACTED, UNCAPTURED(reason)."""


ABSENT, REDACTED = Marker("ABSENT"), Marker("REDACTED")


@dataclass(frozen=True)
class Ref:
    """A value that is an object, by id."""

    id: int


@dataclass(frozen=True)
class TextRef:
    """A value that is a text, by id."""

    id: int


@dataclass
class Record:
    """One record: `name` as in SPEC section 2 or 3, and its fields."""

    name: str
    site: int
    stream: int
    position: int
    fields: dict[str, Any]

    def __getattr__(self, key: str) -> Any:
        try:
            return self.fields[key]
        except KeyError:
            raise AttributeError(key) from None


@dataclass
class Words:
    """A cursor over words."""

    words: memoryview
    at: int = 0

    def take(self) -> int:
        self.at += 1
        return int(self.words[self.at - 1])

    def signed(self, count: int) -> int:
        raw = b"".join(struct.pack("<I", self.take()) for _ in range(count))
        return int.from_bytes(raw, "little", signed=True)

    def text(self) -> str:
        length = self.take()
        count = (length + 3) // 4
        raw = b"".join(struct.pack("<I", self.take()) for _ in range(count))
        assert not any(raw[length:]), "padding is not zero"
        return raw[:length].decode("utf-8")

    def value(self, kind: int | None = None) -> Any:
        kind = self.take() if kind is None else kind
        match kind:
            case 0:
                return ABSENT
            case 1:
                return None
            case 2 | 3:
                return kind == 3
            case 4:
                return self.signed(1)
            case 5:
                return self.signed(2)
            case 6:
                return struct.unpack("<d", struct.pack("<II", self.take(), self.take()))[0]
            case 7:
                return TextRef(self.take())
            case 8:
                return Ref(self.take())
            case 9:
                head = self.take()
                start = self.at
                elements = tuple(self.value() for _ in range(head >> 16))
                assert self.at - start == head & 0xFFFF
                return elements
            case 10:
                return REDACTED
            case 11:
                return Marker(f"UNCAPTURED({self.take()})")
        raise AssertionError(f"value kind {kind}")


@dataclass
class Process:
    """All that one process wrote."""

    uid: int
    records: list[Record] = field(default_factory=list)
    texts: dict[int, str | bytes | int] = field(default_factory=dict)
    types: dict[int, tuple[str, int]] = field(default_factory=dict)

    def of(self, *names: str) -> list[Record]:
        """The records with these names, in the process' total order."""
        return [r for r in self.records if r.name in names]

    def plain(self, value: Any) -> Any:
        """The value with texts in place of their ids."""
        if isinstance(value, TextRef):
            return self.texts[value.id]
        if isinstance(value, tuple):
            return tuple(self.plain(v) for v in value)
        return value

    def snapshots(self, identity: int) -> list[Record]:
        return [r for r in self.of("OBJECT") if r.id == identity]


def fletcher(words: memoryview) -> int:
    a = b = 0
    for word in words:
        a = (a + word) & 0xFFFFFFFF
        b = (b + a) & 0xFFFFFFFF
    return b << 32 | a


def read_extended(kind: int, w: Words) -> dict[str, Any]:
    match EXTENDED[kind]:
        case "SITES":
            return {"base": w.take(), "count": w.take(), "key": w.text()}
        case "TEXT":
            return {"id": w.take(), "type": w.take(), "full": w.take(), "text": w.text()}
        case "TYPE":
            return {"id": w.take(), "flags": w.take(), "qualname": w.text()}
        case "OBJECT":
            return read_object(w)
        case "MUTATE":
            out: dict[str, Any] = {"site": w.take(), "owner": w.take()}
            out["args"] = [w.value() for _ in range(w.take())]
            return out | {"result": w.value()}
        case "ORDER":
            return {"order": w.signed(2), "ts": w.signed(2)}
        case "ACTOR":
            return {"id": w.take(), "kind": w.take(), "object": w.take(), "label": w.text(), "function": w.text()}
        case "STEP":
            return {"actor": w.take(), "token": w.take(), "flags": w.take(), "ts": w.signed(2)}
        case "STEP_END":
            return {"actor": w.take(), "state": w.take(), "waiting_on": w.take(), "ts": w.signed(2)}
        case "HANDLE":
            return {"token": w.take(), "kind": w.take()}
        case "SYNC":
            op = w.take()
            return {"op": op & 0xFF, "flags": op >> 8, "object": w.take(), "extra": w.take(), "ts": w.signed(2)}
        case "RAISE":
            return {"site": w.take(), "object": w.take(), "line": w.take(), "type": w.text(), "message": w.text()}
        case "HANDLER":
            return {"site": w.take(), "frame": w.take(), "object": w.take()}
        case "PROCESS" | "END" | "GAP" | "CUSTOM" | "IO" | "SQL" | "LOG" | "WAITING":
            return {"json": w.text()}
    return {"words": [w.take() for _ in range(len(w.words) - w.at)]}


def read_object(w: Words) -> dict[str, Any]:
    out: dict[str, Any] = {"id": w.take(), "type": w.take(), "full": w.take()}
    head = w.take()
    out["form"], n = head >> 24, head & 0xFFFFFF
    match out["form"]:
        case 2:
            out["items"] = [(w.value(), w.value()) for _ in range(n)]
        case 4:
            out["items"] = [(TextRef(w.take()), w.value()) for _ in range(n)]
        case _:
            out["items"] = [w.value() for _ in range(n)]
    return out


def read_simple(kind: int, vk: int, w: Words) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if kind in ONE_WORD_FIRST:
        out["word"] = w.take()
    if kind in (9, 11):
        owner = w.take()
        out["word"] = owner >> 4
        out["key"] = w.value(owner & 15)
    if kind not in (1, 2):
        out["value"] = w.value(vk)
    return out


def read_body(stream: int, start: int, words: memoryview) -> Iterator[Record]:
    at = 0
    while at < len(words) and words[at] != 0:
        first = int(words[at])
        if first & 15 == 14:
            length, xkind = first >> 12, first >> 4 & 0xFF
            w = Words(words[at + 1 : at + length])
            fields = read_extended(xkind, w)
            assert w.at == length - 1, f"{EXTENDED[xkind]} has {length - 1} words, {w.at} were read"
            yield Record(EXTENDED[xkind], fields.pop("site", 0), stream, start + at, fields)
            at += length
        else:
            w = Words(words[at + 1 :])
            yield Record(SIMPLE[first & 15], first >> 8, stream, start + at, read_simple(first & 15, first >> 4 & 15, w))
            at += 1 + w.at


def read_segment(path: Path) -> tuple[tuple[int, int, int], int, memoryview]:
    """(uid, stream, index), sealed length or 0, and the body's words up to the end."""
    raw = path.read_bytes()
    magic, version, size, uid, stream, index, capacity, length, checksum, _, _ = HEADER.unpack_from(raw)
    assert magic == b"CWSEG\x01\r\n" and version == 1 and size == 64
    assert path.name == f"{uid:016x}-{stream}-{index}.seg"
    words = memoryview(raw)[64 : 64 + capacity * 4].cast("I")
    if length:
        words = words[:length]
        assert fletcher(words) == checksum, f"{path.name}: checksum"
    return (uid, stream, index), length, words


def read_spool(spool: Path) -> dict[int, Process]:
    """Every process of the spool, its records in total order (by ORDER runs)."""
    segments = sorted((read_segment(p) for p in spool.glob("*.seg")), key=lambda s: s[0])
    processes: dict[int, Process] = {}
    starts: dict[tuple[int, int], int] = {}
    runs: dict[int, list[tuple[int, list[Record]]]] = {}
    for (uid, stream, _), _, words in segments:
        start = starts.get((uid, stream), 0)
        mine = runs.setdefault(uid, [])
        if start == 0:
            mine.append((-1, []))
        used = 0
        for record in read_body(stream, start, words):
            if record.name == "ORDER":
                mine.append((record.order, []))
            mine[-1][1].append(record)
            used = record.position - start
        starts[uid, stream] = start + len(words) if words else start + used
    for uid, mine in runs.items():
        process = processes.setdefault(uid, Process(uid))
        for _, records in sorted(mine, key=lambda run: run[0]):
            process.records.extend(records)
        define(process)
    return processes


def define(process: Process) -> None:
    for r in process.of("TEXT"):
        process.texts[r.id] = r.text.encode("latin-1") if r.type == 2 else int(r.text) if r.type == 3 else r.text
    for r in process.of("TYPE"):
        process.types[r.id] = (r.qualname, r.flags)


def read_one(spool: Path) -> Process:
    """The only process of the spool."""
    (process,) = read_spool(spool).values()
    return process
