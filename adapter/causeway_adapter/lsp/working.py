"""Work-done progress, and cancelling by it."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server


class Report:
    """Any thread reports here how much is done, from 0 to 1, and what is being done. Raises JsonRpcRequestCancelled once the user has cancelled or
    the client no longer waits for the result. Costs next to nothing if there is nothing new to show."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._percent, self._message = 0, ""
        self.over = threading.Event()

    def __call__(self, done: float, message: str = "") -> None:
        """Notes it, and shows what is new."""
        if self.over.is_set():
            raise JsonRpcRequestCancelled(f"{self._title}: cancelled")
        percent, words = max(int(done * 100), self._percent), message or self._message
        if (percent, words) != (self._percent, self._message):
            self._percent, self._message = percent, words
            self.show(percent, words)

    def show(self, percent: int, message: str) -> None:
        """Shown nowhere."""


class Shown(Report):
    """One that the client shows under a token."""

    def __init__(self, title: str, server: Server, token: types.ProgressToken) -> None:
        super().__init__(title)
        self._progress, self._token, self._loop = server.work_done_progress, token, asyncio.get_running_loop()

    def show(self, percent: int, message: str) -> None:
        """Sends it."""
        report = types.WorkDoneProgressReport(percentage=percent, message=message or None)
        self._loop.call_soon_threadsafe(self._progress.report, self._token, report)


@asynccontextmanager
async def working(server: Server, title: str, *, show: bool, token: types.ProgressToken | None = None) -> AsyncIterator[Report]:
    """Work-done progress around something slow. Without `show`, or with a client that shows none, nothing is sent."""
    window = server.client_capabilities.window
    if token is None and not (show and window is not None and window.work_done_progress):
        silent = Report(title)
        try:
            yield silent
        finally:
            silent.over.set()
        return
    progress = server.work_done_progress
    if token is None:
        token = str(uuid.uuid4())
        await progress.create_async(token)
    shown = Shown(title, server, token)
    progress.begin(token, types.WorkDoneProgressBegin(title, cancellable=True, percentage=0))
    progress.tokens[token].add_done_callback(lambda _future: shown.over.set())
    try:
        yield shown
    finally:
        shown.over.set()
        if not server.protocol.ended:
            progress.end(token, types.WorkDoneProgressEnd())
        progress.tokens.pop(token, None)
