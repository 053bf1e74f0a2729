"""`shutdown`: reading ends."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def shutdown(_params: None) -> None:
        server.recordings.stop()
        server.checking.stop()

    server.feature(types.SHUTDOWN)(shutdown)
