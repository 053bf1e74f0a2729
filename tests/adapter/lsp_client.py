"""A language client for tests: pytest-lsp's, talking to a real `causeway lsp` process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from tests.support.recordings import Recorded, record

CAUSEWAY = Path(sys.executable).with_name("causeway")


def capabilities(*, pull: bool, refresh: bool = True) -> types.ClientCapabilities:
    """Those of Neovim, with pulled diagnostics or without, and with being asked to refresh."""
    found = client_capabilities("neovim@v0.11")
    assert found.text_document is not None and found.workspace is not None and found.window is not None
    found.text_document.diagnostic = types.DiagnosticClientCapabilities(related_document_support=True) if pull else None
    found.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=refresh)
    found.workspace.code_lens = types.CodeLensWorkspaceClientCapabilities(refresh_support=refresh)
    found.workspace.configuration = True
    found.window.work_done_progress = True
    return found


class Editor:
    """What a person has in front of them."""

    def __init__(self, client: LanguageClient, offered: types.ServerCapabilities) -> None:
        self.client = client
        self.offered = offered
        self._versions: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self.choice: str | None = None
        """What the person answers when asked something by buttons."""
        self.questions: list[str] = []
        client.feature(types.WORKSPACE_APPLY_EDIT)(lambda params: types.ApplyWorkspaceEditResult(self.apply(params.edit)))
        client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(lambda params: self._ask(params))

    def text(self, uri: str) -> str:
        """The text of a document as it is in the editor."""
        return self._texts[uri]

    def apply(self, edit: types.WorkspaceEdit) -> bool:
        """Makes an edit; False if it was meant for an older version of a document."""
        changes = [(change.text_document.uri, change.text_document.version, change.edits) for change in edit.document_changes or ()]
        changes += [(uri, None, edits) for uri, edits in (edit.changes or {}).items()]
        if any(version is not None and version != self._versions[uri] for uri, version, _ in changes):
            return False
        for uri, _, edits in changes:
            lines = self._texts[uri].splitlines(keepends=True)
            for each in sorted(edits, key=lambda each: each.range.start.line, reverse=True):
                assert each.range.start.character == each.range.end.character == 0
                lines[each.range.start.line : each.range.end.line] = [each.new_text]
            self.replace(uri, "".join(lines))
        return True

    def _ask(self, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        self.questions.append(params.message)
        return next((each for each in params.actions or () if each.title == self.choice), None)

    def open(self, path: Path, text: str | None = None, language: str = "python") -> str:
        """Opens a file with its text on disk (or another); its URI."""
        uri = path.as_uri()
        self._versions[uri] = 1
        if text is None:
            text = path.read_bytes().decode("utf-8", "replace")
        self._texts[uri] = text
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text)))
        return uri

    def close(self, uri: str) -> None:
        """Closes a file."""
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    def replace(self, uri: str, text: str) -> None:
        """Edits a document: its whole text is another."""
        self._texts[uri] = text
        self.change(uri, types.TextDocumentContentChangeWholeDocument(text))

    def insert(self, uri: str, line: int, text: str) -> None:
        """Types text at the beginning of a line (from 1)."""
        at = types.Position(line - 1, 0)
        self.change(uri, types.TextDocumentContentChangePartial(types.Range(at, at), text))

    def change(self, uri: str, change: Any) -> None:
        """Sends a change."""
        self._versions[uri] += 1
        identity = types.VersionedTextDocumentIdentifier(version=self._versions[uri], uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identity, [change]))

    async def shown(self, uri: str, wanted: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """The pushed diagnostics of a file, once they are as wanted."""
        while not wanted(found := list(self.client.diagnostics.get(uri, []))):
            await self.client.protocol.wait_for_notification_async(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return found

    async def message(self, part: str) -> str:
        """The message to the person that says something, once it has come."""
        while not (found := [each.message for each in self.client.messages if part in each.message]):
            await self.client.protocol.wait_for_notification_async(types.WINDOW_SHOW_MESSAGE)
        return found[0]

    async def pull(self, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
        """A pulled report."""
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=previous)
        )

    async def actions(self, uri: str, line: int, only: list[str] | None = None) -> dict[str, types.CodeAction]:
        """The light bulb on a line (from 1), by title. """
        where = types.Range(types.Position(line - 1, 0), types.Position(line - 1, 200))
        context = types.CodeActionContext(diagnostics=[], only=only)
        found = await self.client.text_document_code_action_async(types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context))
        return {action.title: action for action in found or ()}

    async def execute(self, command: str, **argument: Any) -> Any:
        """Has the server execute a command."""
        return await self.client.workspace_execute_command_async(types.ExecuteCommandParams(command=command, arguments=[argument]))


@asynccontextmanager
async def editor(*folders: Path, pull: bool = False, settings: dict[str, Any] | None = None, **more: Any) -> AsyncIterator[Editor]:
    """An editor with workspace folders, from `initialize` to `exit`; fails if the server ended otherwise than asked."""
    client = make_test_lsp_client()
    # Checking is off unless it is tested: it would warn of the same lines before the recording has been read.
    settings = {"check": {"enabled": False}} | (settings or {})
    client.set_configuration({"causeway": settings})
    client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda _params=None: None)
    await client.start_io(str(CAUSEWAY), "lsp")
    try:
        made = await client.initialize_session(
            types.InitializeParams(
                initialization_options=settings,
                capabilities=more.get("capabilities") or capabilities(pull=pull),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            )
        )
        yield Editor(client, made.capabilities)
        await client.shutdown_session()
        assert client._server is not None and await client._server.wait() == 0
    except BaseException:
        assert client._server is not None
        if client._server.returncode is None:
            client._server.kill()
        raise
    finally:
        await client.stop()


def record_in(folder: Path, script: str) -> Recorded:
    """Records a script of a project into its `.causeway/`."""
    (folder / ".causeway").mkdir(exist_ok=True)
    return record(folder / script, folder / ".causeway", "--force")
