"""`initialize`: settings that come with it, and how this client is told of diagnostics."""

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
        document = params.capabilities.text_document
        # Push or pull, never both: the methods to pull with exist only for clients that do.
        server.pulls_diagnostics = document is not None and document.diagnostic is not None
        if server.pulls_diagnostics:
            diagnostic.serve(server)
            workspace_diagnostic.serve(server)

    server.feature(types.INITIALIZE)(initialize)
