"""A message of each kind that is asked while one edits: the code that reads and writes a kind is made with its first one, which takes up to 70 ms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types

_START = {"line": 0, "character": 0}
_RANGE = {"start": _START, "end": _START}
_AT = types.Range(types.Position(0, 0), types.Position(0, 0))
_DOCUMENT = {"textDocument": {"uri": "file:///sample.py"}}


def _diagnostic() -> types.Diagnostic:
    place = types.DiagnosticRelatedInformation(types.Location("file:///sample.py", _AT), "")
    return types.Diagnostic(_AT, "", code="", code_description=types.CodeDescription(""), related_information=[place], data={})


def _actions() -> list[types.CodeAction]:
    command = types.Command(title="", command="", arguments=[{}])
    edit = types.WorkspaceEdit(changes={"file:///sample.py": [types.TextEdit(_AT, "")]})
    return [types.CodeAction("", kind=types.CodeActionKind.QuickFix, diagnostics=[_diagnostic()], edit=edit, command=command)]


def _report() -> types.RelatedFullDocumentDiagnosticReport:
    return types.RelatedFullDocumentDiagnosticReport(items=[_diagnostic()], result_id="")


SAMPLES: dict[str, tuple[dict[str, Any], Callable[[], Any]]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: ({**_DOCUMENT, "range": _RANGE, "context": {"diagnostics": []}}, _actions),
    types.TEXT_DOCUMENT_DIAGNOSTIC: ({**_DOCUMENT, "previousResultId": ""}, _report),
    types.TEXT_DOCUMENT_CODE_LENS: (_DOCUMENT, lambda: [types.CodeLens(_AT, types.Command(title="", command="", arguments=[{}]))]),
    types.TEXT_DOCUMENT_HOVER: (
        {**_DOCUMENT, "position": _START}, lambda: types.Hover(types.MarkupContent(types.MarkupKind.Markdown, ""), _AT),
    ),
    types.TEXT_DOCUMENT_INLAY_HINT: ({**_DOCUMENT, "range": _RANGE}, lambda: [types.InlayHint(types.Position(0, 0), "")]),
}
"""By method, the parameters of a request and the result of its response."""
