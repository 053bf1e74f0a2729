"""`textDocument/codeAction`: travel to a finding, or have it left out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.suppressing import comment_for, project_ignoring
from causeway_adapter.lsp.words import kind_words


def register(server: Server) -> None:
    """Serves the method."""

    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        path = path_of(params.text_document.uri)
        if path is None or not _wanted(params.context):
            return []
        await server.recordings.settled()
        actions: list[types.CodeAction] = []
        for diagnostic in server.diagnosing.diagnostics(path):
            if diagnostic.range.start <= params.range.end and params.range.start <= diagnostic.range.end:
                actions += _travel(diagnostic)
                actions += await _suppress(server, path, diagnostic)
        return actions

    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)


def _wanted(context: types.CodeActionContext) -> bool:
    return context.only is None or any(types.CodeActionKind.QuickFix == kind or kind == "" for kind in context.only)


def _travel(diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    data: Any = diagnostic.data
    if "recording" not in data:
        return []
    title = f"Travel to the {kind_words(data['kind'])} ({data['finding']})"
    argument = {"recording": data["recording"], "finding": data["finding"]}
    command = types.Command(title=title, command="causeway.travel", arguments=[argument])
    return [types.CodeAction(title, kind=types.CodeActionKind.QuickFix, diagnostics=[diagnostic], command=command)]


async def _suppress(server: Server, path: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
    kind, row = str(diagnostic.code), diagnostic.range.start.line
    lines = server.places.lines(path)
    found = []
    comment = await asyncio.to_thread(comment_for, list(lines), row + 1, kind)
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
