"""What the first questions about a document would wait for is done when it is opened."""

import asyncio
import shutil
import threading

import pytest
from causeway_adapter.lsp import shelf
from causeway_adapter.lsp.methods import diagnostic
from causeway_adapter.lsp.samples import ANSWERED, TOLD
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.working import working
from lsprotocol import types

from tests.adapter.lsp_client import capabilities, record_in
from tests.support.recordings import PROGRAMS


@pytest.fixture(scope="module")
def server():
    server = Server()
    diagnostic.serve(server)
    return server


def test_a_message_of_each_kind_can_be_read_and_written_beforehand(server):
    served = {*server.protocol.fm.features, types.WORKSPACE_EXECUTE_COMMAND} - {types.INITIALIZE}
    assert served <= set(ANSWERED) | set(TOLD)
    for method, (parameters, _) in ANSWERED.items():
        message = server.protocol.structure_message({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        assert type(message) is types.METHOD_TO_TYPES[method][0]


async def test_no_code_for_messages_is_made_once_the_server_has_been_initialized(tmp_path, monkeypatch):
    """`initialize` makes cattrs drop code that had been made."""
    server, sent, made = Server(), [], []
    monkeypatch.setattr(server.protocol, "_send_data", lambda data: sent.append(server.protocol._write(data)))
    monkeypatch.setattr("cattrs.gen.compile", lambda script, name, *how: made.append(name) or compile(script, name, *how), raising=False)

    server.protocol.warm()
    able = server.protocol._converter.unstructure(capabilities(pull=True))
    folders = [{"uri": tmp_path.as_uri(), "name": tmp_path.name}]
    asked = {"processId": None, "rootUri": None, "capabilities": able, "workspaceFolders": folders}
    message = {"jsonrpc": "2.0", "id": 1, "method": types.INITIALIZE, "params": asked}
    server.protocol.handle_message(server.protocol.structure_message(message))
    initialized = server.protocol.fm.features[types.INITIALIZED](types.InitializedParams())
    initialized.send(None)  # Until it waits for the settings.
    initialized.close()
    assert made and sent
    made.clear()
    server.protocol.warm()
    assert made == []


async def test_a_server_that_has_been_shut_down_no_longer_reports_its_progress(server, monkeypatch):
    sent = []
    monkeypatch.setattr(server.protocol, "_send_data", sent.append)
    monkeypatch.setattr(server.protocol, "client_capabilities", capabilities(pull=True), raising=False)
    async with working(server, "reading", show=True, token="t"):
        assert sent
        sent.clear()
        monkeypatch.setattr(server.protocol, "_shutdown", True)
    assert sent == []


async def test_a_document_is_checked_as_soon_as_it_is_open_also_for_a_client_that_pulls(server, monkeypatch):
    checked = asyncio.Event()

    async def check(path):
        assert path == "/opened.py"
        checked.set()

    monkeypatch.setattr(server.checking, "checked", check)
    monkeypatch.setattr(server.checking, "warnings", lambda _path: ())
    monkeypatch.setattr(server, "pulls_diagnostics", True)
    server.diagnosing.look("/opened.py")
    await checked.wait()


async def test_nobody_waits_for_a_large_recording_that_is_being_read(tmp_path, monkeypatch):
    shutil.copy(PROGRAMS / "lost_update.py", tmp_path)
    script = record_in(tmp_path, "lost_update.py").script
    monkeypatch.setattr(shelf, "_SLOW_BYTES", 0)
    server, again, read = Server(), asyncio.Event(), threading.Event()
    monkeypatch.setattr(server, "workspace_code_lens_refresh", lambda _params: again.set())
    monkeypatch.setattr(server, "working", lambda title, *, show: working(server, title, show=False))
    folder = types.WorkspaceFolder(tmp_path.as_uri(), tmp_path.name)
    for handler, arguments, _ in server.protocol.lsp_initialize(types.InitializeParams(capabilities(pull=False), workspace_folders=[folder])):
        handler(*arguments)
    ask = server.protocol.fm.features
    document = types.TextDocumentIdentifier(script.as_uri())
    row = next(row for row, text in enumerate(script.read_text().splitlines()) if "balance" in text)
    column = script.read_text().splitlines()[row].index("balance")

    async def hover():
        return (await ask[types.TEXT_DOCUMENT_HOVER](types.HoverParams(document, types.Position(row, column)))).contents.value

    held = server.recordings.in_reading_thread(read.wait)
    await server.recordings.settled()
    again.clear()
    assert await ask[types.TEXT_DOCUMENT_CODE_LENS](types.CodeLensParams(document)) == []
    assert "is being read: hover again" in await hover()
    read.set()
    await held
    await again.wait()
    assert await ask[types.TEXT_DOCUMENT_CODE_LENS](types.CodeLensParams(document))
    assert "written" in await hover()
    server.recordings.stop()
