"""`workspace/didChangeWatchedFiles`: a recording came, changed or went."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_change_watched_files(_params: types.DidChangeWatchedFilesParams) -> None:
        server.recordings.refresh()

    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
