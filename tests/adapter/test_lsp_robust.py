"""Broken recordings, odd files, odd messages: one message or one error reply each, and the server goes on."""

import asyncio
import json
import shutil
import sqlite3

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.adapter.lsp_client import CAUSEWAY, capabilities, editor, record_in
from tests.support.recordings import PROGRAMS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(PROGRAMS / "lost_update.py", folder)
    return record_in(folder, "lost_update.py")


def torn(path, good):
    data = bytearray(good.read_bytes())
    data[4096 * 4 : 4096 * 40] = b"\xff" * (4096 * 36)
    path.write_bytes(data[: len(data) // 2])


def newer(path, good):
    shutil.copy(good, path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.close()


def foreign(path, _good):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE notes (x)")
    database.close()


def no_findings(path, good):
    shutil.copy(good, path)
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE finding SET json = '[1, 2]'")
        database.execute("UPDATE meta SET value = '[\"another\"]' WHERE key = 'command'")
    database.close()


BROKEN = {
    "torn": (torn, "damaged"),
    "newer": (newer, "schema 999"),
    "foreign": (foreign, "not a Causeway recording"),
    "no-findings": (no_findings, "findings that are none"),
    "empty": (lambda path, _good: path.write_bytes(b""), "not a Causeway recording"),
}


async def test_each_broken_recording_is_one_message_and_the_good_one_is_shown(recorded, tmp_path):
    shutil.copytree(recorded.script.parent, tmp_path, dirs_exist_ok=True)
    for name, (breaking, _) in BROKEN.items():
        breaking(tmp_path / ".causeway" / f"{name}.causeway", recorded.path)
    async with editor(tmp_path) as its:
        for name, (_, words) in BROKEN.items():
            assert words in await its.message(f"{name}.causeway")
        uri = its.open(tmp_path / "lost_update.py")
        assert await its.shown(uri, bool), "the good recording beside them is still shown"
        its.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        await its.client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(0, 0)))
        assert len(its.client.messages) == len(BROKEN)


async def test_a_request_that_waits_for_a_locked_recording_can_be_cancelled(recorded, tmp_path):
    shutil.copytree(recorded.script.parent, tmp_path, dirs_exist_ok=True)
    database = sqlite3.connect(tmp_path / ".causeway" / recorded.path.name, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    async with editor(tmp_path) as its:
        uri = its.open(tmp_path / "lost_update.py")
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(11, 6))
        asked = asyncio.ensure_future(its.client.protocol.send_request_async(types.TEXT_DOCUMENT_HOVER, params, msg_id="waiting"))
        await asyncio.sleep(0)  # Lets the request go out.
        its.client.protocol.notify("$/cancelRequest", types.CancelParams("waiting"))
        with pytest.raises(JsonRpcException) as refused:
            await asked
        assert refused.value.code == -32800
        database.execute("ROLLBACK")
        database.close()
        assert await its.shown(uri, bool), "what was being read is read to its end"


async def test_uris_that_are_no_files_and_files_that_are_not_there(recorded):
    async with editor(recorded.script.parent, pull=True) as its:
        for uri in ("untitled:Untitled-1", "vscode-notebook-cell:/x.ipynb#W0", "file:///nowhere/at/all.py", "http://example.invalid/a", "nonsense"):
            document = types.TextDocumentIdentifier(uri)
            assert not (await its.pull(uri)).items
            assert await its.client.text_document_hover_async(types.HoverParams(document, types.Position(3, 3))) is None
            assert not await its.client.text_document_code_lens_async(types.CodeLensParams(document))


@pytest.mark.parametrize("encoding, snake", [(types.PositionEncodingKind.Utf16, 2), (types.PositionEncodingKind.Utf8, 4)])
async def test_positions_are_the_clients_and_lines_end_at_crlf_only(tmp_path, encoding, snake):
    text = (PROGRAMS / "lost_update.py").read_text()
    text = text.replace('"""Two', '"""\U0001f40d\x0c Two')
    text = text.replace("seen = account.balance", "seen = ('\U0001f40d', account.balance)[1]")
    script = tmp_path / "lost_update.py"
    script.write_bytes(text.replace("\n", "\r\n").encode())
    made = record_in(tmp_path, "lost_update.py")
    able = capabilities(pull=False)
    able.general.position_encodings = [encoding]
    async with editor(tmp_path, capabilities=able) as its:
        uri = its.open(script)
        (diagnostic,) = await its.shown(uri, bool)
        assert diagnostic.range.start == types.Position(11, len("    seen = ('") + snake + len("', "))
        assert diagnostic.range.end.character - diagnostic.range.start.character == len("account.balance")
        its.insert(uri, 1, "# one\r\n")
        await its.shown(uri, lambda found: found and found[0].range.start.line == 12)
        found = await its.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(12, diagnostic.range.end.character))
        )
        assert "`balance`" in found.contents.value and found.range.end == types.Position(12, diagnostic.range.end.character)
    assert made.code == 0


async def test_a_file_in_another_encoding(tmp_path):
    text = "# -*- coding: latin-1 -*-\n# caf\xe9\n" + (PROGRAMS / "lost_update.py").read_text()
    script = tmp_path / "lost_update.py"
    script.write_bytes(text.encode("latin-1"))
    record_in(tmp_path, "lost_update.py")
    async with editor(tmp_path) as its:
        (diagnostic,) = await its.shown(script.as_uri(), bool)
        assert diagnostic.range.start == types.Position(13, 11)


async def test_two_workspace_folders_and_one_that_comes_later(recorded, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(recorded.script.parent, other)
    async with editor(recorded.script.parent) as its:
        assert await its.shown(recorded.script.as_uri(), bool)
        assert (other / "lost_update.py").as_uri() not in its.client.diagnostics
        change = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(other.as_uri(), "other")], [])
        its.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
        assert await its.shown((other / "lost_update.py").as_uri(), bool)


async def test_a_client_that_can_do_nothing(recorded):
    async with editor(recorded.script.parent, capabilities=types.ClientCapabilities()) as its:
        (diagnostic,) = await its.shown(its.open(recorded.script), bool)
        assert diagnostic.related_information is None


# The base protocol, spoken by hand.


class Wire:
    """A server process and JSON-RPC without a library."""

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        nothing = asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(str(CAUSEWAY), "lsp", "--stdio", stdin=pipe, stdout=pipe, stderr=nothing)
        return self

    async def __aexit__(self, *_error):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def send(self, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)

    async def receive(self, wanted):
        """The next message for which `wanted` holds."""
        while True:
            length = 0
            while (line := (await self.process.stdout.readline()).strip()) or not length:
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(await self.process.stdout.readexactly(length))
            if wanted(message):
                return message


async def test_malformed_messages_get_the_protocols_errors():
    async with Wire() as wire:
        wire.send(b"{not json")
        assert (await wire.receive(lambda message: "error" in message))["error"]["code"] == -32700
        wire.send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": None}})
        assert "capabilities" in (await wire.receive(lambda message: message.get("id") == 1))["result"]
        wire.send({"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {"nonsense": True}})
        assert (await wire.receive(lambda message: message.get("id") == 2))["error"]["code"] == -32602
        wire.send({"jsonrpc": "2.0", "id": 3, "method": "causeway/frobnicate", "params": {}})
        assert (await wire.receive(lambda message: message.get("id") == 3))["error"]["code"] == -32601
        wire.send({"jsonrpc": "2.0", "id": 4, "method": "shutdown"})
        assert (await wire.receive(lambda message: message.get("id") == 4))["result"] is None
        wire.send({"jsonrpc": "2.0", "method": "exit"})
        assert await wire.process.wait() == 0


async def test_the_server_ends_with_its_client():
    async with Wire() as wire:
        wire.process.stdin.close()
        assert await wire.process.wait() == 0


def test_what_the_client_says_of_watched_recordings_is_looked_at_at_once(monkeypatch):
    """Through the wire it could not be told from the server's own look every few seconds."""
    from causeway_adapter.lsp.server import Server

    server, looks = Server(), []
    monkeypatch.setattr(server.recordings, "refresh", lambda: looks.append("look"))
    change = types.FileEvent("file:///work/.causeway/run.causeway", types.FileChangeType.Created)
    server.protocol.fm.features[types.WORKSPACE_DID_CHANGE_WATCHED_FILES](types.DidChangeWatchedFilesParams([change]))
    assert looks == ["look"]
