"""Documents are checked in a process of its own: what it says, and what happens when it ends."""

import asyncio
import threading
from pathlib import Path

import pytest
from causeway_adapter.lsp import checking
from causeway_adapter.lsp.childprocess import AnswerDropped
from causeway_adapter.lsp.expressions import expressions
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.sourceprocess import SourceProcess
from causeway_adapter.lsp.sourcewarning import SourceWarning
from causeway_core.check import check_source
from causeway_core.errors import CausewayError, InternalError
from lsprotocol import types

from tests.adapter.lsp_client import capabilities

TYPED = "import asyncio\nclass Bank:\n  async def add(self, n):\n    seen = self.total\n    await asyncio.sleep(0)\n    self.total = seen + n\n"


@pytest.fixture
def process():
    process = SourceProcess()
    yield process
    process.close()


def test_the_process_says_what_checking_here_would(process, tmp_path):
    path = str(tmp_path / "typed.py")
    expected = tuple(SourceWarning.of(finding) for finding in check_source(TYPED, path))
    assert expected and process.warnings(path, TYPED) == expected
    assert process.warnings(path, "x = 'é'  # \x0c\n" + TYPED)[0].places[0].line == 5
    assert process.expressions(path, TYPED, 1, 6, 6) == expressions(TYPED, 1, 6, 6)


def test_what_the_project_wants_and_its_nonsense(process, tmp_path):
    path, project = str(tmp_path / "typed.py"), tmp_path / "pyproject.toml"
    project.write_text('[tool.causeway]\nignore = ["lost_update"]\n')
    assert process.warnings(path, TYPED) == ()
    project.write_text('[tool.causeway]\nignore = "all"\n')
    with pytest.raises(CausewayError, match=r"tool\.causeway\.ignore must be a list of strings"):
        process.warnings(path, TYPED)
    project.unlink()
    assert process.warnings(path, TYPED)


def test_a_process_that_was_killed_is_an_error_and_the_next_question_starts_another(process, tmp_path):
    process.start()
    process.running.kill()
    with pytest.raises(InternalError, match=r"typed\.py was not checked: .* has ended with code -9"):
        process.warnings(str(tmp_path / "typed.py"), TYPED)
    assert process.warnings(str(tmp_path / "typed.py"), TYPED)


def test_a_question_that_is_dropped_is_not_an_error_and_no_other_is(process, tmp_path):
    path, outdated, current = str(tmp_path / "long.py"), object(), object()
    raised = []

    def ask():
        with pytest.raises(AnswerDropped) as dropped:
            process.warnings(path, TYPED * 20_000, outdated)
        raised.append(dropped.value)

    asking = threading.Thread(target=ask)
    asking.start()
    while not raised:
        process.drop(outdated)
        process.drop(current)
    asking.join()
    process.drop(outdated)
    assert process.warnings(path, TYPED, current)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """An initialized server, and what it has said."""
    server, said = Server(), []
    folder = types.WorkspaceFolder(tmp_path.as_uri(), "checking")
    for handler, arguments, _ in server.protocol.lsp_initialize(types.InitializeParams(capabilities(pull=False), workspace_folders=[folder])):
        handler(*arguments)
    monkeypatch.setattr(server, "say", lambda sentence, *_: said.append(sentence))
    yield server, said
    server.checking.stop()


def opened(server, path: Path, text: str, version: int = 1) -> str:
    """Opens a document, or its next version; its path."""
    server.workspace.put_text_document(types.TextDocumentItem(path.as_uri(), "python", version, text))
    server.places.opened(path.as_uri())
    return str(path)


async def test_a_crash_is_one_message_and_the_next_edit_is_checked(server, tmp_path):
    its, said = server
    path = opened(its, tmp_path / "typed.py", TYPED)
    for version in (1, 2):
        opened(its, tmp_path / "typed.py", TYPED, version)
        its.checking._process.start()
        its.checking._process.running.kill()
        await its.checking.checked(path)
        assert its.checking.warnings(path) == () and len(said) == 1 and "has ended with code -9" in said[0]
    opened(its, tmp_path / "typed.py", TYPED, 3)
    await its.checking.checked(path)
    assert its.checking.warnings(path) and len(said) == 1


async def test_the_check_of_an_outdated_long_text_is_ended(server, tmp_path, monkeypatch):
    its, said = server
    asked, ask = [], its.checking._process.warnings
    begun = threading.Event()

    def noted(path, text, token=None):
        asked.append(text)
        begun.set()
        return ask(path, text, token)

    monkeypatch.setattr(its.checking._process, "warnings", noted)
    monkeypatch.setattr(checking, "_LONG", 0)
    path = opened(its, tmp_path / "typed.py", TYPED * 300)
    first = asyncio.ensure_future(its.checking.checked(path))
    await asyncio.to_thread(begun.wait)
    opened(its, tmp_path / "typed.py", TYPED, 2)
    second = asyncio.ensure_future(its.checking.checked(path))
    await asyncio.sleep(0)
    opened(its, tmp_path / "typed.py", TYPED + "#\n", 3)
    await its.checking.checked(path)
    await asyncio.gather(first, second)
    assert its.checking.warnings(path) and said == []
    assert TYPED + "#\n" in asked
