"""`textDocument/didOpen`."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.places.opened(uri)
        if (path := path_of(uri)) is not None:
            server.recordings.prepare(path)
            server.diagnosing.look(path)

    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
