"""`textDocument/didSave`: a good moment to look for new recordings."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.server import Server


def register(server: Server) -> None:
    """Serves the method."""

    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.recordings.refresh()
        if params.text_document.uri.endswith("/pyproject.toml"):
            server.checking.forget_all()
            if server.pulls_diagnostics:
                server.diagnosing.refresh()
            for path in server.places.open_files:
                server.diagnosing.look(path)

    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
