"""Findings of recordings as diagnostics, pushed and pulled, on files as they were and as they are now."""

import re
import shutil

import pytest
from lsprotocol import types
from pygls.uris import to_fs_path

from tests.adapter.lsp_client import capabilities, editor, record_in
from tests.support.recordings import PROGRAMS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(PROGRAMS / "lost_update.py", folder)
    return record_in(folder, "lost_update.py")


@pytest.fixture
def folder(recorded, tmp_path):
    """A project of one's own: the script and its recording, which was made in another folder."""
    shutil.copytree(recorded.script.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path


def lines_of(diagnostic):
    return [information.location.range.start.line + 1 for information in diagnostic.related_information]


async def test_a_racing_line_carries_a_pushed_warning_with_both_sides(recorded):
    folder = recorded.script.parent
    async with editor(folder) as its:
        assert its.offered.diagnostic_provider is None, "push or pull, never both"
        (diagnostic,) = await its.shown(its.open(recorded.script), bool)
    assert diagnostic.severity == types.DiagnosticSeverity.Warning
    assert diagnostic.code == "lost_update" and diagnostic.source == "causeway"
    sentence, values = diagnostic.message.splitlines()
    assert sentence.endswith("one update is lost")
    assert re.fullmatch(r"Account.balance in this run: task Task-\d read 100, task Task-\d wrote 90, task Task-\d wrote 80\.", values)
    read = recorded.line("read")
    assert diagnostic.range == types.Range(types.Position(read - 1, 11), types.Position(read - 1, 26))
    write = recorded.line("write")
    assert lines_of(diagnostic) == [write, write, recorded.line("await"), recorded.line("gather"), recorded.line("gather"), read]
    words = [information.message for information in diagnostic.related_information]
    assert words[0].startswith("write by task Task-") and words[0].endswith(": 90")
    assert words[2].startswith("window: the await at")
    assert words[3].endswith("was created here") and words[3] != words[4]
    assert "asyncio.Lock" in words[5]
    page, _, line = diagnostic.code_description.href.partition("#L")
    with open(to_fs_path(page)) as file:
        assert file.read().splitlines()[int(line) - 1] == "### `lost_update`"


async def test_files_that_are_not_open_are_diagnosed_too_also_when_the_project_was_recorded_elsewhere(folder, recorded):
    async with editor(folder) as its:
        assert await its.shown((folder / "lost_update.py").as_uri(), bool)
        assert recorded.script.as_uri() not in its.client.diagnostics


async def test_a_warning_goes_along_with_its_code(recorded):
    text = recorded.script.read_text()
    async with editor(recorded.script.parent) as its:
        uri = its.open(recorded.script)
        await its.shown(uri, bool)
        its.insert(uri, 1, "# one\n# two\n")
        (diagnostic,) = await its.shown(uri, lambda found: found and found[0].range.start.line == recorded.line("read") + 1)
        assert lines_of(diagnostic)[0] == recorded.line("write") + 2
        assert "has changed" not in diagnostic.message
        its.replace(uri, text.replace("account.balance = seen - amount", "account.balance -= amount"))
        (diagnostic,) = await its.shown(uri, lambda found: found and "has changed" in found[0].message)
        assert diagnostic.severity == types.DiagnosticSeverity.Information, "the other side is not what it was"
        assert recorded.line("write") not in lines_of(diagnostic)
        its.replace(uri, text.replace("seen = account.balance", "seen = 100"))
        assert await its.shown(uri, lambda found: not found) == []


async def test_a_new_recording_replaces_the_warnings_of_the_one_before(tmp_path):
    script = tmp_path / "lost_update.py"
    shutil.copy(PROGRAMS / "lost_update.py", script)
    async with editor(tmp_path) as its:
        uri = its.open(script)
        record_in(tmp_path, "lost_update.py")
        await its.shown(uri, bool)
        script.write_text(script.read_text().replace("    await asyncio.sleep", "    pass  # await asyncio.sleep"))
        record_in(tmp_path, "lost_update.py")
        its.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        assert await its.shown(uri, lambda found: not found) == []


async def test_pull_clients_pull_and_are_pushed_nothing(recorded):
    async with editor(recorded.script.parent, pull=True) as its:
        assert its.offered.diagnostic_provider.workspace_diagnostics
        ask = its.client.workspace_diagnostic_async
        (report,) = (await ask(types.WorkspaceDiagnosticParams(previous_result_ids=[]))).items
        assert report.uri == recorded.script.as_uri() and [item.code for item in report.items] == ["lost_update"], "files that are not open too"
        previous = [types.PreviousResultId(report.uri, report.result_id)]
        (again,) = (await ask(types.WorkspaceDiagnosticParams(previous_result_ids=previous))).items
        assert again.kind == "unchanged"
        uri = its.open(recorded.script)
        report = await its.pull(uri)
        assert [item.code for item in report.items] == ["lost_update"]
        again = await its.pull(uri, report.result_id)
        assert again.kind == "unchanged" and again.result_id == report.result_id
        its.insert(uri, 1, "\n")
        moved = await its.pull(uri, report.result_id)
        assert moved.items[0].range.start.line == recorded.line("read") and moved.result_id != report.result_id
        assert its.client.diagnostics == {}


async def test_the_settings_choose_what_is_shown(recorded):
    async with editor(recorded.script.parent, settings={"diagnostics": {"minimumTier": "confirmed"}}, pull=True) as its:
        uri = its.open(recorded.script)
        assert not (await its.pull(uri)).items
        its.client.set_configuration({"causeway": {"diagnostics": {"minimumTier": "likely"}}})
        its.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({}))
        while not (await its.pull(uri)).items:
            pass


TYPED = "import asyncio\nclass Bank:\n  async def add(self, n):\n    seen = self.total\n    await asyncio.sleep(0)\n    self.total = seen + n\n"


async def test_after_an_edit_a_pull_gets_what_is_known_and_is_asked_again_when_that_has_changed(tmp_path):
    async with editor(tmp_path, settings={"check": {"enabled": True}}, pull=True) as its:
        uri = its.open(tmp_path / "typed.py", TYPED)
        # No pull waits for the first check: the client is asked to pull again then, and once more because the folder has been looked through.
        while its.client.diagnostic_refresh_count < 2:
            await its.pull(uri)
        report = await its.pull(uri)
        assert [item.range.start.line for item in report.items] == [3]
        asked = its.client.diagnostic_refresh_count
        its.insert(uri, 1, "# moved\n")
        carried = await its.pull(uri, report.result_id)
        assert [item.range.start.line for item in carried.items] == [4]
        its.replace(uri, TYPED.replace("seen + n", "n"))
        assert not (await its.pull(uri)).items, "a line of it is another"
        assert its.client.diagnostic_refresh_count == asked
        its.replace(uri, TYPED + TYPED.replace("Bank", "Till"))
        while its.client.diagnostic_refresh_count == asked:
            known = await its.pull(uri)
        now = await its.pull(uri, known.result_id)
        assert now.kind == "unchanged" or [item.range.start.line for item in now.items] == [3, 9]
        assert [item.range.start.line for item in (await its.pull(uri)).items] == [3, 9]


async def test_a_client_that_cannot_be_asked_to_pull_again_is_pushed_to(tmp_path):
    shutil.copy(PROGRAMS / "lost_update.py", tmp_path)
    async with editor(tmp_path, capabilities=capabilities(pull=True, refresh=False)) as its:
        assert its.offered.diagnostic_provider is None
        uri = its.open(tmp_path / "lost_update.py")
        record_in(tmp_path, "lost_update.py")
        assert await its.shown(uri, bool), "a new recording, and nobody has typed"
