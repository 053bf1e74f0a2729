"""`causeway check` on open documents, in a process of its own. Belongs to the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from causeway_core.errors import CausewayError
from causeway_core.lines import LineMap
from lsprotocol import types

from causeway_adapter.lsp.childprocess import AnswerDropped
from causeway_adapter.lsp.sourceprocess import SourceProcess
from causeway_adapter.lsp.sourcewarning import SourceWarning

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

_LARGEST = 2 << 20
_LONG = 200_000
"""Characters. The check of a longer text takes longer than the process takes to start: it is ended when the text is an outdated one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a document: its version and its lines."""

    version: object
    lines: tuple[str, ...]
    warnings: tuple[SourceWarning, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Check:
    """One check of a version of a document."""

    path: str
    version: object
    text: str


class Checking:
    """The warnings of `check` for each open document. Between an edit and the next check, warnings move with their lines."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._process = SourceProcess()
        self._pool = ThreadPoolExecutor(1, "causeway-check")
        """Its thread waits for the process."""
        self._checked: dict[str, Checked] = {}
        self._carried: dict[str, tuple[object, Checked, tuple[SourceWarning, ...]]] = {}
        self._running: dict[str, tuple[Check, asyncio.Task[None]]] = {}
        self._reported: set[str] = set()
        self.generation = 0

    def start(self) -> None:
        """Has the process start that the first check needs."""
        if self._server.settings.check:
            self._pool.submit(self._process.start)

    def stop(self) -> None:
        """Stops checking."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._process.close()

    def warnings(self, path: str) -> tuple[SourceWarning, ...]:
        """The warnings for a document. Until its current text has been checked, those of an earlier version whose lines still exist."""
        checked, version = self._checked.get(path), self._server.places.version(path)
        if checked is None or not self._server.settings.check or checked.version == version:
            return checked.warnings if checked is not None and checked.version == version else ()
        known = self._carried.get(path)
        if known is None or known[0] != version or known[1] is not checked:
            known = self._carried[path] = (version, checked, _carried(checked, self._server.places.lines(path)))
        return known[2]

    def standing(self, path: str) -> object:
        """The version of a document that `warnings` come from; None before its first check."""
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
        if running is None or running[0].version != version or running[1].done():
            document = self._server.workspace.get_text_document(uri)
            if document.language_id not in (None, "", "python"):
                return
            if running is not None and len(running[0].text) > _LONG:
                self._process.drop(running[0])
            check = Check(path, version, document.source)
            running = self._running[path] = (check, asyncio.ensure_future(self._check(check)))
        await asyncio.shield(running[1])

    async def _check(self, check: Check) -> None:
        lines = self._server.places.lines(check.path)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, check)
        except CausewayError as error:
            if str(error) not in self._reported:
                self._reported.add(str(error))
                self._server.say(str(error), types.MessageType.Warning)
            found = ()
        except (AnswerDropped, RuntimeError):
            return  # There is a newer text, or the server is shutting down.
        self._checked[check.path] = Checked(check.version, lines, found)

    def _ask(self, check: Check) -> tuple[SourceWarning, ...]:
        """In the thread."""
        if self._running[check.path][0] is not check:
            raise AnswerDropped
        return self._process.warnings(check.path, check.text, check) if len(check.text) <= _LARGEST else ()

    async def expressions(self, path: str, text: str, first: int, last: int, stopped: int) -> list[tuple[str, int, int, int]]:
        """See `expressions.expressions`; nothing where the process cannot say."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._process.expressions, path, text, first, last, stopped)
        except (CausewayError, AnswerDropped, RuntimeError):
            return []


def _carried(checked: Checked, lines: tuple[str, ...]) -> tuple[SourceWarning, ...]:
    """The warnings for a different version, as far as all of their places still exist."""
    if not checked.warnings:
        return ()
    moved, found = LineMap(checked.lines, lines), []
    for warning in checked.warnings:
        places = []
        for place in warning.places:
            line, end = moved.now(place.line), moved.now(place.end_line or place.line)
            if line is None or end is None:
                break
            places.append(replace(place, line=line, end_line=end if place.end_line is not None else None))
        else:
            found.append(replace(warning, places=tuple(places)))
    return tuple(found)
