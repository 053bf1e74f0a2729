"""`causeway.analyze`: looks through a recording for races again; its findings are then shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from causeway_core.analysis import analyze as analyze_recording
from causeway_core.errors import CausewayError
from causeway_core.storage import Recording
from pygls.exceptions import JsonRpcInvalidParams

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.subject import Subject
from causeway_adapter.lsp.working import Report


def register(server: Server) -> None:
    """Serves the command."""

    async def analyze(*arguments: Any) -> dict[str, Any]:
        subject = Subject.read(arguments)
        loaded = await subject.recording(server)
        async with server.working(f"Analysing {loaded.path.name}", show=True) as report:
            try:
                count = await asyncio.to_thread(_analyze, loaded.path, report)
            except CausewayError as error:
                raise JsonRpcInvalidParams(str(error)) from error
        server.recordings.refresh()
        return {"recording": str(loaded.path), "findings": count}

    server.command("causeway.analyze")(analyze)


def _analyze(path: Path, report: Report) -> int:
    with Recording.open(path) as recording:
        return len(analyze_recording(recording, progress=lambda _stage, done: report(done)))
