"""Progress of long work, for clients that show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Event

LARGE = 50_000_000
"""Bytes from which opening is worth a progress message."""


@contextmanager
def opening(conversation: Conversation, path: Path) -> Iterator[None]:
    """Announce that a large recording is being opened, and that it is done, whatever happens in between."""
    shown = bool(conversation.client.get("supportsProgressReporting")) and path.is_file() and path.stat().st_size > LARGE
    if shown:
        conversation.emit(Event("progressStart", {"progressId": "open", "title": f"Opening {path.name}", "cancellable": False}))
    try:
        yield
    finally:
        if shown:
            conversation.emit(Event("progressEnd", {"progressId": "open"}))
