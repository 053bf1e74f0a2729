"""The reader of a recording: typed rows of its SQLite file (docs/schema.md), and its chunks of records."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from causeway_core.errors import RecordingError
from causeway_core.model import Access, Actor, At, Edge, Function, Location, Process, Site, Source, Step, Value, ValueKind
from causeway_core.model.at import stream_of
from causeway_core.storage import connection, query
from causeway_core.storage.actortable import ActorTable
from causeway_core.storage.columns import AccessColumns, integers, read_access_columns
from causeway_core.storage.connection import parse_json
from causeway_core.storage.definitions import Definitions, Snapshot
from causeway_core.storage.growing import Growing
from causeway_core.storage.move import Move
from causeway_core.storage.rows import Answer, Chunk, ExceptionRow, Gap, Io, Log, Message, Meta, Obj, Run, Span, Sql, Stream, Sync, Waiting
from causeway_core.storage.sites import SiteMap
from causeway_core.storage.stream import ChunkStore
from causeway_core.wire.keyframe import Keyframe, parse_keyframe
from causeway_core.wire.kinds import SyncOp

T = TypeVar("T")
ALL = -1
"""For LIMIT in SQLite: no limit."""
_STEP = "id, actor, number, first_at, last_at, started_ns, ended_ns, cause_at, ending"


class Recording:
    """A recording opened for reading; many may read one file, also while it grows.

    Opening is constant in the size of the recording; tables are read when they are asked for, the small ones once. Not for use by
    several threads at a time, but for `meta`. Close it, or use it in a `with`. Methods that take an id raise KeyError where there is no such row.
    """

    def __init__(self, path: Path, database: sqlite3.Connection, growing: Growing | None = None) -> None:
        self.path = path
        self._database = database
        self._reads_meta = Lock()
        self._chunks = ChunkStore(database, growing)
        self._definitions = Definitions(database, self._chunks)
        self._sites = SiteMap(database)
        self._actors = ActorTable(path, database)
        self.derive: Callable[[], int] | None = None
        """Of a recording that still grows: brings edges, accesses and other derived rows up to date, and returns how often that was done. Called
        before each query of them; does nothing where nothing was added. None: they are complete."""

    @property
    def derivation(self) -> int:
        """How often derived rows were brought up to date. Ids of shared places are valid until it changes."""
        return self.derive() if self.derive is not None else 0

    def _derived(self) -> None:
        if self.derive is not None:
            self.derive()

    @classmethod
    def open(cls, path: str | Path, move: Move | None = None, growing: Growing | None = None) -> Recording:
        """Opens `path`. With `move` a copy in memory, with the project's paths replaced; `query` still reads the file itself. `growing`: records of a
        growing recording that earlier readers have loaded. Raises RecordingMissing, NotARecording, NewerSchema or DamagedRecording.
        """
        return cls(Path(path), connection.open_for_reading(Path(path), move), growing)

    def close(self) -> None:
        """Closes the file; the recording cannot be used afterwards."""
        self._database.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Facts about the whole.

    @property
    def meta(self) -> Meta:
        """The facts about the recording itself, read at each call. May be called from any thread: concurrent re-runs do."""
        with self._reads_meta:
            return connection.read_meta(self._database)

    @property
    def complete(self) -> bool:
        """Whether the recording was finished; `causeway recover` finishes one that was not."""
        return self.meta.state == "complete"

    def counts(self) -> dict[str, int]:
        """Rows of each fact table, by name."""
        tables = [row[0] for row in self._database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {table: self._database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}

    # Processes, actors and steps.

    def processes(self) -> list[Process]:
        """All processes, in order of id."""
        columns = "id, uid, pid, parent, parent_at, service, argv, started_ns, clock_offset_ns, exit_code, ending"
        sql = f"SELECT {columns} FROM process ORDER BY id"
        return self._all(lambda row: Process(*(*row[:6], tuple(parse_json(row[6])), *row[7:])), sql)

    def actors(self) -> list[Actor]:
        """All actors, in order of id."""
        return self._actors.all()

    def actor(self, id: int) -> Actor:
        """One actor."""
        return self._actors.one(id)

    def actor_of_wire(self, process: int, number: int) -> int | None:
        """The actor.id of actor `number` on the wire of a process."""
        return self._actors.of_wire(process, number)

    def actor_numbers(self) -> dict[int, int]:
        """The number on the wire of each actor.id."""
        return self._actors.numbers()

    def main_actor(self, process: int, kind: str) -> int | None:
        """The first actor of a kind in a process."""
        return self._actors.first(process, kind)

    def threads(self, process: int) -> list[tuple[At, int]]:
        """The first event and the number on the wire of each thread of a process that did anything."""
        return self._actors.threads(process)

    def steps(self, actor: int | None = None) -> list[Step]:
        """All steps in order of id (so of each stream), or those of one actor in its program order."""
        where = "ORDER BY id" if actor is None else "WHERE actor = ? ORDER BY number"
        return self._all(lambda row: Step(*row), f"SELECT {_STEP} FROM step {where}", () if actor is None else (actor,))

    def step_at(self, at: At) -> Step | None:
        """The step that the event belongs to."""
        row = self._database.execute(f"SELECT {_STEP} FROM step WHERE first_at <= ? ORDER BY first_at DESC LIMIT 1", (at,)).fetchone()
        return Step(*row) if row is not None and stream_of(At(row[3])) == stream_of(at) else None

    def step(self, actor: int, number: int) -> Step | None:
        """Step `number` (from 0) of an actor."""
        row = self._database.execute(f"SELECT {_STEP} FROM step WHERE actor = ? AND number = ?", (actor, number)).fetchone()
        return Step(*row) if row is not None else None

    def step_columns(self) -> dict[str, NDArray[np.int64]]:
        """Steps as arrays by column, in order of id; NULL is -1. Also `cause`: a `wire.kinds.HandleKind` or 0."""
        names = ("id", "actor", "number", "first_at", "last_at", "started_ns", "ended_ns", "cause_at", "cause")
        columns = ", ".join(f"coalesce({name}, -1)" for name in names)
        return self._columns(names, f"SELECT {columns} FROM step ORDER BY id")

    def cause_kind(self, step: int) -> int:
        """How the step's cause made it runnable: a `wire.kinds.HandleKind`, 0 when unknown."""
        row = self._database.execute("SELECT cause FROM step WHERE id = ?", (step,)).fetchone()
        return int(row[0] or 0) if row else 0

    # Sources and sites.

    def sources(self) -> list[Source]:
        """All source files as they ran."""
        return self._sites.sources

    def source_text(self, id: int) -> str:
        """The text of a source file as it ran."""
        row = self._database.execute("SELECT text FROM source WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise KeyError(id)
        return str(row[0])

    def functions(self) -> list[Function]:
        """All woven functions."""
        return list(self._sites.functions.values())

    def function(self, id: int) -> Function:
        """One woven function."""
        return self._sites.functions[id]

    def sites(self) -> list[Site]:
        """All sites, in order of id."""
        return list(self._sites.sites.values())

    def site(self, id: int) -> Site:
        """One site."""
        return self._sites.sites[id]

    def sites_at(self, path: str, line: int) -> list[Site]:
        """The sites on a line of the file with this absolute path (any version of it)."""
        return self._sites.at(path, line)

    def site_of_wire(self, process: int, wire: int) -> int | None:
        """The site.id of wire site `wire` of a process, None where its table is missing."""
        return self._sites.of_wire(process, wire)

    def wire_of_site(self, process: int, site: int) -> list[int]:
        """The wire numbers that a site has in a process (more than one where the module was loaded again)."""
        return self._sites.wires(process, site)

    # Order and synchronization.

    def streams(self) -> list[Stream]:
        """All streams, in order of id."""
        return self._chunks.streams()

    def process_of(self, at: At) -> int:
        """The process.id that an event lies in."""
        return self._chunks.process_of(stream_of(at))

    def runs(self, process: int) -> list[Run]:
        """The runs of a process in its total order."""
        return self._all(lambda row: Run(*row), "SELECT process, number, at, ts FROM run WHERE process = ? ORDER BY number", (process,))

    def run_columns(self, process: int, since: int = 0) -> dict[str, NDArray[np.int64]]:
        """The runs of a process as arrays `number`, `at`, `ts`, in order of number, but for the first `since`."""
        sql = "SELECT number, at, ts FROM run WHERE process = ? ORDER BY number LIMIT -1 OFFSET ?"
        return self._columns(("number", "at", "ts"), sql, (process, since))

    def edges(self) -> list[Edge]:
        """All synchronization edges."""
        self._derived()
        return self._all(_edge, "SELECT src, dst, kind, hard, object, note FROM edge ORDER BY id")

    def edges_into(self, first: At, last: At) -> list[Edge]:
        """The edges that end at events from `first` to `last` (inclusive, one stream), by event."""
        return self._edges_between("dst", first, last)

    def edges_out_of(self, first: At, last: At) -> list[Edge]:
        """The edges that begin at events from `first` to `last` (inclusive, one stream), by event."""
        return self._edges_between("src", first, last)

    def _edges_between(self, end: str, first: At, last: At) -> list[Edge]:
        self._derived()
        sql = f"SELECT src, dst, kind, hard, object, note FROM edge WHERE {end} BETWEEN ? AND ? ORDER BY {end}"
        return self._all(_edge, sql, (first, last))

    def edge_columns(self) -> dict[str, NDArray[np.int64]]:
        """Edges as arrays `src`, `dst`, `hard`, `object` (-1: none), in order of id."""
        self._derived()
        return self._columns(("src", "dst", "hard", "object"), "SELECT src, dst, hard, coalesce(object, -1) FROM edge ORDER BY id")

    def syncs(self, object: int | None = None, *, most: int = ALL) -> list[Sync]:
        """The synchronization operations in order of id, or those of one object; the first `most` of them."""
        where, parameters = ("", ()) if object is None else ("WHERE object = ?", (object,))
        sql = f"SELECT id, at, actor, op, flags, object, extra, ts FROM sync {where} ORDER BY id LIMIT ?"
        return self._all(lambda row: Sync(*row), sql, (*parameters, most))

    def sync_columns(self) -> dict[str, NDArray[np.int64]]:
        """Synchronization operations in order of id, as arrays `at`, `actor`, `op` (a `wire.kinds.SyncOp`), `flags`, `object` (-1: none), `extra`,
        `ts` (monotonic ns).
        """
        cases = " ".join(f"WHEN '{op.name.lower()}' THEN {op.value}" for op in SyncOp)
        sql = f"SELECT at, actor, CASE op {cases} ELSE 0 END, flags, coalesce(object, -1), extra, ts FROM sync ORDER BY id"
        return self._columns(("at", "actor", "op", "flags", "object", "extra", "ts"), sql)

    # What.

    def locations(self) -> list[Location]:
        """All shared places."""
        self._derived()
        return self._all(lambda row: Location(*row), "SELECT id, process, kind, object, key, name FROM location ORDER BY id")

    def accesses(self, location: int | None = None, *, most: int = ALL) -> list[Access]:
        """The accesses of shared places in order of id, or those of one place in order of event; the first `most` of them."""
        self._derived()
        where, parameters = ("ORDER BY id", ()) if location is None else ("WHERE location = ? ORDER BY at", (location,))
        sql = f"SELECT at, actor, step, location, op, site, vk, payload FROM access {where} LIMIT ?"
        return self._all(self._access, sql, (*parameters, most))

    def accesses_between(self, first: At, last: At) -> list[Access]:
        """The accesses of shared places at events from `first` to `last` (inclusive, one stream), by event."""
        self._derived()
        sql = "SELECT at, actor, step, location, op, site, vk, payload FROM access WHERE at BETWEEN ? AND ? ORDER BY at"
        return self._all(self._access, sql, (first, last))

    def _access(self, row: Any) -> Access:
        payload = np.frombuffer(row[7] or b"", np.uint32).tolist()
        return Access(row[0], row[1], row[2], row[3], row[4], row[5], self._definitions.value(self.process_of(row[0]), ValueKind(row[6]), payload))

    def access_columns(self) -> AccessColumns:
        """All accesses as arrays, in order of id; values are left in the table."""
        self._derived()
        return read_access_columns(self._database)

    def exceptions(self) -> list[ExceptionRow]:
        """All exceptions."""
        return self._all(lambda row: ExceptionRow(*row), "SELECT id, at, actor, object, type, message, site, line, fate FROM exception ORDER BY id")

    def spans(self) -> list[Span]:
        """All spans."""
        columns = "id, span_id, trace_id, parent_id, name, actor, first_at, last_at, started_ns, ended_ns, status, attributes"
        return self._all(lambda row: Span(*(*row[:-1], parse_json(row[-1]))), f"SELECT {columns} FROM span ORDER BY id")

    def messages(self) -> list[Message]:
        """All messages."""
        self._derived()
        return self._all(lambda row: Message(*row), "SELECT id, key, trace_id, send_at, receive_at, carrier FROM message ORDER BY id")

    def io(self) -> list[Io]:
        """All boundary events other than SQL."""
        return self._all(lambda row: Io(*(*row[:-1], parse_json(row[-1]))), "SELECT id, at, actor, op, phase, key, attributes FROM io ORDER BY id")

    def sql(self) -> list[Sql]:
        """All database statements."""
        columns = ('id, at, actor, system, connection, statement, parameters, access, rowcount, rows, "transaction", isolation, '
                   "started_ns, ended_ns, error, details")
        return self._all(_sql, f"SELECT {columns} FROM sql ORDER BY id")

    def answers(self, kind: str | None = None) -> list[Answer]:
        """What came from outside, by the time at which it came; of one kind only, if it is named: bodies of the others are not read."""
        sql = "SELECT id, at, actor, kind, what, value, body, missing, ts FROM answer WHERE kind = ifnull(?, kind) ORDER BY ts, at"
        return self._all(lambda row: Answer(*(*row[:5], parse_json(row[5]), *row[6:])), sql, (kind,))

    def logs(self) -> list[Log]:
        """Log records, custom events and output."""
        return self._all(lambda row: Log(*row), "SELECT id, at, actor, kind, name, text FROM log ORDER BY id")

    def waiting(self) -> list[Waiting]:
        """Who waited for what when the recording ended."""
        return self._all(_waiting, "SELECT actor, object, waiting_on, stack FROM waiting ORDER BY actor")

    def gaps(self) -> list[Gap]:
        """What was not recorded."""
        return self._all(lambda row: Gap(*row), "SELECT id, process, at, kind, detail FROM gap ORDER BY id")

    def findings(self) -> list[dict[str, Any]]:
        """The stored findings, as objects of schema causeway.findings/1, by rank."""
        return self._all(lambda row: parse_json(row[0]), "SELECT json FROM finding ORDER BY rank, id")

    # Objects, texts and values.

    def object(self, id: int) -> Obj:
        """An object by its object.id. Objects that no fact mentions have no label."""
        self._derived()
        row = self._database.execute("SELECT id, type, first_at, label, owner FROM object WHERE id = ?", (id,)).fetchone()
        return Obj(*row) if row else self._definitions.object(id)

    def objects(self) -> list[Obj]:
        """The objects that facts mention (locks, tasks, owners of shared places …)."""
        self._derived()
        return self._all(lambda row: Obj(*row), "SELECT id, type, first_at, label, owner FROM object ORDER BY id")

    def type_flags(self, object: int) -> int:
        """The TYPE flags (sdk/SPEC.md section 3) of an object's type, 0 when unknown."""
        return self._definitions.type_flags(object)

    def snapshots(self, object: int) -> list[At]:
        """Where snapshots (OBJECT records) of an object were taken; ascending in each stream."""
        return self._definitions.snapshots(object)

    def snapshot(self, at: At) -> Snapshot:
        """The snapshot that the OBJECT record at this event holds."""
        return self._definitions.snapshot(at)

    def text(self, process: int, wire: int) -> Value:
        """The TEXT value with this id in a process; UNCAPTURED where its definition is missing."""
        return self._definitions.text(process, wire)

    def value(self, process: int, kind: int, payload: Sequence[int]) -> Value:
        """The value of a kind and its payload words, as they stand in a record of this process; UNCAPTURED where malformed."""
        return self._definitions.value(process, ValueKind(kind), payload)

    # The bulk stream.

    def chunks(self, stream: int | None = None) -> list[Chunk]:
        """The index of the chunks of one stream, or of all, in order of position."""
        return self._chunks.chunks(stream)

    def chunk_of(self, at: At) -> Chunk:
        """The chunk that holds an event; KeyError where there is none."""
        return self._chunks.chunk_of(at)

    def chunk_data(self, stream: int, first: int) -> bytes:
        """The records of a chunk as on the wire. The last hundreds are kept decompressed (64 MiB)."""
        return self._chunks.data(stream, first)

    def chunk_sites(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Sorted wire sites that occur in the chunk."""
        return self._chunks.sites(chunk)

    def chunk_objects(self, chunk: Chunk) -> NDArray[np.uint32]:
        """Sorted wire ids of objects that are owners of writes, reads, mutations or snapshots in the chunk."""
        return self._chunks.objects(chunk)

    def chunk_keyframe(self, chunk: Chunk) -> Keyframe:
        """State of every activation at its first event in the chunk (docs/recording-format.md)."""
        return parse_keyframe(self._chunks.keyframe(chunk))

    # SQL.

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> query.Result:
        """Rows of a read-only SQL statement, read as they are asked for. Raises RecordingError for a statement that would write, is malformed, or
        takes more than a minute to its next row.
        """
        return query.run(self.path, sql, parameters)

    def access_values(self, accesses: Sequence[int]) -> dict[int, str | None]:
        """The values of some accesses (at most a few hundred), by id: what a detector asks for one by one must not cost a connection each time."""
        self._derived()
        marks = ", ".join("?" * len(accesses))
        return dict(self._all(tuple, f"SELECT id, value FROM access WHERE id IN ({marks})", accesses))

    def _all(self, make: Callable[[Any], T], sql: str, parameters: Sequence[Any] = ()) -> list[T]:
        """All rows, each made into what it stands for."""
        try:
            return [make(row) for row in self._database.execute(sql, parameters)]
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise connection.damaged(self.path, error) from error

    def _columns(self, names: Sequence[str], sql: str, parameters: Sequence[Any] = ()) -> dict[str, NDArray[np.int64]]:
        rows = integers(self._database.execute(sql, parameters), len(names))
        return {name: np.ascontiguousarray(rows[:, i]) for i, name in enumerate(names)}


def _edge(row: Any) -> Edge:
    return Edge(row[0], row[1], row[2], bool(row[3]), row[4], row[5])


def _sql(row: Any) -> Sql:
    rows = tuple(tuple(one) for one in parse_json(row[9] or "[]"))
    return Sql(*(*row[:6], parse_json(row[6]), row[7], row[8], rows, *row[10:15], parse_json(row[15])))


def _waiting(row: Any) -> Waiting:
    return Waiting(row[0], row[1], row[2], tuple((str(file), int(line), str(function)) for file, line, function in parse_json(row[3])))


__all__ = ["Recording", "RecordingError"]
