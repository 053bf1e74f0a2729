"""`textDocument/diagnostic`, for clients that pull. No answer waits for a check: it is what is known, and the client is asked to pull again when the
check of the text says otherwise."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server


def register(_server: Server) -> None:
    """Nothing yet: whether the client pulls is known at `initialize`."""


def serve(server: Server) -> None:
    """Serves the method."""

    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        path = path_of(params.text_document.uri)
        if path is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        await server.recordings.settled(at_once=True)
        result_id = server.diagnosing.result_id(path)
        if params.previous_result_id == result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
        return types.RelatedFullDocumentDiagnosticReport(items=server.diagnosing.diagnostics(path), result_id=result_id)

    options = types.DiagnosticOptions(identifier="causeway", inter_file_dependencies=True, workspace_diagnostics=True)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(diagnostic)
