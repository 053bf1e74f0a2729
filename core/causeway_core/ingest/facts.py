"""From extended records to rows of facts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from causeway_core.errors import WireError
from causeway_core.ingest.messages import MessagePairs
from causeway_core.storage.writer import RecordingWriter
from causeway_core.wire.kinds import ActorKindCode, XKind
from causeway_core.wire.record import Fields, words_of

Json = dict[str, Any]

_ACTOR_KINDS = {int(kind): kind.name.lower() for kind in ActorKindCode}
_SQL_DETAILS = ("database", "tables", "columns", "given", "atomic", "where", "clauses")


@dataclass(slots=True)
class ActorFacts:
    """An actor according to its ACTOR records, collected until the recording is finished."""

    id: int
    process: int
    number: int
    kind: str = "thread"
    name: str = ""
    function: str = ""
    object: int = 0
    created_at: int | None = None
    creator: int | None = None


_MULTIPROCESSING = re.compile(r"\bfrom multiprocessing\.\w+ import (?:spawn_main|main)\b")
"""The code by which multiprocessing starts a child, its fork server and its resource tracker."""


@dataclass
class ProcessFacts:
    """What is known of a process, collected until the recording is finished."""

    id: int
    uid: int
    pid: int = 0
    offset_ns: int = 0
    started_ns: int = 0
    service: str = ""
    parent: str | None = None
    parent_event: tuple[int, int] | None = None
    introduced: bool = False
    ended: bool = False
    exit_code: int | None = None
    last_ts: int = 0
    streams: dict[int, int] = field(default_factory=dict)
    spawns: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Event and actor of each child process that was about to be started, by stream number and position as the child receives them."""


class Facts:
    """Takes the extended records from the scanner and writes their rows; keeps only records that need a second one.

    Records that are too short or contain no valid JSON are skipped; `rejected` counts them.
    """

    def __init__(self, writer: RecordingWriter, actor_id: Callable[[int, int], int], site_id: Callable[[int, int], int]) -> None:
        self._writer, self._actor_id, self._site_id = writer, actor_id, site_id
        self.processes: dict[int, ProcessFacts] = {}
        self.actors: dict[int, ActorFacts] = {}
        self.introduced: list[ActorFacts] = []
        """Actors introduced since this list was last emptied."""
        self.revision = 0
        """Counts the changes of existing actor rows: facts about a process, its children, or a known actor."""
        self.forks: dict[tuple[int, int], tuple[int, int]] = {}
        self.messages = MessagePairs()
        self.mentioned: set[int] = set()
        self.shared: dict[int, str] = {}  # object: its name among processes
        self.rejected = 0
        self.detail: str | None = None
        self._types: dict[int, tuple[int, str]] = {}
        self._spans: dict[tuple[int, int], list[Any]] = {}
        self._statements: dict[tuple[int, int], int] = {}
        self._answers: dict[tuple[int, int], tuple[list[Any], int, list[bytes]]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._handlers: dict[int, Callable[[int, int, Fields, ProcessFacts, int], None]] = {
            XKind.PROCESS: self._process, XKind.TYPE: self._type, XKind.ACTOR: self._actor, XKind.SPAN: self._span, XKind.CUSTOM: self._custom,
            XKind.IO: self._io, XKind.SQL: self._sql, XKind.LOG: self._log, XKind.RAISE: self._raise, XKind.MESSAGE: self._message,
            XKind.GAP: self._gap, XKind.END: self._end, XKind.WAITING: self._waiting, XKind.OUTPUT: self._output,
            XKind.SHARED: self._shared, XKind.ANSWER: self._answer,
        }

    def add(self, records: list[tuple[int, int, int, bytes, int, int]]) -> None:
        """Takes records as `Scanner.take` returns them."""
        for at, actor, xkind, payload, process, ts in records:
            handler = self._handlers.get(xkind)
            if handler is None:
                continue
            facts = self.processes[process]
            facts.last_ts = max(facts.last_ts, ts)
            try:
                handler(at, actor, Fields(words_of(payload)), facts, ts)
            except (WireError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
                self.rejected += 1

    def flush(self) -> None:
        """Writes the rows gathered since the last flush."""
        for table, rows in self._rows.items():
            self._writer.insert(table, rows)
        self._rows = {}

    def type_of(self, process: int, wire: int) -> tuple[int, str]:
        """(flags, qualified name) of a TYPE record."""
        return self._types.get(process << 32 | wire, (0, "object"))

    def types(self, process: int) -> dict[int, int]:
        """Flags of the types of a process by wire id."""
        return {id & 0xFFFFFFFF: flags for id, (flags, _) in self._types.items() if id >> 32 == process}

    def streams(self) -> dict[tuple[str, int], int]:
        """The recording's streams, by the process's uid in hex and the number that the stream has there."""
        return {(f"{process.uid:016x}", number): stream for process in self.processes.values() for number, stream in process.streams.items()}

    def open_spans(self) -> None:
        """Writes the spans that never ended."""
        for span in self._spans.values():
            try:
                self._row("span", *span)
            except OverflowError:
                self.rejected += 1
        self._spans = {}

    def open_answers(self) -> None:
        """Writes the answers whose bodies never ended."""
        for row, asked, _ in self._answers.values():
            self._row("answer", *row, None, "the program did not read its body to the end", asked)
        self._answers = {}

    def _row(self, table: str, *values: Any) -> None:
        if any(isinstance(value, int) and not -(1 << 63) <= value < 1 << 63 for value in values):
            raise OverflowError("a number that no column holds")
        self._rows.setdefault(table, []).append(values)

    @staticmethod
    def _json(fields: Fields) -> Json:
        content = json.loads(fields.text())
        if not isinstance(content, dict):
            raise ValueError("no JSON object")
        return content

    def _object(self, facts: ProcessFacts, wire: Any) -> int | None:
        if not isinstance(wire, int) or not 0 < wire < 1 << 32:
            return None
        id = facts.id << 32 | wire
        self.mentioned.add(id)
        return id

    # One method a kind of record.

    def _process(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        self.revision += 1
        if facts.introduced:
            if content.get("adopted"):
                self._parent(facts, content)
            return
        facts.introduced = True
        facts.pid = int(content.get("pid") or 0) & 0x7FFFFFFF
        wall, monotonic = int(content.get("wall_ns") or 0), int(content.get("monotonic_ns") or 0)
        if wall and abs(wall) < 1 << 62 and abs(monotonic) < 1 << 62:
            facts.started_ns, facts.offset_ns = wall, wall - monotonic
        self._parent(facts, content)
        argv = [str(argument) for argument in content.get("argv") or []]
        self.detail = self.detail or str(content.get("detail") or "full")
        facts.service = self._service(facts, content, argv)
        self._writer.database.execute(
            "UPDATE process SET pid = ?, service = ?, argv = ?, language = ?, version = ?, started_ns = ?, clock_offset_ns = ? WHERE id = ?",
            (facts.pid, facts.service, json.dumps(argv), str(content.get("language") or "python"), str(content.get("version") or ""),
             facts.started_ns, facts.offset_ns, facts.id),
        )

    def _service(self, facts: ProcessFacts, content: Json, argv: list[str]) -> str:
        """The name of a process. A process that multiprocessing spawns runs its parent's program, whatever its command line says."""
        if any(_MULTIPROCESSING.search(word) for word in argv):
            parent = next((one for one in self.processes.values() if f"{one.uid:016x}" == facts.parent), None)
            if parent is not None and parent.service:
                return parent.service
        return str(content.get("service") or _service_of(argv))

    @staticmethod
    def _parent(facts: ProcessFacts, content: Json) -> None:
        facts.parent = content["parent"] if isinstance(content.get("parent"), str) else None
        event = content.get("parent_event")
        facts.parent_event = (int(event[0]), int(event[1])) if isinstance(event, list) and len(event) == 2 else None

    def _type(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        wire, flags, name = fields.word(), fields.word(), fields.text()
        if facts.id << 32 | wire not in self._types:
            self._row("type", facts.id << 32 | wire, flags, name)
        self._types[facts.id << 32 | wire] = (flags, name)

    def _actor(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        number, kind, obj = fields.word(), fields.word(), fields.word()
        name, function = fields.text(), fields.text()
        id = self._actor_id(facts.id, number)
        known = self.actors.get(id)
        if known is None:
            known = self.actors[id] = ActorFacts(id, facts.id, number)
            self.introduced.append(known)
        else:
            self.revision += 1
        known.kind = _ACTOR_KINDS.get(kind, "callback")
        known.name, known.function, known.object = name or known.name, function or known.function, obj or known.object
        if known.created_at is None and actor != id:
            known.created_at, known.creator = at, actor

    def _span(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        phase, span = fields.word(), fields.long()
        content = self._json(fields)
        wall = int(content.get("ns") or ts) + facts.offset_ns
        self._crossing(at, actor, phase, span, content)
        if phase == 1:
            self._spans[(facts.id, span)] = [
                f"{span:016x}", str(content.get("trace_id") or ""), content.get("parent") and str(content["parent"]), str(content.get("name") or ""),
                actor, at, None, wall, None, None, json.dumps(content.get("attributes") or {}),
            ]
            return
        row = self._spans.pop((facts.id, span))
        row[6], row[8], row[9] = at, wall, str(content.get("status") or "ok")
        if content.get("attributes"):
            row[10] = json.dumps({**json.loads(row[10]), **content["attributes"]})
        self._row("span", *row)

    def _crossing(self, at: int, actor: int, phase: int, span: int, content: Json) -> None:
        """The further facts of a span at a boundary: it is an IO record (`op`) and a MESSAGE (`send`, `receive` with `from`)."""
        if content.get("op"):
            attributes = {"span_id": f"{span:016x}", **(content.get("attributes") or {})}
            attributes.pop("span.kind", None)
            self._row("io", at, actor, str(content["op"]), "begin" if phase == 1 else "end", span >> 1, json.dumps(attributes))
        for name, direction in (("send", 1), ("receive", 2)):
            if content.get(name):
                self.messages.add(at, direction, str(content[name]), "http", content.get("trace_id"), content.get("from"))

    def _custom(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        self._row("log", at, actor, "custom", str(content.get("name") or ""), json.dumps(content.get("attributes") or {}))

    def _log(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        self._row("log", at, actor, "log", str(content.get("logger") or ""), f"{content.get('level', '')} {content.get('message', '')}".strip())

    def _output(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        self._row("log", at, actor, "stderr" if fields.word() == 2 else "stdout", "", fields.text())

    def _io(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        op, phase, key = str(content.pop("op")), str(content.pop("phase", "point")), content.pop("id", 0)
        content.pop("ns", None)
        self._row("io", at, actor, op, phase, int(key or 0), json.dumps(content))

    def _sql(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        key = (facts.id, int(content.get("id") or 0))
        if content.get("phase") == "begin":
            self._statements[key] = ts
            return
        rows, parameters, transaction = content.get("rows"), content.get("parameters"), content.get("transaction")
        rowcount, isolation, error = content.get("rowcount"), content.get("isolation"), content.get("error")
        self._row(
            "sql", at, actor, str(content.get("system") or ""), int(content.get("connection") or 0), str(content.get("statement") or ""),
            None if parameters is None else json.dumps(parameters), str(content.get("access") or "read"), None if rowcount is None else int(rowcount),
            None if rows is None else json.dumps(rows), None if transaction is None else int(transaction),
            None if isolation is None else str(isolation), int(content.get("started") or self._statements.pop(key, ts)), int(content.get("ns") or ts),
            None if error is None else str(error), json.dumps({name: content[name] for name in _SQL_DETAILS if name in content}),
        )

    def _answer(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        key = (facts.id, int(content["id"]))
        if "kind" in content:
            row = [at, actor, str(content["kind"]), str(content.get("what") or ""), json.dumps(content.get("value"))]
            asked = int(content.get("ns") or ts)
            if content.get("body"):
                self._answers[key] = (row, asked, [])
            else:
                self._row("answer", *row, None, None, asked)
            return
        row, asked, parts = self._answers[key]
        if content.get("part") is not None:
            parts.append(base64.b64decode(content["part"]))
        if content.get("last") or content.get("missing"):
            del self._answers[key]
            missing = content.get("missing")
            self._row("answer", *row, None if missing else b"".join(parts), str(missing) if missing else None, asked)

    def _raise(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        site, obj, line, type_name, message = fields.word(), fields.word(), fields.word(), fields.text(), fields.text()
        self._row("exception", at, actor, self._object(facts, obj), type_name, message, self._site_id(facts.id, site), line, "raised")

    def _message(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        direction, content = fields.word(), self._json(fields)
        key = str(content["id"])
        if direction == 1 and key.startswith("spawn:"):
            _, stream, position = key.split(".")
            facts.spawns[int(stream), int(position)] = (at, actor)
            self.revision += 1
        self.messages.add(at, direction, key, content.get("carrier"), content.get("trace_id"), content.get("from"))

    def _gap(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        hook, reason = content.get("hook", "a hook"), content.get("reason", "unknown")
        if content.get("unseen"):
            self._row("gap", facts.id, at, "unseen", f"{hook}: {reason}")
        else:
            self._row("gap", facts.id, at, "hook", f"{hook} stopped: {reason}")

    def _end(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        code = content.get("exit_code")
        facts.ended = True
        self.revision += 1
        facts.exit_code = int(code) if isinstance(code, int) and abs(code) < 1 << 62 else None

    def _waiting(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        content = self._json(fields)
        waiter = self._actor_id(facts.id, int(content["actor"]) & 0xFFFFFFFF)
        stack = [[str(file), int(line), str(function)] for file, line, function in content.get("stack") or []]
        row = (waiter, self._object(facts, content.get("object")), str(content.get("waiting_on") or ""), json.dumps(stack))
        self._writer.database.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)", row)

    def _shared(self, at: int, actor: int, fields: Fields, facts: ProcessFacts, ts: int) -> None:
        obj = self._object(facts, fields.word())
        if obj is not None:
            self.shared[obj] = fields.text()


def _service_of(argv: list[str]) -> str:
    return argv[0].rsplit("/", 1)[-1].removesuffix(".py") or "process" if argv else "process"
