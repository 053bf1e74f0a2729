"""Ingest of a spool while the program runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from causeway_core.ingest.actors import ActorRows
from causeway_core.ingest.feed import SegmentFeed
from causeway_core.ingest.finish import derive, finish, settle
from causeway_core.ingest.pipeline import CHUNK_WORDS, Pipeline
from causeway_core.ingest.sites import SpoolTables
from causeway_core.storage.growing import Growing
from causeway_core.storage.writer import RecordingWriter
from causeway_core.wire.segment import parse_name

_POLL_SECONDS = 0.5
_SETTLE_SECONDS = 2.0
_NEVER = 1 << 63


class Ingestor:
    """Turns a spool into a recording. Belongs to one thread; the recording can be read by others meanwhile.

    Call `poll` every 50 to 100 ms while the program runs, then `finish` once. A crash in between loses nothing that reached the
    spool: `recover` continues from the file and the spool. Raises RecordingError when the recording cannot be written.
    """

    def __init__(
        self, spool: Path, recording: Path, *, command: Sequence[str] = (), cwd: Path | None = None, root: Path | None = None,
        detail: str = "full", chunk_words: int = CHUNK_WORDS, launch: Mapping[str, Any] | None = None, indexed: bool = False,
        growing: Growing | None = None,
    ) -> None:
        """`indexed`: for a reader that travels the recording while it grows. `growing` has chunks that have been read and are not in the file yet."""
        self._spool = spool
        self._began = time.monotonic_ns()
        facts = {
            "command": list(command), "cwd": str(cwd or Path.cwd()), "root": str(root or cwd or Path.cwd()), "created_ns": time.time_ns(),
            "detail": detail, "causeway_version": own_version(),
            "launch": dict(launch or {}),
        }
        writer = RecordingWriter.create(recording, facts)
        if indexed:
            writer.index()
        self._pipeline = Pipeline(writer, SpoolTables(spool), chunk_words, growing)
        self._actors = ActorRows(self._pipeline)

    @property
    def events(self) -> int:
        """Records read so far."""
        return self._pipeline.scanner.events

    def gaps(self) -> list[str]:
        """The details of what is known not to be recorded, as far as it has been read."""
        return [str(detail) for (detail,) in self._pipeline.writer.database.execute("SELECT detail FROM gap ORDER BY id")]

    def poll(self, seconds: float = _POLL_SECONDS) -> None:
        """Reads what the guest has written since, for about this number of seconds at most."""
        self._discover()
        self._pipeline.drain(until=time.monotonic() + seconds)
        self._pipeline.commit()

    def store(self, *, wait: bool = False) -> None:
        """Reads nothing, and writes chunks that have been read into the recording: those that are compressed, with `wait` all of them."""
        self._pipeline.begin()
        self._pipeline.commit(wait)

    def settle(self, *, ahead: bool = False, wait: bool = True) -> None:
        """Reads everything that was written so far and makes it readable, with its actors: unfilled chunks are ended, actors listed.

        For a reader that travels the recording of a held program. Takes at most some two seconds, because other processes may continue to write.
        `ahead`: while the program runs, only what has been polled; otherwise, if the program writes faster than this reads, it would never end.
        What needs the whole recording (accesses, edges, labels) is left to `derive`. Without `wait`, chunks that are not compressed yet are not in
        the file: they are readable with `growing` only.
        """
        if not ahead:
            self._discover()
            self._pipeline.drain(until=time.monotonic() + _SETTLE_SECONDS)
        self._pipeline.settle(wait)
        settle(self._pipeline, self._actors)

    def derive(self) -> None:
        """After `settle`: derives what needs the whole recording from what exists; costs as much as `finish`."""
        derive(self._pipeline)

    def finish(self, exit_code: int | None) -> None:
        """Reads the rest, derives what needs the whole recording, marks the recording complete and removes the spool."""
        self._discover()
        self._pipeline.end()
        finish(self._pipeline, {"exit_code": exit_code, "duration_ns": time.monotonic_ns() - self._began})
        shutil.rmtree(self._spool, ignore_errors=True)

    def _discover(self) -> None:
        unknown = [key for key in discover(self._spool) if not self._pipeline.wake(*key)]
        for feed in by_start(SegmentFeed(self._spool, *key) for key in unknown):
            self._pipeline.add(feed.uid, feed.number, feed)


def by_start(feeds: Iterable[SegmentFeed]) -> list[SegmentFeed]:
    """Refreshes new feeds and sorts them by the beginning of their process, which has an accidental uid.

    Processes are numbered as their feeds are added: unsorted, a parent could be called process 2 in one run and process 1 in the next.
    """
    feeds = list(feeds)
    began: dict[int, int] = {}
    for feed in feeds:
        feed.refresh()
        began[feed.uid] = min(feed.wall_ns or _NEVER, began.get(feed.uid, _NEVER))
    return sorted(feeds, key=lambda feed: (began[feed.uid], feed.uid, feed.number))


def discover(spool: Path) -> list[tuple[int, int]]:
    """(process uid, stream) of all segments in a spool, ascending."""
    try:
        names = [entry.name for entry in spool.iterdir()]
    except FileNotFoundError:
        return []
    return sorted({found[:2] for found in map(parse_name, names) if found})


@cache
def own_version() -> str:
    """The version of this Causeway."""
    # Its import costs every command that reads recordings, few of which write one.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("causeway-debugger")
    except PackageNotFoundError:
        return "unknown"


