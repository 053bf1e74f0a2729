"""A recording as a source: its streams are read again, to recover it or to merge it with another one."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.ingest.feed import SegmentFeed
from causeway_core.ingest.pipeline import Pipeline
from causeway_core.storage.rows import Chunk
from causeway_core.storage.stream import ChunkStore


class StoredFeed:
    """The chunks of a stream up to position `end`, then what `rest` holds."""

    def __init__(
        self, chunks: ChunkStore, stream: int, clocks: tuple[int, int], end: int = 1 << 40, rest: SegmentFeed | None = None
    ) -> None:
        self._store, self._stream, self._end, self._rest = chunks, stream, end, rest
        self._chunks: list[Chunk] = [chunk for chunk in chunks.chunks(stream) if chunk.first < end]
        self._next = 0
        self._position = 0
        self._hole = 0
        self._in_rest = False
        self._problems: list[str] = []
        self._buffer = b""
        self._offset = 0
        self.wall_ns, self.monotonic_ns = clocks

    @property
    def buffer(self) -> bytes:
        """The part at hand."""
        return self._rest.buffer if self._in_rest and self._rest is not None else self._buffer

    @property
    def offset(self) -> int:
        """The word in it to read next."""
        return self._rest.offset if self._in_rest and self._rest is not None else self._offset

    @offset.setter
    def offset(self, offset: int) -> None:
        if self._in_rest and self._rest is not None:
            self._rest.offset = offset
        else:
            self._offset = offset

    @property
    def is_exhausted(self) -> bool:
        """Whether all is read."""
        return self._next >= len(self._chunks) and (self._rest is None or self._rest.is_exhausted)

    def refresh(self) -> bool:
        """The next chunk, then the rest."""
        while not self._in_rest:
            if self._offset < len(self._buffer) // 4:
                return True
            if self._next >= len(self._chunks):
                self._in_rest = True
                if self._end < 1 << 40:
                    self._hole = max(0, self._end - self._position)
                break
            self._load(self._chunks[self._next])
            self._next += 1
        return self._rest.refresh() if self._rest is not None else False

    def _load(self, chunk: Chunk) -> None:
        self._hole += max(0, chunk.first - self._position)
        self._offset = 0
        self._position = min(chunk.end, self._end)
        try:
            data = self._store.data(chunk.stream, chunk.first)
        except (RecordingError, sqlite3.Error) as error:
            self._problems.append(f"chunk at {chunk.first} of stream {chunk.stream} cannot be read: {error}")
            self._hole += self._position - chunk.first
            data = b""
        self._buffer = data[: (self._position - chunk.first) * 4]

    def hole(self) -> int:
        """Words missing before the part at hand."""
        hole, self._hole = self._hole, 0
        return hole

    def skip_rest(self) -> int:
        """Up to the end of the chunk or segment."""
        if self._in_rest and self._rest is not None:
            return self._rest.skip_rest()
        left = len(self._buffer) // 4 - self._offset
        self._problems.append(f"a chunk of stream {self._stream} holds what is no record")
        self._offset += left
        return left

    def stored(self, position: int) -> None:
        """Nothing is deleted: the source stays as it is until the new recording is whole."""

    def committed(self) -> None:
        """Nothing is deleted."""

    def progress(self) -> tuple[int, int]:
        """There are no segments to count."""
        return 0, 0

    def problems(self, final: bool = False) -> list[str]:
        """What was found to be torn."""
        found, self._problems = self._problems, []
        return found + (self._rest.problems(final) if self._rest is not None else [])


class StoredTables:
    """Site tables made again from the rows of a recording."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __call__(self, process_uid: int, base: int, key: str) -> dict[str, Any] | None:
        """The table that was entered at `base` in this process; `key` is not stored."""
        found = self._database.execute(
            "SELECT first, count FROM site_base JOIN process ON process.id = process WHERE uid = ? AND base = ?", (f"{process_uid:016x}", base)
        ).fetchone()
        if found is None:
            return None
        first, count = found
        sites = self._database.execute(
            "SELECT kind, line, end_line, col, end_col, name, function FROM site WHERE id >= ? AND id < ? ORDER BY id", (first, first + count)
        ).fetchall()
        if not sites:
            return None
        lowest, highest = self._functions_around(min(row[6] for row in sites))
        functions = self._database.execute(
            "SELECT qualname, first_line, last_line, kind, locals FROM function WHERE id >= ? AND id < ? ORDER BY id", (lowest, highest)
        ).fetchall()
        path, digest, text = self._database.execute(
            "SELECT path, hash, text FROM source JOIN function ON function.source = source.id WHERE function.id = ?", (lowest,)
        ).fetchone()
        return {
            "path": path, "hash": digest, "source": text,
            "functions": [[*row[:4], json.loads(row[4])] for row in functions],
            "sites": [[*row[:6], row[6] - lowest] for row in sites],
        }


    def _functions_around(self, function: int) -> tuple[int, int]:
        """The range of function.id of a table: it begins with the module's body."""
        lowest = self._database.execute("SELECT max(id) FROM function WHERE kind = 'module' AND id <= ?", (function,)).fetchone()[0]
        following = self._database.execute("SELECT min(id) FROM function WHERE kind = 'module' AND id > ?", (function,)).fetchone()[0]
        return function if lowest is None else lowest, 1 << 62 if following is None else following


def copy_gaps(database: sqlite3.Connection, pipeline: Pipeline) -> None:
    """Copies what reading again cannot find out: what an earlier ingest found torn or limited. Places are renumbered."""
    uids = {id: int(uid, 16) for id, uid in database.execute("SELECT id, uid FROM process")}
    streams = {id: (uids[process], number) for id, process, number in database.execute("SELECT id, process, number FROM stream")}
    rows = []
    for process, at, kind, detail in database.execute("SELECT process, at, kind, detail FROM gap WHERE kind IN ('torn', 'limit')"):
        owner = pipeline.processes.get(uids.get(process, -1))
        uid, number = streams.get(at >> 40 if at is not None else 0, (-1, -1))
        stream = pipeline.processes[uid].streams.get(number) if uid in pipeline.processes else None
        place = stream.id << 40 | at & (1 << 40) - 1 if stream is not None and at is not None else None
        rows.append((owner.id if owner else None, place, kind, detail))
    pipeline.writer.insert("gap", rows)
