"""`workspace/diagnostic`: every file that has findings, open or not."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server


def register(_server: Server) -> None:
    """Nothing yet: whether the client pulls is known at `initialize`."""


def serve(server: Server) -> None:
    """Serves the method."""

    async def workspace_diagnostic(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        await server.recordings.settled(at_once=True)
        known = {path_of(each.uri): each.value for each in params.previous_result_ids}
        paths = {*server.diagnosing.files(), *(path for path in known if path is not None)}
        for path in paths & server.places.open_files.keys():
            if server.checking.standing(path) is None:
                await server.checking.checked(path)
        return types.WorkspaceDiagnosticReport([report(path, known.get(path)) for path in sorted(paths)])

    def report(path: str, previous: str | None) -> types.WorkspaceDocumentDiagnosticReport:
        uri, result_id = server.places.uri(path), server.diagnosing.result_id(path)
        document = server.places.open_files.get(path)
        version = server.workspace.get_text_document(document).version if document else None
        if previous == result_id:
            return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=result_id, version=version)
        return types.WorkspaceFullDocumentDiagnosticReport(
            uri=uri, items=server.diagnosing.diagnostics(path), result_id=result_id, version=version
        )

    server.feature(types.WORKSPACE_DIAGNOSTIC)(workspace_diagnostic)
