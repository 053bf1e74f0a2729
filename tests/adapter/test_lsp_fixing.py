"""Light bulb and commands that run the program again: the fix that is proved, the regression test."""

import ast
import asyncio
import subprocess
import sys

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.adapter.lsp_client import capabilities, editor, record_in

TILL = """\
import asyncio


class Till:
    def __init__(self):
        self.total = 0

    async def sell(self, price):
        # one by one
        self.total = await self.add(self.total, price)

    async def add(self, total, price):
        await asyncio.sleep(0)
        return total + price


async def main():
    till = Till()
    await asyncio.gather(till.sell(1), till.sell(2))
    return till.total


if __name__ == "__main__":
    print(asyncio.run(main()))
"""
RACE = TILL.splitlines().index("        self.total = await self.add(self.total, price)") + 1
SEEK, WRITE = "Find a fix and prove it (F1)", "Write the regression test (F1)"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def capable():
    able = capabilities(pull=False)
    able.text_document.code_action.disabled_support = True
    able.workspace.workspace_edit.document_changes = True
    able.window.show_document = types.ShowDocumentClientCapabilities(support=True)
    return able


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "till.py").write_text(TILL)
    record_in(folder, "till.py")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def its(folder):
    async with editor(folder, capabilities=capable()) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def uri(its, folder):
    uri = its.open(folder / "till.py")
    await its.shown(uri, bool)
    yield uri
    its.close(uri)


async def executed(its, action):
    """Has the command of an action executed; lsprotocol reads an action that has a command as a Command whose name is that command's text."""
    command = ast.literal_eval(action.command)
    return await its.execute(command["command"], **command["arguments"][0])


async def test_a_fix_is_proved_and_applied_and_known_from_then_on(its, uri, tmp_path):
    done = await executed(its, (await its.actions(uri, RACE))[SEEK])
    assert done["applied"]
    now = its.text(uri)
    assert now != TILL and "# one by one\n" in now
    (tmp_path / "till.py").write_text(TILL)
    subprocess.run(["git", "apply"], input=done["diff"], cwd=tmp_path, text=True, check=True)
    assert (tmp_path / "till.py").read_text() == now, "the edit is the patch, and nothing else"
    assert "F1 is fixed" in await its.message("F1 is fixed")
    (reports,) = (each for each in its.client.progress_reports.values() if "Seeking a fix of F1" in str(each))
    assert any("trying" in (each.message or "") for each in reports)

    its.replace(uri, TILL)
    known = next(action for title, action in (await its.actions(uri, RACE)).items() if title.startswith("Apply the verified fix (F1): "))
    assert known.is_preferred
    its.replace(uri, TILL)
    assert not its.apply(known.edit), "an edit is for the version that it was made for"
    known = next(action for title, action in (await its.actions(uri, RACE)).items() if title == known.title)
    assert its.apply(known.edit) and its.text(uri) == now


async def test_what_has_changed_since_is_not_fixed(its, uri):
    its.replace(uri, TILL.replace("# one by one", "# one after the other"))
    refused = (await its.actions(uri, RACE))[SEEK]
    assert refused.disabled.reason == "till.py has changed since the recording: record again"


async def test_a_test_is_written_opened_and_fails(its, uri, folder):
    done = await executed(its, (await its.actions(uri, RACE))[WRITE])
    written = folder / "test_no_update_of_till_total_is_lost.py"
    assert done["written"] and done["file"] == str(written) and its.client.shown_documents[-1].uri == written.as_uri()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", written]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 1 and "assert" in ran.stdout
    again = await its.execute("causeway.generateTest", finding="F1")
    assert again["file"] == str(folder / "test_no_update_of_till_total_is_lost_2.py"), "nothing is overwritten"


async def test_nothing_is_sought_without_a_finding(its):
    for command in ("causeway.applyFix", "causeway.generateTest"):
        with pytest.raises(JsonRpcException, match="needs a finding"):
            await its.execute(command)


async def test_a_program_is_run_again_only_when_the_person_says_so_and_ends_when_they_cancel(tmp_path):
    """The program stays in its re-run until it is killed: without cancelling, the command would not end within the test's time."""
    held = TILL.replace("    till = Till()\n", "    till = Till()\n    stay_if_run_again()\n").replace("import asyncio\n", HELD, 1)
    (tmp_path / "till.py").write_text(held)
    record_in(tmp_path, "till.py")
    async with editor(tmp_path, capabilities=capable()) as its:
        await its.shown(its.open(tmp_path / "till.py"), bool)
        assert await its.execute("causeway.applyFix", finding="F1") == {"applied": False, "reason": "the program was not to run"}
        assert "it may read standard input (till.py:" in its.questions[0]

        its.choice = "Run it"
        asked = asyncio.ensure_future(its.execute("causeway.applyFix", finding="F1"))
        its.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(await begun(its)))
        await is_cancelled(asked)

        its.client.progress_reports.clear()
        params = types.ExecuteCommandParams(command="causeway.applyFix", arguments=[{"finding": "F1"}])
        asked = asyncio.ensure_future(its.client.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id="seeking"))
        await begun(its)
        its.client.protocol.notify("$/cancelRequest", types.CancelParams("seeking"))
        await is_cancelled(asked)


HELD = """\
import asyncio
import os
import threading


def stay_if_run_again():
    if "CAUSEWAY_ORDER" in os.environ:
        threading.Event().wait(300)


def unused():
    return input()
"""


async def begun(its):
    """The token of the progress, once it is shown."""
    while not (found := [token for token, reports in its.client.progress_reports.items() if reports]):
        await its.client.protocol.wait_for_notification_async(types.PROGRESS)
    return found[0]


async def is_cancelled(asked):
    with pytest.raises(JsonRpcException) as refused:
        await asked
    assert refused.value.code == -32800
