"""What a spool says, for tests of the guest: the causal records of all streams of each process in their total order."""

from __future__ import annotations

import json
import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from causeway_core.wire.record import Fields, Record, records, words_of

OPS = (
    "", "acquired", "released", "acquire_request", "wait_begin", "wait_end", "notify", "notify_all", "event_set", "event_clear", "event_read",
    "put", "get", "sem_acquired", "sem_released", "barrier_arrive", "barrier_leave", "fork", "begin", "end", "join", "result_set", "result_got",
    "exception_set", "cancel", "submit", "run", "acquire_failed", "timeout", "wake_threadsafe", "put_request", "get_request", "exception_unretrieved",
)  # fmt: skip
KINDS = ("", "thread", "task", "callback", "process", "generator")
JSON_KINDS = {1: "process", 14: "custom", 15: "io", 16: "sql", 17: "log", 20: "gap", 21: "end", 22: "waiting"}


@dataclass(frozen=True)
class Actor:
    number: int
    kind: str
    name: str
    function: str
    object: int


@dataclass(frozen=True)
class Fact:
    """One causal record: `kind` is sync, step, step_end, handle, actor or the name of a JSON record; `actor` is who ran when it was written."""

    kind: str
    actor: int
    stream: int
    position: int
    data: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class ProcessFacts:
    """One process's facts in total order."""

    uid: str
    facts: list[Fact] = field(default_factory=list)
    actors: dict[int, Actor] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    object_types: dict[int, str] = field(default_factory=dict)

    def of(self, kind: str, **want: Any) -> list[Fact]:
        """Facts of a kind whose data has these values."""
        return [fact for fact in self.facts if fact.kind == kind and all(fact.data.get(name) == value for name, value in want.items())]

    def syncs(self, *ops: str, type_name: str | None = None, actor: int | None = None) -> list[Fact]:
        """SYNC facts with these ops, on objects of a type, by an actor."""
        return [
            fact for fact in self.of("sync")
            if fact.op in ops and (type_name is None or self.type_of(fact.object) == type_name) and (actor is None or fact.actor == actor)
        ]  # fmt: skip

    def type_of(self, number: int) -> str:
        return self.object_types.get(number, "")

    def named(self, name: str) -> Actor:
        """The one actor of this name."""
        (found,) = [actor for actor in self.actors.values() if actor.name == name]
        return found

    def actor_kinds(self) -> list[str]:
        return [actor.kind for actor in self.actors.values()]

    @property
    def process(self) -> dict[str, Any]:
        return self.of("process")[0].data

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return [fact.data for fact in self.of("gap")]

    @property
    def end(self) -> dict[str, Any] | None:
        ends = self.of("end")
        return ends[0].data if ends else None


_NAME = re.compile(r"([0-9a-f]{16})-(\d+)-(\d+)\.seg")


def read_spool(folder: Path) -> dict[str, ProcessFacts]:
    """All processes of a spool by uid."""
    bodies: dict[tuple[str, int], list[tuple[int, bytes]]] = defaultdict(list)
    for path in folder.glob("*.seg"):
        match = _NAME.fullmatch(path.name)
        assert match is not None, path
        data = path.read_bytes()
        if data[:6] != b"CWSEG\x01":
            continue  # a running program has only just made it
        length = struct.unpack_from("<I", data, 36)[0]
        body = data[64 : 64 + length * 4] if length else data[64:]
        bodies[match[1], int(match[2])].append((int(match[3]), body))
    found: dict[str, ProcessFacts] = {}
    runs: dict[str, list[tuple[int, int, list[tuple[int, Record]]]]] = defaultdict(list)
    for (uid, stream), segments in bodies.items():
        runs[uid] += _runs(stream, [body for _, body in sorted(segments)])
    for uid, parts in runs.items():
        process = found[uid] = ProcessFacts(uid)
        stacks: dict[int, list[int]] = defaultdict(list)
        for _, stream, part in sorted(parts, key=lambda part: (part[0], part[1])):
            for position, record in part:
                _take(process, stacks[stream], stream, position, record)
    return found


def read_one(folder: Path) -> ProcessFacts:
    """The only process of a spool."""
    (process,) = read_spool(folder).values()
    return process


def _runs(stream: int, segments: list[bytes]) -> Iterator[tuple[int, int, list[tuple[int, Record]]]]:
    order, part, start = 0, list[tuple[int, Record]](), 0
    for body in segments:
        end = 0
        for record in records(words_of(body[: len(body) // 4 * 4])):
            if record.kind == 14 and record.xkind == 7:
                if part:
                    yield order, stream, part
                order, part = Fields(record.payload).long(), []
            part.append((start + record.position, record))
            end = record.position + record.words
        start += end
    yield order, stream, part


def _take(process: ProcessFacts, stack: list[int], stream: int, position: int, record: Record) -> None:
    if record.kind != 14:
        return
    fields = Fields(record.payload)
    data: dict[str, Any] = {}
    kind = ""
    match record.xkind:
        case 4:
            number, _flags = fields.word(), fields.word()
            process.types[number] = fields.text()
        case 5:
            number, type_number = fields.word(), fields.word()
            process.object_types[number] = process.types.get(type_number, "?")
        case 8:
            kind = "actor"
            number, actor_kind, target = fields.word(), fields.word(), fields.word()
            actor = Actor(number, KINDS[actor_kind], fields.text(), fields.text(), target)
            process.actors[number] = actor
            if not stack:
                stack.append(number)
            data = {"number": number, "of": actor.kind, "name": actor.name}
        case 9:
            kind = "step"
            data = {"number": fields.word(), "token": fields.word(), "flags": fields.word()}
            stack.append(data["number"])
        case 10:
            kind = "step_end"
            data = {"number": fields.word(), "state": fields.word(), "waiting_on": fields.word()}
            assert stack.pop() == data["number"], "STEP and STEP_END nest"
        case 11:
            kind = "handle"
            data = {"token": fields.word(), "handle_kind": fields.word()}
        case 12:
            kind = "sync"
            word = fields.word()
            data = {"op": OPS[word & 255], "flags": word >> 8, "object": fields.word(), "extra": fields.word()}
        case 19:
            kind = "message"
            data = {"direction": fields.word(), **json.loads(fields.text())}
        case number if number in JSON_KINDS:
            kind = JSON_KINDS[number]
            data = json.loads(fields.text())
    if kind:
        actor_now = data["number"] if kind == "step_end" else (stack[-1] if stack else 0)
        process.facts.append(Fact(kind, actor_now, stream, position, data))
