"""`textDocument/codeAction`: travel to a finding, fix it, write its test, or have it left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from causeway_core.lines import PlacedFinding
from lsprotocol import types

from causeway_adapter.lsp.editing import edit_of
from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.places import path_of, shown_path
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.suppressing import comment_for, project_ignoring
from causeway_adapter.lsp.words import kind_words


def register(server: Server) -> None:
    """Serves the method."""

    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        path = path_of(params.text_document.uri)
        if path is None or not _wanted(params.context):
            return []
        await server.recordings.settled(at_once=True)
        actions: list[types.CodeAction] = []
        for diagnostic in server.diagnosing.diagnostics(path):
            if diagnostic.range.start <= params.range.end and params.range.start <= diagnostic.range.end:
                actions += _of_finding(server, diagnostic)
                actions += _suppress(server, path, diagnostic)
        return actions

    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)


def _wanted(context: types.CodeActionContext) -> bool:
    return context.only is None or any(types.CodeActionKind.QuickFix == kind or kind == "" for kind in context.only)


def _of_finding(server: Server, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    """What can be done about a finding of a recording; nothing for a warning of `causeway check`."""
    data: Any = diagnostic.data
    found = server.diagnosing.finding(data)
    if found is None:
        return []
    loaded, finding = found
    actions = [_command(f"Travel to the {kind_words(finding.kind)} ({finding.id})", "causeway.travel", diagnostic)]
    if not finding.can_be_forced:
        return actions
    if (why := _stale(server, loaded, finding)) is None:
        actions.append(_fix(server, loaded, finding, diagnostic))
    elif (refused := _refused(server, f"Find a fix and prove it ({finding.id})", why)) is not None:
        actions.append(refused)
    actions.append(_command(f"Write the regression test ({finding.id})", "causeway.generateTest", diagnostic))
    return actions


def _fix(server: Server, loaded: Loaded, finding: PlacedFinding, diagnostic: types.Diagnostic) -> types.CodeAction:
    """The fix as an edit where it has been proved already, else the command that seeks one."""
    proved = server.proving.proved(loaded, finding.id)
    edit = edit_of(server, loaded, proved.patch) if proved is not None else None
    if proved is None or edit is None:
        return _command(f"Find a fix and prove it ({finding.id})", "causeway.applyFix", diagnostic)
    title = f"Apply the verified fix ({finding.id}): {proved.patch.sentence}"
    return types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], edit=edit, is_preferred=True)


def _stale(server: Server, loaded: Loaded, finding: PlacedFinding) -> str | None:
    """Why no fix can be sought now, None where one can."""
    for path in dict.fromkeys(loaded.local(spot.path) for spot in finding.accesses):
        recorded = loaded.recorded(path)
        if recorded is None or server.places.lines(path) != loaded.sources[recorded]:
            return f"{shown_path(path, str(loaded.folder))} has changed since the recording: record again"
    return None


def _refused(server: Server, title: str, why: str) -> types.CodeAction | None:
    """An action that says why it cannot be taken, for clients that show such."""
    document = server.client_capabilities.text_document
    if document is None or document.code_action is None or not document.code_action.disabled_support:
        return None
    return types.CodeAction(title, kind=types.CodeActionKind.QuickFix, disabled=types.CodeActionDisabled(why))


def _command(title: str, name: str, diagnostic: types.Diagnostic) -> types.CodeAction:
    data: Any = diagnostic.data
    command = types.Command(title=title, command=name, arguments=[{"recording": data["recording"], "finding": data["finding"]}])
    return types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], command=command)


def _suppress(server: Server, path: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    kind, row = str(diagnostic.code), diagnostic.range.start.line
    lines = server.places.lines(path)
    found = []
    comment = comment_for(lines, row + 1, kind)
    if comment is not None:
        end = server.places.end_of(lines, row + 1)
        edit = types.TextEdit(types.Range(end, end), comment)
        found.append(_edit(f"Ignore {kind_words(kind)}s here (add the reason)", diagnostic, server.places.uri(path), edit))
    for folder in Path(path).parents:
        project = folder / "pyproject.toml"
        if project.is_file():
            found += _project(server, str(project), kind, diagnostic)
            break
    return found


def _project(server: Server, project: str, kind: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    lines = server.places.lines(project)
    text = "\n".join(lines)
    changed = project_ignoring(text, kind)
    if changed is None:
        return []
    whole = types.Range(types.Position(0, 0), types.Position(len(lines), 0))
    return [_edit(f"Ignore {kind_words(kind)}s in this project", diagnostic, server.places.uri(project), types.TextEdit(whole, changed))]


def _edit(title: str, diagnostic: types.Diagnostic, uri: str, edit: types.TextEdit) -> types.CodeAction:
    changes = types.WorkspaceEdit(changes={uri: [edit]})
    return types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], edit=changes)
