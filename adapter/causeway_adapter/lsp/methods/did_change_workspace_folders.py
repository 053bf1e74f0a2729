"""`workspace/didChangeWorkspaceFolders`: folders bring and take their recordings."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_change_workspace_folders(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.recordings.refresh()

    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)
