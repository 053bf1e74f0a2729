"""`causeway.travel`: where a debug session is to be opened; opening it is the client's part."""

from __future__ import annotations

from typing import Any

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.subject import Subject


def register(server: Server) -> None:
    """Serves the command."""

    async def travel(*arguments: Any) -> dict[str, Any]:
        subject = Subject.read(arguments)
        loaded = await subject.recording(server)
        finding = subject.finding_in(loaded)
        at = subject.event or (finding.id if finding is not None else "end")
        return {
            "type": "causeway",
            "request": "attach",
            "name": f"Travel: {finding.title}" if finding is not None else f"Travel {loaded.path.name}",
            "recording": str(loaded.path),
            "at": at,
            "finding": finding.id if finding is not None else None,
        }

    server.command("causeway.travel")(travel)
