"""Large recordings are read in a process of their own, and requests are answered meanwhile."""

import asyncio
import shutil
import sqlite3
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from causeway_adapter.lsp import shelf
from causeway_adapter.lsp.loading import RecordingReader
from causeway_adapter.lsp.readingprocess import ReadingProcess
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.working import working
from causeway_core.errors import NotARecording, RecordingError
from causeway_core.lines import Revision
from lsprotocol import types
from pygls.exceptions import JsonRpcRequestCancelled

from tests.adapter.lsp_client import capabilities, record_in
from tests.support.recordings import PROGRAMS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading")
    shutil.copy(PROGRAMS / "lost_update.py", folder)
    return record_in(folder, "lost_update.py")


@pytest.fixture
def process():
    process = ReadingProcess()
    yield process
    process.close()


def revision_of(path):
    status = path.stat()
    return Revision(path, status.st_mtime_ns, status.st_size)


def running(process):
    """The number of the other process, which tests may end."""
    return process.running.pid


def test_what_the_process_reads_is_what_a_thread_reads(recorded, process):
    revision, source, reported = revision_of(recorded.path), str(recorded.script), []
    here = RecordingReader()
    assert process.load(revision, recorded.script.parent) == here.load(revision, recorded.script.parent)
    assert process.facts(revision, source, reported.append) == here.facts(revision, source, lambda done: None)
    assert reported[-1] == 1 and process.facts(revision, "/nowhere.py", reported.append) is None
    here.keep(())


def test_the_process_stays_until_no_recording_is_large(recorded, process):
    revision = revision_of(recorded.path)
    process.load(revision, recorded.script.parent)
    first = running(process)
    process.keep({revision.key})
    process.load(revision, recorded.script.parent)
    assert running(process) == first
    process.keep(())
    assert process.running is None
    assert process.load(revision, recorded.script.parent).findings


def test_what_is_wrong_with_a_recording_is_said_in_the_server(recorded, process, tmp_path):
    broken = tmp_path / "broken.causeway"
    broken.write_bytes(b"no recording" * 100)
    with pytest.raises(NotARecording, match=r"broken\.causeway"):
        process.load(revision_of(broken), tmp_path)
    locked = shutil.copy(recorded.path, tmp_path / "locked.causeway")
    database = sqlite3.connect(locked, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RecordingError) as refused:
        process.load(revision_of(locked), tmp_path)
    assert refused.value.__cause__.sqlite_errorname == "SQLITE_BUSY"
    database.execute("ROLLBACK")
    database.close()
    assert process.load(revision_of(Path(locked)), tmp_path).findings


def test_a_process_that_was_killed_is_an_error_and_the_next_question_starts_another(recorded, process):
    revision, source = revision_of(recorded.path), str(recorded.script)
    process.load(revision, recorded.script.parent)
    process.running.kill()
    with pytest.raises(RecordingError, match="has ended with code -9"):
        process.facts(revision, source, lambda done: None)
    assert process.facts(revision, source, lambda done: None).functions


def test_cancelling_ends_the_reading(recorded, process):
    revision, source = revision_of(recorded.path), str(recorded.script)

    def cancel(done):
        raise JsonRpcRequestCancelled("Reading: cancelled")

    with pytest.raises(JsonRpcRequestCancelled):
        process.facts(revision, source, cancel)
    assert process.running is None
    assert process.facts(revision, source, lambda done: None).functions


@pytest.fixture
def server(recorded, monkeypatch):
    """A server, which has been initialized, to which every recording is large, and what it has said."""
    monkeypatch.setattr(shelf, "_SLOW_BYTES", 0)
    server = Server()
    folder = types.WorkspaceFolder(recorded.script.parent.as_uri(), "reading")
    for handler, arguments, _ in server.protocol.lsp_initialize(types.InitializeParams(capabilities(pull=True), workspace_folders=[folder])):
        handler(*arguments)
    monkeypatch.setattr(server, "workspace_diagnostic_refresh", lambda _params: None)
    monkeypatch.setattr(server, "workspace_code_lens_refresh", lambda _params: None)
    yield server
    server.recordings.stop()
    server.checking.stop()


def row_and_column(script, word):
    lines = script.read_text().splitlines()
    row = next(row for row, text in enumerate(lines) if word in text)
    return types.Position(row, lines[row].index(word))


async def test_nothing_waits_for_the_first_large_recording(recorded, server, monkeypatch):
    let_go, load = threading.Event(), server.recordings._process.load

    def held(*arguments):
        let_go.wait()
        return load(*arguments)

    monkeypatch.setattr(server.recordings._process, "load", held)
    monkeypatch.setattr(server, "working", lambda title, *, show: working(server, title, show=False))
    ask, document = server.protocol.fm.features, types.TextDocumentIdentifier(recorded.script.as_uri())
    server.recordings.refresh()
    actions = types.CodeActionParams(document, types.Range(types.Position(0, 0), types.Position(100, 0)), types.CodeActionContext([]))
    assert await ask[types.TEXT_DOCUMENT_CODE_ACTION](actions) == []
    assert await ask[types.TEXT_DOCUMENT_CODE_LENS](types.CodeLensParams(document)) == []
    assert not (await ask[types.TEXT_DOCUMENT_DIAGNOSTIC](types.DocumentDiagnosticParams(document))).items
    hover = await ask[types.TEXT_DOCUMENT_HOVER](types.HoverParams(document, row_and_column(recorded.script, "balance")))
    assert hover.contents.value.startswith("a large recording is being read: hover again")
    let_go.set()
    assert await server.recordings.settled()
    assert await ask[types.TEXT_DOCUMENT_CODE_ACTION](actions)
    assert (await ask[types.TEXT_DOCUMENT_DIAGNOSTIC](types.DocumentDiagnosticParams(document))).items


async def test_cancelled_reading_is_not_complained_about(recorded, server, monkeypatch):
    said = []
    monkeypatch.setattr(server, "say", lambda sentence, *_: said.append(sentence))

    @asynccontextmanager
    async def cancelled(title, *, show):
        async with working(server, title, show=False) as report:
            report.over.set()
            yield report

    monkeypatch.setattr(server, "working", cancelled)
    await server.recordings.settled()
    task = server.recordings.prepare(str(recorded.script))
    assert await asyncio.wait_for(task, None) is None and said == []
