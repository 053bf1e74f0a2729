"""`causeway check` on open documents, in a thread of its own. Belongs to the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from causeway_core.check import check_source, settings_for
from causeway_core.errors import CausewayError
from causeway_core.lines import LineMap
from causeway_core.model import Finding
from lsprotocol import types

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

_LARGEST = 2 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a document: its version and its lines."""

    version: object
    lines: tuple[str, ...]
    findings: tuple[Finding, ...]


class Checking:
    """The warnings of `check` for each open document. Between an edit and the next check, warnings move with their lines."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pool = ThreadPoolExecutor(1, "causeway-check")
        self._checked: dict[str, Checked] = {}
        self._carried: dict[str, tuple[object, Checked, tuple[Finding, ...]]] = {}
        self._running: dict[str, tuple[object, asyncio.Task[None]]] = {}
        self._reported: set[str] = set()
        self.generation = 0

    def stop(self) -> None:
        """Stops checking."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def findings(self, path: str) -> tuple[Finding, ...]:
        """The warnings for a document. Until its current text has been checked, those of an earlier version whose lines still exist."""
        checked, version = self._checked.get(path), self._server.places.version(path)
        if checked is None or not self._server.settings.check or checked.version == version:
            return checked.findings if checked is not None and checked.version == version else ()
        known = self._carried.get(path)
        if known is None or known[0] != version or known[1] is not checked:
            known = self._carried[path] = (version, checked, _carried(checked, self._server.places.lines(path)))
        return known[2]

    def standing(self, path: str) -> object:
        """The version of a document that `findings` come from; None before its first check."""
        checked = self._checked.get(path)
        return checked.version if checked is not None else None

    def forget(self, path: str) -> None:
        """The document was closed."""
        self._checked.pop(path, None)
        self._carried.pop(path, None)

    def forget_all(self) -> None:
        """The project's settings may have changed."""
        self._checked.clear()
        self._carried.clear()
        self.generation += 1

    async def checked(self, path: str) -> None:
        """Waits until the document as it is now has been checked."""
        version, uri = self._server.places.version(path), self._server.places.open_files.get(path)
        if not self._server.settings.check or uri is None or self.standing(path) == version:
            return
        running = self._running.get(path)
        if running is None or running[0] != version or running[1].done():
            document = self._server.workspace.get_text_document(uri)
            if document.language_id not in (None, "", "python"):
                return
            running = self._running[path] = (version, asyncio.ensure_future(self._check(path, document.source, version)))
        await asyncio.shield(running[1])

    async def _check(self, path: str, text: str, version: object) -> None:
        lines = self._server.places.lines(path)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, self._findings, path, text)
        except CausewayError as error:
            if str(error) not in self._reported:
                self._reported.add(str(error))
                self._server.say(str(error), types.MessageType.Warning)
            found = ()
        except RuntimeError:
            return  # The server is shutting down.
        self._checked[path] = Checked(version, lines, found)

    def _findings(self, path: str, text: str) -> tuple[Finding, ...]:
        settings = settings_for(Path(path))
        if len(text) > _LARGEST or settings.excludes(Path(path)):
            return ()
        return tuple(finding for finding in check_source(text, path) if not settings.ignores(finding))


def _carried(checked: Checked, lines: tuple[str, ...]) -> tuple[Finding, ...]:
    """The warnings for a different version, as far as all of their places still exist."""
    if not checked.findings:
        return ()
    moved, found = LineMap(checked.lines, lines), []
    for finding in checked.findings:
        accesses = []
        for access in finding.accesses:
            line, end = moved.now(access.line), moved.now(access.end_line or access.line)
            if line is None or end is None:
                break
            accesses.append(replace(access, line=line, end_line=end if access.end_line is not None else None))
        else:
            found.append(replace(finding, accesses=tuple(accesses)))
    return tuple(found)
