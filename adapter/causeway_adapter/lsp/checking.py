"""`causeway check` on open documents, in a thread of its own. Belongs to the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from causeway_core.check import check_source, settings_for
from causeway_core.errors import CausewayError
from causeway_core.model import Finding
from lsprotocol import types

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

_LARGEST = 2 << 20


class Checking:
    """What checking says of each open document, by the version it was said of."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pool = ThreadPoolExecutor(1, "causeway-check")
        self._found: dict[str, tuple[object, tuple[Finding, ...]]] = {}
        self._running: dict[str, tuple[object, asyncio.Task[None]]] = {}
        self._told: set[str] = set()
        self.generation = 0

    def stop(self) -> None:
        """Checks no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def findings(self, path: str) -> tuple[Finding, ...]:
        """The suspicions about the text of a document as it is now; empty until it has been checked."""
        known = self._found.get(path)
        return known[1] if known is not None and known[0] == self._server.places.version(path) else ()

    def forget(self, path: str) -> None:
        """The document was closed."""
        self._found.pop(path, None)

    def forget_all(self) -> None:
        """The project's settings may have changed."""
        self._found.clear()
        self.generation += 1

    async def checked(self, path: str) -> None:
        """Waits until the document as it is now has been checked."""
        version, uri = self._server.places.version(path), self._server.places.open_files.get(path)
        if not self._server.settings.check or uri is None or (path in self._found and self._found[path][0] == version):
            return
        running = self._running.get(path)
        if running is None or running[0] != version or running[1].done():
            document = self._server.workspace.get_text_document(uri)
            if document.language_id not in (None, "", "python"):
                return
            running = self._running[path] = (version, asyncio.ensure_future(self._check(path, document.source, version)))
        await asyncio.shield(running[1])

    async def _check(self, path: str, text: str, version: object) -> None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, self._findings, path, text)
        except CausewayError as error:
            if str(error) not in self._told:
                self._told.add(str(error))
                self._server.say(str(error), types.MessageType.Warning)
            found = ()
        except RuntimeError:
            return  # The server is shutting down.
        self._found[path] = (version, found)

    def _findings(self, path: str, text: str) -> tuple[Finding, ...]:
        settings = settings_for(Path(path))
        if len(text) > _LARGEST or settings.excludes(Path(path)):
            return ()
        return tuple(finding for finding in check_source(text, path) if not settings.leaves_out(finding))
