"""A message of each kind that a conversation has after `initialize`. The code that reads and writes a kind is made with the first message of it. That
takes 1 to 8 ms of CPU time a kind on a quiet machine, and many times that on a busy one."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

_START = {"line": 0, "character": 0}
_RANGE = {"start": _START, "end": _START}
_URI = "file:///sample.py"
_AT = types.Range(types.Position(0, 0), types.Position(0, 0))
_PLACE = types.Location(_URI, _AT)
_DOCUMENT = {"textDocument": {"uri": _URI}}
_VERSIONED = {"textDocument": {"uri": _URI, "version": 1}}
_SHOWN = {
    "range": _RANGE, "severity": 1, "code": "sample", "codeDescription": {"href": _URI}, "source": "causeway", "message": "", "data": {},
    "relatedInformation": [{"location": {"uri": _URI, "range": _RANGE}, "message": ""}],
}  # fmt: skip
"""A diagnostic, as the client sends it back."""

_DIAGNOSTIC = types.Diagnostic(
    _AT, "", types.DiagnosticSeverity.Warning, "sample", types.CodeDescription(_URI), "causeway",
    related_information=[types.DiagnosticRelatedInformation(_PLACE, "")], data={},
)  # fmt: skip
_COMMAND = types.Command(title="", command="sample", arguments=[{}])
_EDIT = types.WorkspaceEdit(
    changes={_URI: [types.TextEdit(_AT, "")]},
    document_changes=[types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(_URI, 1), [types.TextEdit(_AT, "")])],
)
_ACTION = types.CodeAction(
    "", types.CodeActionKind.QuickFix, [_DIAGNOSTIC], disabled=types.CodeActionDisabled(""), edit=_EDIT, command=_COMMAND
)
_PULLED = types.WorkspaceDiagnosticReport([
    types.WorkspaceFullDocumentDiagnosticReport(_URI, [_DIAGNOSTIC], version=None, result_id="1"),
    types.WorkspaceUnchangedDocumentDiagnosticReport(_URI, result_id="1", version=1),
])

ANSWERED: dict[str, tuple[dict[str, Any] | None, tuple[Any, ...]]] = {
    types.TEXT_DOCUMENT_CODE_ACTION: ({**_DOCUMENT, "range": _RANGE, "context": {"diagnostics": [_SHOWN], "triggerKind": 1}}, ([_ACTION],)),
    types.TEXT_DOCUMENT_DIAGNOSTIC: (
        {**_DOCUMENT, "previousResultId": ""},
        (types.RelatedFullDocumentDiagnosticReport([_DIAGNOSTIC], result_id="1"), types.RelatedUnchangedDocumentDiagnosticReport(result_id="1")),
    ),
    types.TEXT_DOCUMENT_CODE_LENS: (_DOCUMENT, ([types.CodeLens(_AT, _COMMAND)],)),
    types.TEXT_DOCUMENT_HOVER: (
        {**_DOCUMENT, "position": _START}, (types.Hover(types.MarkupContent(types.MarkupKind.Markdown, ""), _AT),),
    ),
    types.TEXT_DOCUMENT_INLAY_HINT: (
        {**_DOCUMENT, "range": _RANGE},
        ([types.InlayHint(types.Position(0, 0), "", tooltip=types.MarkupContent(types.MarkupKind.Markdown, ""), padding_left=True)],),
    ),
    types.TEXT_DOCUMENT_INLINE_VALUE: (
        {**_DOCUMENT, "range": _RANGE, "context": {"frameId": 1, "stoppedLocation": _RANGE}},
        ([types.InlineValueVariableLookup(_AT, True, ""), types.InlineValueEvaluatableExpression(_AT, "")],),
    ),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: (_DOCUMENT, ([types.DocumentLink(_AT, _URI, "")],)),
    types.WORKSPACE_DIAGNOSTIC: ({"previousResultIds": [{"uri": _URI, "value": "1"}]}, (_PULLED,)),
    types.WORKSPACE_SYMBOL: ({"query": ""}, ([types.SymbolInformation(_PLACE, "", types.SymbolKind.Event, container_name="")],)),
    types.WORKSPACE_EXECUTE_COMMAND: ({"command": "sample", "arguments": [{}]}, ({},)),
    types.SHUTDOWN: (None, (None,)),
}  # fmt: skip
"""Requests to the server. By method: parameters, and results of each shape."""

TOLD: dict[str, dict[str, Any] | None] = {
    types.INITIALIZED: {},
    types.TEXT_DOCUMENT_DID_OPEN: {"textDocument": {**_VERSIONED["textDocument"], "languageId": "python", "text": ""}},
    types.TEXT_DOCUMENT_DID_CHANGE: {**_VERSIONED, "contentChanges": [{"range": _RANGE, "text": ""}, {"text": ""}]},
    types.TEXT_DOCUMENT_DID_SAVE: _DOCUMENT,
    types.TEXT_DOCUMENT_DID_CLOSE: _DOCUMENT,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: {"settings": {}},
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: {"changes": [{"uri": _URI, "type": 1}]},
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: {"event": {"added": [{"uri": _URI, "name": ""}], "removed": []}},
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL: {"token": "sample"},
    types.CANCEL_REQUEST: {"id": 1},
    types.SET_TRACE: {"value": "off"},
    types.EXIT: None,
}
"""Notifications to the server: parameters by method."""

SENT: dict[str, tuple[Any, Any]] = {
    types.WORKSPACE_CONFIGURATION: (types.ConfigurationParams([types.ConfigurationItem(section="causeway")]), [{}]),
    types.CLIENT_REGISTER_CAPABILITY: (types.RegistrationParams([types.Registration("", "", {})]), None),
    types.WORKSPACE_DIAGNOSTIC_REFRESH: (None, None),
    types.WORKSPACE_CODE_LENS_REFRESH: (None, None),
    types.WORKSPACE_INLAY_HINT_REFRESH: (None, None),
    types.WORKSPACE_APPLY_EDIT: (types.ApplyWorkspaceEditParams(_EDIT, ""), {"applied": True}),
    types.WINDOW_SHOW_DOCUMENT: (types.ShowDocumentParams(_URI, take_focus=True), {"success": True}),
    types.WINDOW_SHOW_MESSAGE_REQUEST: (types.ShowMessageRequestParams(types.MessageType.Info, "", [types.MessageActionItem("")]), {"title": ""}),
    types.WINDOW_WORK_DONE_PROGRESS_CREATE: (types.WorkDoneProgressCreateParams("sample"), None),
}
"""Requests of the server. By method: parameters, and the result as it comes back."""

SAID: dict[str, Any] = {
    types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: types.PublishDiagnosticsParams(_URI, [_DIAGNOSTIC], 1),
    types.WINDOW_SHOW_MESSAGE: types.ShowMessageParams(types.MessageType.Info, ""),
    types.PROGRESS: types.ProgressParams("sample", types.WorkDoneProgressReport(percentage=1)),
}
"""Notifications of the server: parameters by method."""
