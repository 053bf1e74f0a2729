"""The recordings that the server uses, and when they are read again. Belongs to the event loop; small ones are read in threads, large ones in a
process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from causeway_core.errors import CausewayError
from causeway_core.lines import FileFacts, LineMap, Revision
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from causeway_adapter.lsp.loading import Loaded, Loader, RecordingReader, Shelf, load
from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.readingprocess import ReadingProcess

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

T = TypeVar("T")
_POLL_SECONDS = 2.0
_FRESH_SECONDS = 0.5
_SLOW_BYTES = 4 << 20
"""Recordings from this size on are read in a process of their own, with progress shown, and what can be asked again does not wait for them."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a recording says of a document: the file's path here, the recording, the facts, and how its lines are carried over to now."""

    path: str
    loaded: Loaded
    facts: FileFacts
    carried: LineMap


class Recordings:
    """Recordings of all workspace folders. `refresh` reads what has changed; facts of files are read when a file is opened or first asked about."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reader, self._process = RecordingReader(), ReadingProcess()
        self._loader = Loader(self._load)
        self._loading = ThreadPoolExecutor(1, "causeway-load")
        self._reading = ThreadPoolExecutor(1, "causeway-facts")
        self._shelf = Shelf((), {}, {})
        self._facts: dict[tuple[str, str], asyncio.Task[FileFacts | None]] = {}
        self._loop: asyncio.AbstractEventLoop
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False
        self._last = 0.0
        self._reported: set[str] = set()
        self._poller: asyncio.Task[None] | None = None
        self._stopped = False
        self._slow = asyncio.Event()
        """Whether the running look at the folders reads a large recording."""

    # Reading.

    def start(self) -> None:
        """Begins to read, and to look for new recordings every two seconds (not every client watches files)."""
        if self._poller is None:
            self._poller = asyncio.ensure_future(self._poll())

    def stop(self) -> None:
        """Stops reading."""
        if self._poller is not None:
            self._poller.cancel()
        for pool in (self._loading, self._reading):
            pool.shutdown(wait=False, cancel_futures=True)
        self._stopped = True
        self._process.close()

    async def _poll(self) -> None:
        while True:
            self.refresh()
            await asyncio.sleep(_POLL_SECONDS)

    def refresh(self) -> None:
        """Checks the folders again soon; calls during a check lead to one more."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.ensure_future(self._refresh())
        else:
            self._again = True

    async def _refresh(self) -> None:
        while True:
            self._again, self._last = False, time.monotonic()
            self._loop = asyncio.get_running_loop()
            self._slow.clear()
            folders = [Path(path) for path in self._server.folders]
            limit = self._server.settings.recordings
            try:
                shelf = await self._loop.run_in_executor(self._loading, self._loader.shelf, folders, limit)
            except RuntimeError:
                return  # The server is shutting down.
            if self._stopped:
                return
            self._take(shelf)
            if not self._again:
                return

    def _load(self, revision: Revision, folder: Path) -> Loaded:
        """In the loading thread."""
        if not _is_large(revision):
            return load(revision, folder)
        self._loop.call_soon_threadsafe(self._slow.set)
        return self._process.load(revision, folder)

    def _take(self, shelf: Shelf) -> None:
        for key, problem in shelf.problems.items():
            if key not in self._reported:
                self._reported.add(key)
                self._server.say(problem, types.MessageType.Warning)
        known = self._shelf
        if [each.revision for each in shelf.loaded] == [each.revision for each in known.loaded] and shelf.ignored == known.ignored:
            return
        self._shelf = shelf
        current = {each.revision.key for each in shelf.loaded}
        self._facts = {key: task for key, task in self._facts.items() if key[0] in current}
        with contextlib.suppress(RuntimeError):
            self._reading.submit(self._reader.keep, current)
            self._reading.submit(self._process.keep, {each.revision.key for each in shelf.loaded if _is_large(each.revision)})
        for path in self._server.places.open_files:
            self.prepare(path)
        self._server.recordings_changed()

    async def settled(self, *, at_once: bool = False) -> tuple[Loaded, ...]:
        """The recordings, newest first; where none is known yet, once the running look at the folders has ended.

        `at_once`: the client asks again when `recordings_changed` tells it to. None as long as a large recording is being read, which takes seconds.
        """
        if time.monotonic() - self._last > _FRESH_SECONDS:
            self.refresh()
        if not self._shelf.loaded and self._refreshing is not None:
            slow = asyncio.ensure_future(self._slow.wait())
            try:
                await asyncio.wait([self._refreshing, slow] if at_once else [self._refreshing], return_when=asyncio.FIRST_COMPLETED)
            finally:
                slow.cancel()
        return self._shelf.loaded

    @property
    def loaded(self) -> tuple[Loaded, ...]:
        """The recordings known now, newest first."""
        return self._shelf.loaded

    @property
    def ignored(self) -> Mapping[str, tuple[str, ...]]:
        """By project folder, the kinds of findings that its settings leave out."""
        return self._shelf.ignored

    # Facts of files.

    def newest_with(self, path: str) -> Loaded | None:
        """The newest recording that a file took part in."""
        return next((each for each in self._shelf.loaded if each.recorded(path) is not None), None)

    def prepare(self, path: str) -> asyncio.Task[FileFacts | None] | None:
        """Has the facts of a file read; None where no recording has it."""
        loaded = self.newest_with(path)
        if loaded is None:
            return None
        key = (loaded.revision.key, path)
        task = self._facts.get(key)
        if task is None:
            task = self._facts[key] = asyncio.ensure_future(self._read(loaded, path))
        return task

    async def document_facts(self, uri: str, *, wanted: bool, at_once: bool = False) -> DocumentFacts | None:
        """What the newest recording says of a document; waits until it has been read. None: nothing, or it is not `wanted`.

        `at_once`: the client asks again when `facts_changed` tells it to. None as long as a large recording is being read, which takes seconds.
        """
        path = path_of(uri)
        if path is None or not wanted:
            return None
        await self.settled(at_once=at_once)
        loaded, task = self.newest_with(path), self.prepare(path)
        if loaded is None or task is None or (at_once and self.reading(path)):
            return None
        facts = await asyncio.shield(task)
        carried = self._server.places.carried(loaded, path)
        return DocumentFacts(path, loaded, facts, carried) if facts is not None and carried is not None else None

    def reading(self, path: str) -> str:
        """What is being read because of a file, in words, where that is large; "" where the file waits for nothing."""
        loaded = self.newest_with(path)
        task = self._facts.get((loaded.revision.key, path)) if loaded is not None else None
        if loaded is not None and task is not None and not task.done() and _is_large(loaded.revision):
            return loaded.path.name
        return "a large recording" if not self._shelf.loaded and self._slow.is_set() else ""

    async def _read(self, loaded: Loaded, path: str) -> FileFacts | None:
        recorded = loaded.recorded(path)
        assert recorded is not None
        large = _is_large(loaded.revision)
        reader = self._process if large else self._reader
        try:
            async with self._server.working(f"Reading {loaded.path.name}", show=large) as report:
                facts = await self.in_reading_thread(lambda: reader.facts(loaded.revision, recorded, report))
        except CausewayError as error:
            self._complain(loaded, str(error))
            return None
        except (RuntimeError, asyncio.CancelledError, JsonRpcRequestCancelled):
            return None
        except Exception as error:
            self._complain(loaded, f"{loaded.path} cannot be read: {error!r} (please report this)")
            return None
        asyncio.get_running_loop().call_soon(self._server.facts_changed)
        return facts

    def in_reading_thread(self, action: Callable[[], T]) -> Awaitable[T]:
        """Runs something after the current reads."""
        return asyncio.get_running_loop().run_in_executor(self._reading, action)

    def _complain(self, loaded: Loaded, sentence: str) -> None:
        if loaded.revision.key not in self._reported and not self._stopped:
            self._reported.add(loaded.revision.key)
            self._server.say(sentence, types.MessageType.Warning)


def _is_large(revision: Revision) -> bool:
    return revision.size > _SLOW_BYTES
