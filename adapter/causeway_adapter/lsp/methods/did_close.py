"""`textDocument/didClose`: from now on the file is what is on disk."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.places.closed(params.text_document.uri)
        if (path := path_of(params.text_document.uri)) is not None:
            server.checking.forget(path)
            server.diagnosing.publish(path)

    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
