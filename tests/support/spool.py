"""Writes valid spools from Python, as a guest would, for tests of everything behind the wire.

    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread("MainThread")
    deposit = process.site("call", function="deposit", line=1)
    main.call(deposit, frame=1)
    main.line(process.site("line", function="deposit", line=2))
    account = process.object("bank.Account", {"balance": 100})
    main.setattr(process.site("attr", function="deposit", line=2, name="balance"), account, 150)
    main.ret(process.site("return", function="deposit", line=2), None)
    spool.write()
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from causeway_core.wire.kinds import MAGIC, ActorKindCode, HandleKind, Kind, StepState, SyncOp, ValueKind, XKind

WALL_NS = 1_700_000_000_000_000_000
TICK_NS = 1000


@dataclass(frozen=True)
class Marker:
    """A value without payload, or an uncaptured one."""

    kind: ValueKind
    reason: int = 0


ABSENT = Marker(ValueKind.ABSENT)
REDACTED = Marker(ValueKind.REDACTED)
UNCAPTURED = Marker(ValueKind.UNCAPTURED, 6)


@dataclass(frozen=True)
class Obj:
    """A recorded object's wire id."""

    id: int


@dataclass(frozen=True)
class Event:
    """Where a record was written, on the wire."""

    stream: int
    position: int


class SpoolBuilder:
    """A spool in the making; nothing is on disk before `write`."""

    def __init__(self, path: Path, segment_words: int = 1 << 14) -> None:
        self.path = path
        self.segment_words = segment_words
        self.processes: list[ProcessBuilder] = []

    def process(self, uid: int | None = None, **facts: Any) -> ProcessBuilder:
        """A new process; `facts` go into its PROCESS record."""
        process = ProcessBuilder(self, uid or 0x1000 + len(self.processes), facts)
        self.processes.append(process)
        return process

    def write(self, sealed: bool = True) -> Path:
        """Writes all segments and site tables; `sealed` False leaves each stream's last segment open, as a kill does."""
        (self.path / "sites").mkdir(parents=True, exist_ok=True)
        for process in self.processes:
            process.write(sealed)
        return self.path


@dataclass
class _Table:
    path: str
    module: str
    functions: list[list[Any]] = field(default_factory=list)
    sites: list[list[Any]] = field(default_factory=list)
    source: str = ""


class ProcessBuilder:
    """One process: its streams, ids and clock. All its records are in total order of the calls made."""

    def __init__(self, spool: SpoolBuilder, uid: int, facts: dict[str, Any]) -> None:
        self.spool, self.uid = spool, uid
        self.streams: list[StreamBuilder] = []
        self.order = 0
        self.clock = 1_000_000
        self._facts = facts
        self._writer: StreamBuilder | None = None
        self._ids = {"actor": 0, "object": 0, "text": 0, "type": 0, "token": 0, "frame": 0}
        self._texts: dict[str | bytes, int] = {}
        self._types: dict[str, int] = {}
        self._table = _Table(str(spool.path.parent / "program.py"), "program")
        self._known_sites: dict[tuple[Any, ...], int] = {}
        self._table.functions.append(["<module>", 1, 1000, "module", []])

    # Identities.

    def new(self, what: str) -> int:
        """The next id of a kind: actor, object, text, type, token or frame."""
        self._ids[what] += 1
        return self._ids[what]

    def now(self) -> int:
        """A monotonic time later than any given before."""
        self.clock += TICK_NS
        return self.clock

    def source(self, text: str, path: str | None = None) -> None:
        """The source text (and path) of the process's one module."""
        self._table.source = text
        self._table.path = path or self._table.path

    def function(self, qualname: str, kind: str = "function", first: int = 1, last: int = 1000, names: Sequence[str] = ()) -> int:
        """Registers a function of the module and gives its index."""
        for index, row in enumerate(self._table.functions):
            if row[0] == qualname:
                return index
        self._table.functions.append([qualname, first, last, kind, list(names)])
        return len(self._table.functions) - 1

    def site(self, kind: str, line: int = 1, name: str | None = None, function: str = "<module>", col: int = 0) -> int:
        """The wire number of a site, registered at first use."""
        key = (kind, line, name, function, col)
        if key not in self._known_sites:
            self._table.sites.append([kind, line, line, col, col + 1, name, self.function(function)])
            self._known_sites[key] = len(self._table.sites)
        return self._known_sites[key]

    # Streams and records.

    def thread(self, name: str = "MainThread", function: str = "", announce: bool = True) -> StreamBuilder:
        """A new OS thread with its ACTOR record."""
        stream = StreamBuilder(self, len(self.streams))
        self.streams.append(stream)
        if announce:
            stream.actor_number = self.new("actor")
            # A thread introduces itself before its first ORDER record, as the native recorder does.
            payload = [stream.actor_number, ActorKindCode.THREAD, 0, *text_words(name), *text_words(function)]
            stream.append([_extended(XKind.ACTOR, 1 + len(payload)), *payload])
        return stream

    def object(self, type_name: str, content: Mapping[Any, Any] | Sequence[Any] | None = None, flags: int = 8, form: int | None = None) -> Obj:
        """A new object with a snapshot: attributes from a mapping (flags 8), or pairs (flags 2), or a sequence."""
        assert self.streams, "make a thread first"
        obj = Obj(self.new("object"))
        (self._writer or self.streams[0]).snapshot(obj, type_name, content, flags, form)
        return obj

    def type(self, name: str, flags: int, stream: StreamBuilder) -> int:
        """The id of a type, defined at first use."""
        if name not in self._types:
            self._types[name] = self.new("type")
            stream.extended(XKind.TYPE, self._types[name], flags, *text_words(name))
        return self._types[name]

    def text(self, value: str | bytes, stream: StreamBuilder) -> int:
        """The id of a text, defined at first use."""
        if value not in self._texts:
            self._texts[value] = self.new("text")
            body = value if isinstance(value, str) else value.decode("latin-1")
            stream.extended(XKind.TEXT, self._texts[value], 1 if isinstance(value, str) else 2, len(value), *text_words(body))
        return self._texts[value]

    def begin(self, stream: StreamBuilder) -> None:
        """Called before each record: an ORDER record where the writing thread changes."""
        if self._writer is stream:
            return
        self._writer = stream
        self.order += 1
        stream.append([_extended(XKind.ORDER, 5), *long(self.order), *long(self.now())])
        if self.order == 1:
            facts = {
                "uid": f"{self.uid:016x}", "pid": 4_000_000 + len(self.spool.processes), "parent": None, "parent_event": None,
                "argv": ["program.py"], "cwd": str(self.spool.path.parent), "executable": "/usr/bin/python3", "language": "python",
                "version": "3.12.1", "sdk_version": "0.1.0",
                "service": None, "wall_ns": WALL_NS, "monotonic_ns": 1_000_000, "detail": "full",
            } | self._facts
            stream.extended(XKind.PROCESS, *text_words(json.dumps(facts)))
            stream.extended(XKind.SITES, 1, 0xFFFFFF, *text_words(self.key))

    @property
    def key(self) -> str:
        """The key of the site table."""
        return f"table-{self.uid:016x}"

    def end(self, exit_code: int = 0) -> None:
        """The orderly end of the process, written by its last writer."""
        assert self._writer is not None
        self._writer.json(XKind.END, {"exit_code": exit_code, "reason": "exit"})

    def write(self, sealed: bool) -> None:
        """Writes the site table and all segments."""
        count = max(1, len(self._table.sites))
        if not self._table.sites:
            self.site("line")
        content = self._table.__dict__ | {"format": 1, "hash": hashlib.sha256(self._table.source.encode()).hexdigest()}
        (self.spool.path / "sites" / f"{self.key}.json").write_text(json.dumps(content))
        for stream in self.streams:
            for record in stream.records:
                if record[0] & 0xFFF == 14 | XKind.SITES << 4 and record[2] == 0xFFFFFF:
                    record[2] = count
            stream.write(sealed)


class StreamBuilder:
    """The records of one OS thread. Every method writes one record (and definitions before it) and gives where it is."""

    def __init__(self, process: ProcessBuilder, number: int) -> None:
        self.process, self.number = process, number
        self.records: list[list[int]] = []
        self.words = 0
        self.actor_number = 0

    # Plain records.

    def line(self, site: int) -> Event:
        return self.plain(Kind.LINE, site)

    def call(self, site: int, frame: int | None = None) -> int:
        """Gives the frame key."""
        frame = frame or self.process.new("frame")
        self.plain(Kind.CALL, site, frame)
        return frame

    def ret(self, site: int, value: Any = None) -> Event:
        return self.plain(Kind.RETURN, site, value=value)

    def unwind(self, site: int, exception: Any) -> Event:
        return self.plain(Kind.UNWIND, site, value=exception)

    def suspend(self, site: int, frame: int, value: Any = None) -> Event:
        """YIELD."""
        return self.plain(Kind.YIELD, site, frame, value=value)

    def resume(self, site: int, frame: int, value: Any = None) -> Event:
        return self.plain(Kind.RESUME, site, frame, value=value)

    def local(self, site: int, value: Any) -> Event:
        return self.plain(Kind.LOCAL, site, value=value)

    def setattr(self, site: int, owner: Obj, value: Any) -> Event:
        return self.plain(Kind.SETATTR, site, owner.id, value=value)

    def getattr(self, site: int, owner: Obj, value: Any) -> Event:
        return self.plain(Kind.GETATTR, site, owner.id, value=value)

    def setitem(self, site: int, owner: Obj, key: Any, value: Any) -> Event:
        return self._item(Kind.SETITEM, site, owner, key, value)

    def getitem(self, site: int, owner: Obj, key: Any, value: Any) -> Event:
        return self._item(Kind.GETITEM, site, owner, key, value)

    def setvar(self, site: int, value: Any, cell: int = 0) -> Event:
        return self.plain(Kind.SETVAR, site, cell, value=value)

    def getvar(self, site: int, value: Any, cell: int = 0) -> Event:
        return self.plain(Kind.GETVAR, site, cell, value=value)

    # Extended records.

    def task(self, name: str, function: str = "", kind: ActorKindCode = ActorKindCode.TASK, obj: Obj | None = None) -> int:
        """A new actor made by the running one; gives its number."""
        number = self.process.new("actor")
        self.extended(XKind.ACTOR, number, kind, obj.id if obj else 0, *text_words(name), *text_words(function))
        return number

    def handle(self, kind: HandleKind = HandleKind.CALL_SOON) -> int:
        """Makes something runnable; gives the token."""
        token = self.process.new("token")
        self.extended(XKind.HANDLE, token, kind)
        return token

    def step(self, actor: int, token: int = 0, first: bool = False) -> Event:
        return self.extended(XKind.STEP, actor, token, int(first), *long(self.process.now()))

    def step_end(self, actor: int, state: StepState = StepState.SUSPENDED, waiting_on: Obj | None = None) -> Event:
        return self.extended(XKind.STEP_END, actor, state, waiting_on.id if waiting_on else 0, *long(self.process.now()))

    def sync(self, op: SyncOp, obj: Obj | None = None, extra: int = 0, flags: int = 0) -> Event:
        return self.extended(XKind.SYNC, op | flags << 8, obj.id if obj else 0, extra, *long(self.process.now()))

    def mutate(self, site: int, owner: Obj, arguments: Sequence[Any] = (), result: Any = None) -> Event:
        values = [word for value in (*arguments, result) for word in self.inline(value)]
        return self.extended(XKind.MUTATE, site, owner.id, len(arguments), *values)

    def raised(self, site: int, exception: Obj, line: int, type_name: str, message: str) -> Event:
        return self.extended(XKind.RAISE, site, exception.id, line, *text_words(type_name), *text_words(message))

    def handler(self, site: int, frame: int, exception: Obj | None = None) -> Event:
        return self.extended(XKind.HANDLER, site, frame, exception.id if exception else 0)

    def json(self, xkind: XKind, content: Any, *words: int) -> Event:
        """A record of `words` and a JSON text: SPAN, CUSTOM, IO, SQL, LOG, MESSAGE, GAP, END, WAITING."""
        return self.extended(xkind, *words, *text_words(json.dumps(content)))

    def output(self, text: str, number: int = 1) -> Event:
        return self.extended(XKind.OUTPUT, number, *text_words(text))

    def snapshot(self, obj: Obj, type_name: str, content: Mapping[Any, Any] | Sequence[Any] | None, flags: int = 8, form: int | None = None) -> Event:
        """An OBJECT record."""
        type_id = self.process.type(type_name, flags, self)
        values: list[int] = []
        if content is None:
            form = form or 0
        elif isinstance(content, Mapping):
            form = form or (4 if flags & 8 else 2)
            for key, value in content.items():
                values += [self.process.text(key, self)] if form == 4 else self.inline(key)
                values += self.inline(value)
        else:
            form = form or (3 if flags & 4 else 1)
            for value in content:
                values += self.inline(value)
        size = len(content) if content is not None else 0
        return self.extended(XKind.OBJECT, obj.id, type_id, size, form << 24 | size, *values)

    # Encoding.

    def extended(self, xkind: XKind, *payload: int) -> Event:
        self.process.begin(self)
        return self.append([_extended(xkind, 1 + len(payload)), *payload])

    def plain(self, kind: Kind, site: int, operand: int | None = None, value: Any = ABSENT) -> Event:
        vk, payload = self.value(value)
        self.process.begin(self)
        return self.append([kind | vk << 4 | site << 8, *([] if operand is None else [operand]), *payload])

    def _item(self, kind: Kind, site: int, owner: Obj, key: Any, value: Any) -> Event:
        kk, key_words = self.value(key)
        vk, payload = self.value(value)
        self.process.begin(self)
        return self.append([kind | vk << 4 | site << 8, owner.id << 4 | kk, *key_words, *payload])

    def inline(self, value: Any) -> list[int]:
        """A value as a kind word and its payload."""
        kind, payload = self.value(value)
        return [kind, *payload]

    def value(self, value: Any) -> tuple[int, list[int]]:
        """A value's kind and payload; defines texts."""
        match value:
            case Marker():
                return value.kind, [value.reason] if value.kind == ValueKind.UNCAPTURED else []
            case None:
                return ValueKind.NONE, []
            case bool():
                return (ValueKind.TRUE if value else ValueKind.FALSE), []
            case int() if -(2**31) <= value < 2**31:
                return ValueKind.INT32, [value & 0xFFFFFFFF]
            case int():
                return ValueKind.INT64, long(value & 0xFFFFFFFFFFFFFFFF)
            case float():
                return ValueKind.FLOAT, list(struct.unpack("<II", struct.pack("<d", value)))
            case str() | bytes():
                return ValueKind.TEXT, [self.process.text(value, self)]
            case Obj():
                return ValueKind.OBJECT, [value.id]
            case tuple():
                words = [word for element in value for word in self.inline(element)]
                return ValueKind.TUPLE, [len(value) << 16 | len(words), *words]
        raise TypeError(value)

    def append(self, record: list[int]) -> Event:
        event = Event(self.number, self.words)
        self.records.append(record)
        self.words += len(record)
        return event

    def write(self, sealed: bool) -> None:
        """Writes the segments."""
        body: list[int] = []
        index = 0
        for record in self.records:
            if len(body) + len(record) > self.process.spool.segment_words:
                self._segment(index, body, True)
                body, index = [], index + 1
            body += record
        self._segment(index, body, sealed)

    def _segment(self, index: int, body: list[int], sealed: bool) -> None:
        name = f"{self.process.uid:016x}-{self.number}-{index}.seg"
        process = self.process
        wall_ns = WALL_NS + process.spool.processes.index(process)
        data = segment_bytes(process.uid, self.number, index, body, sealed, max(process.spool.segment_words, len(body)), wall_ns)
        (self.process.spool.path / name).write_bytes(data)


def segment_bytes(
    uid: int, stream: int, index: int, body: Sequence[int], sealed: bool = True, capacity: int = 1 << 14, wall_ns: int = WALL_NS
) -> bytes:
    """A segment file, begun at `wall_ns`."""
    packed = struct.pack(f"<{len(body)}I", *body)
    low, high = 0, 0
    for word in body if sealed else ():
        low = (low + word) & 0xFFFFFFFF
        high = (high + low) & 0xFFFFFFFF
    header = struct.pack(
        "<8sIIQIIIIQQQ", MAGIC, 1, 64, uid, stream, index, capacity, len(body) if sealed else 0, high << 32 | low, wall_ns, 1_000_000
    )
    return header + packed + (b"" if sealed else bytes(4 * (capacity - len(body))))


def text_words(text: str) -> list[int]:
    """A text on the wire."""
    data = text.encode()
    padded = data + bytes(-len(data) % 4)
    return [len(data), *struct.unpack(f"<{len(padded) // 4}I", padded)]


def long(number: int) -> list[int]:
    """A 64-bit number as two words."""
    return [number & 0xFFFFFFFF, number >> 32 & 0xFFFFFFFF]


def _extended(xkind: int, words: int) -> int:
    return 14 | xkind << 4 | words << 12


def chain(*parts: Iterable[int]) -> list[int]:
    """All words of some parts."""
    return [word for part in parts for word in part]
