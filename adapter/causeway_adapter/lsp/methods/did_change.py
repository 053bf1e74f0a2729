"""`textDocument/didChange`: nothing is computed while somebody types."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        if (path := path_of(params.text_document.uri)) is not None:
            server.diagnosing.edited(path)

    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
