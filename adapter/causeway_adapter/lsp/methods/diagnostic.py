"""`textDocument/diagnostic`, for clients that pull. Only a file's first answer waits for its check: after an edit the answer is what is
known, and the client is asked to pull again when the check of the new text says otherwise."""

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
        if server.checking.standing(path) is None:
            await server.checking.checked(path)
        result_id = server.diagnosing.result_id(path)
        if params.previous_result_id == result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
        return types.RelatedFullDocumentDiagnosticReport(items=server.diagnosing.diagnostics(path), result_id=result_id)

    options = types.DiagnosticOptions(identifier="causeway", inter_file_dependencies=True, workspace_diagnostics=True)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(diagnostic)
