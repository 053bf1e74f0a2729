"""The heart of ingest: feeds in, rows and chunks out, each process in its own total order."""

from __future__ import annotations

import time
from collections.abc import Sequence

from causeway_core.errors import WireError
from causeway_core.ingest.chunkwriter import ChunkWriter
from causeway_core.ingest.facts import Facts, ProcessFacts
from causeway_core.ingest.feed import Feed
from causeway_core.ingest.sites import SiteRows, SiteTables
from causeway_core.storage.growing import Growing
from causeway_core.storage.writer import RecordingWriter
from causeway_core.wire import _stream
from causeway_core.wire.kinds import StepState, SyncOp, XKind
from causeway_core.wire.record import Fields, words_of

_OP_NAMES = tuple(SyncOp(number).name.lower() if number in SyncOp.__members__.values() else "unknown" for number in range(max(SyncOp) + 1))
_STATE_NAMES = tuple(state.name.lower() for state in StepState)
CHUNK_WORDS = 1 << 16
"""How many words a chunk holds at most: some 100 KiB to decompress for one question, some 600 chunks for ten million events."""

_BATCH_SECONDS = 0.1
_ROWS_AT_ONCE = 1 << 16

_END, _ORDER, _SITES, _FULL, _BAD = range(5)


class _Stream:
    """A stream being read."""

    def __init__(self, id: int, process: _Process, number: int, feed: Feed) -> None:
        self.id, self.process, self.number, self.feed = id, process, number, feed
        self.waits_for: int | None = None
        self.asleep = False
        self.position = 0


class _Process:
    """A process being read."""

    def __init__(self, id: int, uid: int) -> None:
        self.id, self.uid = id, uid
        self.streams: dict[int, _Stream] = {}
        self.waiting: dict[int, _Stream] = {}
        self.current: _Stream | None = None


class Pipeline:
    """Reads feeds into a recording. Every row it writes is in a transaction of at most some 100 ms; `commit` ends the last.

    A process's records are read in the order of its runs, so that what is defined on one thread (sites, actors, tokens, suspended
    generators) is known when another uses it. A run whose number is missing holds up its process until `drain(force=True)`.
    """

    def __init__(
        self, writer: RecordingWriter, tables: SiteTables, chunk_words: int = CHUNK_WORDS, growing: Growing | None = None
    ) -> None:
        """`growing` has each chunk that has been read and is not in the recording yet."""
        self.writer = writer
        self.scanner = _stream.Scanner(_OP_NAMES, _STATE_NAMES, chunk_words)
        self.sites = SiteRows(writer)
        self.facts = Facts(writer, self.scanner.actor_id, self.sites.site_id)
        self.processes: dict[int, _Process] = {}
        self._tables = tables
        self._stream_count = 0
        self._in_batch = False
        self._batch_began = 0.0
        self._streams: dict[int, _Stream] = {}
        self._growing = growing
        self._open_steps: list[tuple[int]] = []
        self._chunks = ChunkWriter(writer, growing)

    # What there is to read.

    def add(self, uid: int, number: int, feed: Feed) -> None:
        """A stream that was not known before."""
        self.begin()
        process = self.processes.get(uid) or self._new_process(uid)
        self._stream_count += 1
        stream = process.streams[number] = self._streams[self._stream_count] = _Stream(self._stream_count, process, number, feed)
        self.facts.processes[process.id].streams[number] = stream.id
        self.scanner.add_stream(process.id, stream.id)
        row = (stream.id, process.id, number, 0, 0, 0, feed.wall_ns, feed.monotonic_ns)
        self.writer.insert("stream", [row])

    def wake(self, uid: int, number: int) -> bool:
        """Notes that a stream may have more records (an idle one is not polled otherwise); returns whether the stream exists."""
        stream = self.processes[uid].streams.get(number) if uid in self.processes else None
        if stream is not None:
            stream.asleep = False
        return stream is not None

    def _new_process(self, uid: int) -> _Process:
        process = self.processes[uid] = _Process(len(self.processes) + 1, uid)
        self.facts.processes[process.id] = ProcessFacts(process.id, uid)
        self.scanner.add_process(process.id)
        row = (process.id, f"{uid:016x}", 0, None, None, "process", "[]", "python", "", 0, 0, None, None, "running")
        self.writer.insert("process", [row])
        return process

    # Reading.

    def drain(self, force: bool = False, until: float = float("inf")) -> bool:
        """Reads everything that can be read now; `force`: also runs whose turn never comes. False if stopped by time (`time.monotonic`)."""
        self.begin()
        return all(self._drain(process, force, until) for process in list(self.processes.values()))

    def _drain(self, process: _Process, force: bool, until: float) -> bool:
        for stream in list(process.streams.values()):
            if stream.waits_for is None and not stream.asleep and not self._pump(stream, until):
                return False
        while process.waiting:
            due = self.scanner.order(process.id) + 1
            if due == 1 and due not in process.waiting:
                due = self._first_run(process)
            if due not in process.waiting and force:
                due = min(process.waiting)
            if due not in process.waiting:
                return True
            stream = process.waiting[due]
            last = process.current
            # If the next run has begun, this one is whole, but not all of it may have been there when it was read.
            if last is not None and last is not stream and last.waits_for is None and not self._pump(last, until):
                return False
            del process.waiting[due]
            process.current = stream
            stream.waits_for = None
            if not self._pump(stream, until, force=True):
                return False
        return True

    @staticmethod
    def _first_run(process: _Process) -> int:
        """A recording may have begun in a running process: its first run is that of stream 0."""
        stream = process.streams.get(0)
        return stream.waits_for if stream is not None and stream.waits_for is not None else 1

    def _pump(self, stream: _Stream, until: float, force: bool = False) -> bool:
        """Reads a stream up to its end or the next ORDER that is not due. False when stopped by time."""
        feed = stream.feed
        while feed.refresh():
            self._jump(stream, feed.hole())
            before = feed.offset
            feed.offset, why, detail = self.scanner.feed(stream.id, feed.buffer, feed.offset, force)
            stream.position += feed.offset - before
            force = force and feed.offset == before
            if why == _ORDER and detail not in stream.process.waiting:
                stream.waits_for = detail
                stream.process.waiting[detail] = stream
                break
            if why == _ORDER:
                force = True  # two streams wait for the same number: the guest is broken, but its records are read
                continue
            if why == _SITES:
                self._on_sites(stream)
            elif why == _FULL:
                self._close_chunk(stream)
            elif why == _BAD or feed.offset < len(feed.buffer) // 4:
                self._skip(stream)
            if time.monotonic() - self._batch_began > _BATCH_SECONDS:
                self.commit()
                self.begin()
                if time.monotonic() > until:
                    return False
        stream.asleep = feed.is_exhausted
        if feed.is_exhausted and self.scanner.pending(stream.id):
            self._close_chunk(stream)
        return True

    def _jump(self, stream: _Stream, count: int) -> None:
        if count:
            self._close_chunk(stream)
            self.scanner.skip(stream.id, count)
            stream.position += count

    def _skip(self, stream: _Stream) -> None:
        self._jump(stream, stream.feed.skip_rest())
        self._chunks.skip(stream.id, stream.position)
        self._report_problem(stream)

    def _on_sites(self, stream: _Stream) -> None:
        """The records after a SITES record have no meaning without its table, so the table is entered before they are read."""
        steps, syncs, runs, records = self.scanner.take()
        self._write_rows(steps, syncs, runs, records)
        at, _, xkind, payload, process, _ = records[-1]
        assert xkind == XKind.SITES
        fields = Fields(words_of(payload))
        try:
            base, count, key = fields.word(), fields.word(), fields.text()
        except WireError:
            self.writer.insert("gap", [(process, at, "torn", "a record of sites is cut: what its module did has no places")])
            return
        table = self._tables(stream.process.uid, base, key)
        rows = self.sites.add(process, base, count, table) if table is not None else None
        if rows is None:
            why = "is missing" if table is None else "does not fit its record"
            self.writer.insert("gap", [(process, at, "torn", f"site table {key[:80]} {why}: what its module did has no places")])
        else:
            self.scanner.set_sites(process, base, rows)

    # Writing.

    def _close_chunk(self, stream: _Stream) -> None:
        chunk = self.scanner.close_chunk(stream.id)
        if chunk is not None:
            self._chunks.add(stream.id, chunk[:5], chunk[5:])
            stream.position = chunk[0] + chunk[1]
        else:
            self._chunks.skip(stream.id, stream.position)

    def _write_rows(
        self, steps: Sequence[tuple[object, ...]], syncs: Sequence[tuple[int, int, str, int, int | None, int, int]],
        runs: Sequence[tuple[object, ...]], records: list[tuple[int, int, int, bytes, int, int]],
    ) -> None:
        if steps:
            self.forget_open_steps()
        self.writer.insert("step", steps)
        self.writer.insert("sync", syncs)
        self.writer.insert("run", runs)
        self.facts.mentioned.update(row[4] for row in syncs if row[4] is not None)
        self.facts.add(records)

    def list_open_steps(self) -> None:
        """Enters the unfinished steps as far as they have come: a reader of a growing recording is in one of them."""
        self.forget_open_steps()
        rows = self.scanner.open_steps()
        self.writer.insert("step", rows)
        self._open_steps = [(row[0],) for row in rows]

    def forget_open_steps(self) -> None:
        """Removes them: they are entered again as they are then, or as ended."""
        self.writer.database.executemany("DELETE FROM step WHERE id = ?", self._open_steps)
        self._open_steps = []

    def _report_problem(self, stream: _Stream, final: bool = False) -> None:
        for problem in stream.feed.problems(final):
            self.writer.insert("gap", [(stream.process.id, stream.id << 40 | stream.position, "torn", problem)])

    def begin(self) -> None:
        """Begins a transaction unless one is open."""
        if not self._in_batch:
            self.writer.begin()
            self._in_batch = True
            self._batch_began = time.monotonic()

    def commit(self, wait: bool = False) -> None:
        """Commits what was read, then lets the feeds drop it. Chunks that are not compressed yet are left to the next call, unless with `wait`."""
        if not self._in_batch:
            return
        self._write_rows(*self.scanner.take())
        entered = self._chunks.flush(wait)
        self.facts.flush()
        for stream in self._streams.values():
            self._report_problem(stream)
        ends = {entry.stream: entry.end for entry in entered}
        for id, end in ends.items():
            self._streams[id].feed.stored(end)
        feeds = {id: self._streams[id].feed for id in ends}
        rows = [(ends[id], *feed.progress(), feed.wall_ns, feed.monotonic_ns, id) for id, feed in feeds.items()]
        self.writer.database.executemany(
            "UPDATE stream SET words = ?, segments = ?, segment_words = ?, wall_ns = ?, monotonic_ns = ? WHERE id = ?", rows
        )
        self.writer.commit()
        self._in_batch = False
        if self._growing is not None:
            self._growing.stored(entry.key for entry in entered if entry.row is not None)
        for feed in feeds.values():
            feed.committed()

    def store(self) -> None:
        """Enters the chunks that have been read, all of them."""
        self.begin()
        self.commit(wait=True)

    def settle(self, wait: bool = True) -> None:
        """Ends all chunks, so that the recording contains what has been read; without `wait`, the recording and `growing`."""
        self.begin()
        for process in self.processes.values():
            for stream in process.streams.values():
                if self.scanner.pending(stream.id):
                    self._close_chunk(stream)
        self.commit(wait)

    def end(self) -> None:
        """Reads what is left, whatever its order, and closes all chunks and steps."""
        self.drain(force=True)
        self.begin()
        for process in self.processes.values():
            for stream in process.streams.values():
                self._close_chunk(stream)
                self._report_problem(stream, final=True)
        self.scanner.finish()
        self.commit(wait=True)
        self._chunks.close()


