"""`causeway/cost`: how much has been recorded. Not in the protocol; clients that do not know it lose nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """`events`: records of the recording; `bytes`: of its file. While a program runs its recorder answers instead, with what there is so far."""
    recording = conversation.session.recording
    return cost(recording.meta.events, recording.path)


def cost(events: int, path: Path, spool: Path | None = None) -> Reply:
    """The answer: so many events, and the bytes of the recording's files and of what is still in the spool."""
    files = [path, path.with_name(f"{path.name}-wal"), *(spool.iterdir() if spool is not None and spool.is_dir() else ())]
    return Reply({"events": events, "bytes": sum(_size(file) for file in files)})


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
