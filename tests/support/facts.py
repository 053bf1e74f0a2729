"""Fact rows of a recording, written without a spool: synchronization, steps and actors in total order."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from causeway_core.graph import CausalGraph
from causeway_core.ingest.edges import derive_edges
from causeway_core.model import At, make_at
from causeway_core.storage import schema
from causeway_core.storage.recording import Recording

LINE_GAP = 200
"""Words between two operations that do not belong to one call: woven code ran in between."""


class Facts:
    """Rows in a database in memory. Each call appends one event; the calls' order is the total order of each process."""

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self.database.executescript(schema.text())
        self._positions: dict[int, int] = {}
        self._runs: dict[int, int] = {}
        self._last_stream: dict[int, int] = {}
        self._stream_process: dict[int, int] = {}
        self._actor_stream: dict[int, int] = {}
        self._steps: dict[int, int] = {}
        self._tokens = 0

    def thread(self, name: str = "main", process: int = 1, created_at: At | None = None) -> int:
        """A thread with a stream of its own; its first event is written."""
        stream = len(self._stream_process) + 1
        if process not in self._stream_process.values():
            self._insert("process", id=process, uid=f"{process:016x}", pid=process, service=f"service-{process}", argv="[]", language="python",
                         version="3.12", started_ns=0, clock_offset_ns=0, ending="exited")
        self._stream_process[stream] = process
        self._insert("stream", id=stream, process=process, number=stream, words=0, segments=0, segment_words=0, wall_ns=0, monotonic_ns=0)
        actor = self._actor("thread", name, process, created_at)
        self._actor_stream[actor] = stream
        self._open_step(actor, self.at(actor))
        return actor

    def task(self, thread: int, name: str = "task", kind: str = "task", created_at: At | None = None) -> int:
        """A task (or callback) that runs on a thread's stream; it has no events yet."""
        stream = self._actor_stream[thread]
        actor = self._actor(kind, name, self._stream_process[stream], created_at)
        self._actor_stream[actor] = stream
        return actor

    def _actor(self, kind: str, name: str, process: int, created_at: At | None) -> int:
        number = self.database.execute("SELECT count(*) + 1 FROM actor").fetchone()[0]
        self._insert("actor", id=number, process=process, number=number, kind=kind, name=name, path=name, created_at=created_at,
                     object=process << 32 | 9000 + number, state="running")
        return int(number)

    def at(self, actor: int, gap: int = LINE_GAP, words: int = 6) -> At:
        """The next event of an actor, `gap` words after the end of the one before on its stream."""
        stream = self._actor_stream[actor]
        process = self._stream_process[stream]
        position = self._positions.get(stream, -gap) + gap
        self._positions[stream] = position + words
        at = make_at(stream, position)
        if self._last_stream.get(process) != stream:
            self._runs[process] = self._runs.get(process, 0) + 1
            self._last_stream[process] = stream
            self._insert("run", process=process, number=self._runs[process], at=at, ts=0)
        self.database.execute("UPDATE actor SET last_at = ?, first_at = coalesce(first_at, ?) WHERE id = ?", (at, at, actor))
        self.database.execute("UPDATE step SET last_at = ? WHERE id = ?", (at, self._steps.get(actor)))
        return at

    def sync(self, actor: int, op: str, object: int = 0, extra: int = 0, flags: int = 0, gap: int = LINE_GAP) -> At:
        """One synchronization operation; `object` is a wire id."""
        at = self.at(actor, gap)
        process = self._stream_process[self._actor_stream[actor]]
        self._insert("sync", at=at, actor=actor, op=op, flags=flags, object=process << 32 | object if object else None, extra=extra, ts=0)
        return at

    def handle(self, actor: int, gap: int = LINE_GAP) -> At:
        """The actor makes something runnable."""
        return self.at(actor, gap, 3)

    def step(self, actor: int, cause_at: At | None = None, cause: int = 1) -> At:
        """The actor's next step begins."""
        at = self.at(actor)
        self._open_step(actor, at, cause_at, cause)
        return at

    def step_end(self, actor: int, ending: str = "suspended", gap: int = LINE_GAP) -> At:
        """The actor's step ends."""
        at = self.at(actor, gap)
        self.database.execute("UPDATE step SET ending = ? WHERE id = ?", (ending, self._steps[actor]))
        return at

    def label(self, object: int, label: str | None, type: str = "asyncio.locks.Lock", process: int = 1) -> None:
        """Gives an object (a wire id) a name for people."""
        self._insert("object", id=process << 32 | object, type=type, first_at=0, label=label)

    def location(self, name: str, process: int = 1) -> int:
        """A shared place."""
        cursor = self._insert("location", process=process, kind="attribute", key=name, name=name)
        return int(cursor.lastrowid or 0)

    def access(self, actor: int, op: str, location: int, value: int | None = None) -> At:
        """An access of a shared place, with an int as its value."""
        at = self.at(actor)
        payload = None if value is None else value.to_bytes(4, "little")
        text = None if value is None else str(value)
        self._insert("access", at=at, actor=actor, step=self._steps[actor], location=location, op=op, site=1, vk=4 if value is not None else 11,
                     value=text, payload=payload)
        return at

    def graph(self) -> CausalGraph:
        """The causal graph of the facts, with their edges derived."""
        derive_edges(self.database)
        return CausalGraph.load(Recording(Path("facts"), self.database))

    def _open_step(self, actor: int, at: At, cause_at: At | None = None, cause: int = 0) -> None:
        number = self.database.execute("SELECT count(*) FROM step WHERE actor = ?", (actor,)).fetchone()[0]
        cursor = self._insert("step", actor=actor, number=number, first_at=at, last_at=at, started_ns=0, cause_at=cause_at, cause=cause)
        self._steps[actor] = int(cursor.lastrowid or 0)

    def _insert(self, table: str, **row: object) -> sqlite3.Cursor:
        marks = ", ".join("?" * len(row))
        return self.database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))

    def edges(self) -> list[tuple[At, At, str, bool]]:
        """The derived edges, by cause: src, dst, kind, hard."""
        derive_edges(self.database)
        return [(row[0], row[1], row[2], bool(row[3])) for row in self.database.execute("SELECT src, dst, kind, hard FROM edge ORDER BY src, dst")]
