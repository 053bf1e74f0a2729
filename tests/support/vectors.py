"""Makes sdk/conformance/vectors: run once a version of the format, then compare."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from causeway_core.errors import WireError
from causeway_core.wire.kinds import Kind, SyncOp, ValueKind, XKind
from causeway_core.wire.record import Record, records, words_of

from tests.support.spool import ABSENT, REDACTED, UNCAPTURED, SpoolBuilder, StreamBuilder, segment_bytes

FOLDER = Path(__file__).parents[2] / "sdk" / "conformance" / "vectors"


def described(record: Record) -> dict[str, Any]:
    """A record as the vectors write it."""
    if record.kind == Kind.EXTENDED:
        return {"position": record.position, "kind": "EXTENDED", "xkind": record.xkind, "payload": list(record.payload)}
    row: dict[str, Any] = {"position": record.position, "kind": Kind(record.kind).name, "site": record.site}
    if record.operand is not None:
        row["operand"] = record.operand
    for name, value in (("key", record.key), ("value", record.value)):
        if value is not None:
            row[name] = {"kind": ValueKind(value[0]).name, "payload": list(value[1])}
    return row


def read(body: bytes) -> tuple[list[dict[str, Any]], int | None]:
    """The records of a body, and the word at which it is malformed."""
    found: list[dict[str, Any]] = []
    end = 0
    try:
        for record in records(words_of(body)):
            found.append(described(record))
            end = record.position + record.words
    except WireError:
        return found, end
    return found, None


def main() -> None:
    """Writes all vectors."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stream = SpoolBuilder(Path("vectors")).process().thread(announce=False)
    for name, what, write in (("plain", plain, True), ("values", values, True), ("extended", extended, True)):
        start = len(stream.records)
        what(stream)
        body = [word for record in stream.records[start:] for word in record]
        _write(f"records-{name}", struct.pack(f"<{len(body)}I", *body), write)
    for name, words in MALFORMED.items():
        _write(f"records-malformed-{name}", struct.pack(f"<{len(words)}I", *words), False)
    rows = [segment(name, data, valid, intact, end) for name, data, valid, intact, end in segments()]
    (FOLDER / "segments.json").write_text(json.dumps(rows, indent=1) + "\n")


MALFORMED = {
    "kind": [1 | 7 << 8, 15],
    "length": [14 | XKind.LOG << 4 | 9 << 12, 1, 2],
    "no-length": [14 | XKind.LOG << 4],
    "cut": [Kind.SETATTR | ValueKind.INT64 << 4 | 3 << 8, 5, 1],
    "value-kind": [Kind.RETURN | 13 << 4],
    "tuple": [Kind.RETURN | ValueKind.TUPLE << 4, 1 << 16 | 40, 1],
    "key": [Kind.SETITEM | ValueKind.NONE << 4, 1 << 4 | 12, 0],
}


def plain(stream: StreamBuilder) -> None:
    """Every plain kind."""
    process = stream.process
    process.begin(stream)
    owner = process.object("m.C", None)
    site = process.site("line")
    stream.line(site)
    frame = stream.call(site)
    stream.local(site, 1)
    stream.suspend(site, frame, None)
    stream.resume(site, frame, True)
    stream.setattr(site, owner, -1)
    stream.getattr(site, owner, UNCAPTURED)
    stream.setitem(site, owner, 5, False)
    stream.getitem(site, owner, 5, ABSENT)
    stream.setvar(site, 2.5)
    stream.getvar(site, 1 << 40, 77)
    stream.ret(site, owner)
    stream.unwind(site, owner)


def values(stream: StreamBuilder) -> None:
    """Every value kind."""
    site = stream.process.site("local", name="x")
    owner = stream.process.object("builtins.list", [1, "two", None], 1)
    for value in (ABSENT, None, False, True, -(1 << 31), 1 << 62, 0.1, "naïve", b"\0\xff", owner, (), (1, "a", owner, None), REDACTED, UNCAPTURED):
        stream.local(site, value)


def extended(stream: StreamBuilder) -> None:
    """Extended kinds with payloads of words, longs, texts and values."""
    owner = stream.process.object("builtins.dict", {"k": (1, 2)}, 2)
    actor = stream.task("Task-1", "/p.py:1:f", obj=owner)
    stream.step(actor, stream.handle(), True)
    stream.sync(SyncOp.ACQUIRED, owner, 3, 5)
    stream.step_end(actor)
    stream.mutate(stream.process.site("method", name="update"), owner, [owner, "x"], None)
    stream.raised(1, owner, 12, "builtins.ValueError", "schlecht: ü")
    stream.handler(1, 4, owner)
    stream.json(XKind.END, {"exit_code": 0})
    stream.output("")


def segments() -> list[tuple[str, bytes, bool, bool, int]]:
    """(name, file, valid, intact, end)."""
    body = [1 | 1 << 8, 2 | 1 << 8, 77]
    good = segment_bytes(0xABCDEF, 3, 5, body, capacity=8)
    return [
        ("sealed", good, True, True, 3),
        ("open", segment_bytes(0xABCDEF, 3, 5, body, sealed=False, capacity=8), True, True, 3),
        ("empty and open", segment_bytes(1, 0, 0, [], sealed=False, capacity=8), True, True, 0),
        ("wrong checksum", good[:40] + b"\1" + good[41:], True, False, 3),
        ("cut", good[:-4], True, False, 1),
        ("wrong magic", b"X" + good[1:], False, False, 0),
        ("another version", good[:8] + b"\2" + good[9:], False, False, 0),
        ("longer than its capacity", good[:32] + b"\2\0\0\0" + good[36:], False, False, 0),
    ]


def segment(name: str, data: bytes, valid: bool, intact: bool, end: int) -> dict[str, Any]:
    """One row of segments.json."""
    row: dict[str, Any] = {"name": name, "file": data.hex(), "valid": valid, "intact": intact, "end": end}
    if valid:
        row |= dict(zip(("uid", "stream", "index", "capacity", "words"), struct.unpack_from("<QIIII", data, 16), strict=True))
    return row


def _write(name: str, body: bytes, write: bool) -> None:
    found, error = read(body)
    content = {"write": write, "body": body.hex(), "records": found, "error": error}
    (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
