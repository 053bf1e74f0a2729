"""`initialize`: the settings in it, and how this client gets diagnostics."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.documents import Documents
from causeway_adapter.lsp.methods import diagnostic, workspace_diagnostic
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.settings import Settings


def register(server: Server) -> None:
    """Serves the method."""

    def initialize(params: types.InitializeParams) -> None:
        given = server.protocol.workspace
        folders = list(given.folders.values())
        server.protocol._workspace = Documents(given.root_uri, types.TextDocumentSyncKind.Incremental, folders, given.position_encoding)
        server.settings = Settings.read(params.initialization_options)
        document, workspace = params.capabilities.text_document, params.capabilities.workspace
        # Push or pull, never both: the methods to pull with exist only for clients that do. One that cannot be asked to pull again
        # (Neovim 0.11) would show a new recording's findings only after the next keystroke: it is pushed to.
        again = workspace is not None and workspace.diagnostics is not None and bool(workspace.diagnostics.refresh_support)
        server.pulls_diagnostics = document is not None and document.diagnostic is not None and again
        if server.pulls_diagnostics:
            diagnostic.serve(server)
            workspace_diagnostic.serve(server)

    server.feature(types.INITIALIZE)(initialize)
