"""What the server says of runs and values: lenses, hovers, hints, inline values, actions, symbols, links, commands."""

import ast
import shutil
import subprocess

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.adapter.lsp_client import CAUSEWAY, editor, record_in
from tests.support.recordings import PROGRAMS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(PROGRAMS / "lost_update.py", folder)
    (folder / "pyproject.toml").write_text('[project]\nname = "bank"\n\n[tool.causeway]\nexclude = ["vendor"]\n\n[tool.ruff]\nline-length = 100\n')
    return record_in(folder, "lost_update.py")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def its(recorded):
    async with editor(recorded.script.parent, settings={"inlayHints": {"enabled": True}, "check": {"enabled": True}}) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def uri(its, recorded):
    uri = its.open(recorded.script)
    yield uri
    its.close(uri)


def document(uri):
    return types.TextDocumentIdentifier(uri)


def whole(lines=100):
    return types.Range(types.Position(0, 0), types.Position(lines, 0))


async def hover(its, uri, line, column):
    found = await its.client.text_document_hover_async(types.HoverParams(document(uri), types.Position(line - 1, column)))
    return found.contents.value if found else None


async def lenses(its, uri):
    found = await its.client.text_document_code_lens_async(types.CodeLensParams(document(uri)))
    return {(lens.range.start.line + 1, lens.command.title): lens.command for lens in found}


async def test_lenses_say_how_often_a_function_ran_and_lead_to_the_race(its, uri, recorded):
    found = await lenses(its, uri)
    head = recorded.line("read") - 1
    assert (head, "ran twice in 2 actors") in found
    race = found[head, "2 actors at Account.balance: travel to the lost update"]
    assert race.command == "causeway.travel" and race.arguments[0]["finding"] == "F1"
    assert not any(line == 6 for line, _ in found), "class bodies have no lens"


async def test_a_lens_says_when_its_function_has_changed_since(its, uri, recorded):
    its.insert(uri, recorded.line("after"), "    # more\n")
    assert (recorded.line("read") - 1, "ran twice in 2 actors") in await lenses(its, uri), "a line between others is no change of what ran"
    its.replace(uri, recorded.script.read_text().replace("return account.balance", "return 0"))
    assert (recorded.line("read") - 1, "ran twice in 2 actors (changed since)") in await lenses(its, uri)


async def test_hover_on_an_attribute_tells_its_last_values_and_writers(its, uri, recorded):
    text = await hover(its, uri, recorded.line("write"), 14)
    assert "`balance` was last `80`; written 3 times" in text
    assert "`90` by task Task-" in text and f"[lost_update.py:{recorded.line('write')}]({recorded.script.as_uri()}#L{recorded.line('write')})" in text
    assert "`100 → 90 → 80` █▅▁" in text
    assert "this line ran twice; withdraw the last time: task Task-3 ran it, started by task Task-1" in text


async def test_hover_on_a_local_is_about_the_function_it_is_in(its, uri, recorded):
    text = await hover(its, uri, recorded.line("read"), 5)
    assert "`seen` was last `100`; written twice" in text
    assert await hover(its, uri, recorded.line("print"), 6) is None, "`print` was not written"


async def test_hover_on_a_function_says_why_it_ran(its, uri, recorded):
    text = await hover(its, uri, recorded.line("read") - 1, 12)
    assert "**withdraw** ran twice in 2 actors (task Task-2, task Task-3)" in text
    assert f"task Task-3 ran it, started by task Task-1 at lost_update.py:{recorded.line('gather')}" in text


async def test_hover_on_a_new_line_says_that_it_is_new(its, uri, recorded):
    its.insert(uri, recorded.line("write"), "    seen += 0\n")
    text = await hover(its, uri, recorded.line("write"), 5)
    assert "`seen` was last `100`" in text and "new or has changed" in text


async def test_inlay_hints_show_last_values(its, uri, recorded):
    found = await its.client.text_document_inlay_hint_async(types.InlayHintParams(document(uri), whole()))
    labels = {hint.position.line + 1: hint.label for hint in found}
    assert labels[recorded.line("read")] == "seen = 100"
    assert labels[recorded.line("write")] == "balance = 80"
    assert labels[recorded.line("after")] == "return 80"
    only = await its.client.text_document_inlay_hint_async(
        types.InlayHintParams(document(uri), types.Range(types.Position(recorded.line("read") - 1, 0), types.Position(recorded.line("read") - 1, 4)))
    )
    assert [hint.label for hint in only] == ["seen = 100"]


async def test_inline_values_are_the_names_of_the_stopped_function_up_to_the_stop(its, uri, recorded):
    line = recorded.line("await") - 1
    stopped = types.Range(types.Position(line, 0), types.Position(line, 0))
    found = await its.client.text_document_inline_value_async(
        types.InlineValueParams(document(uri), whole(), types.InlineValueContext(frame_id=1, stopped_location=stopped))
    )
    names = {getattr(value, "variable_name", None) or value.expression for value in found}
    assert names >= {"account", "amount", "seen", "account.balance"}
    assert all(recorded.line("read") - 2 <= value.range.start.line <= line for value in found)


async def test_actions_travel_or_leave_the_finding_out(its, uri, recorded):
    found = await its.actions(uri, recorded.line("read"))
    # lsprotocol reads an action that has a command as a Command whose name is the text of the command.
    command = ast.literal_eval(found["Travel to the lost update (F1)"].command)
    assert command["command"] == "causeway.travel" and command["arguments"] == [{"recording": str(recorded.path), "finding": "F1"}]
    (edit,) = found["Ignore lost updates here (add the reason)"].edit.changes[uri]
    text = recorded.script.read_text().splitlines()[recorded.line("read") - 1]
    assert edit.new_text == "  # causeway: ignore[lost_update] reviewed" and edit.range.start.character == len(text)
    ((project, (change,)),) = found["Ignore lost updates in this project"].edit.changes.items()
    assert project == (recorded.script.parent / "pyproject.toml").as_uri()
    assert '[tool.causeway]\nignore = ["lost_update"]\nexclude = ["vendor"]\n\n[tool.ruff]' in change.new_text
    assert not await its.actions(uri, recorded.line("gather"))
    assert not await its.actions(uri, recorded.line("read"), only=["refactor"])


async def test_findings_are_symbols_of_the_workspace(its, recorded):
    ask = its.client.workspace_symbol_async
    (symbol,) = await ask(types.WorkspaceSymbolParams("lost BALANCE"))
    assert symbol.name == "lost update of Account.balance" and symbol.location.range.start.line + 1 == recorded.line("read")
    assert not await ask(types.WorkspaceSymbolParams("deadlock"))


@pytest.mark.parametrize("format_", ["text", "json"])
async def test_places_in_saved_reports_are_links(its, recorded, format_):
    report = recorded.script.parent / f"report.{format_}"
    done = subprocess.run([CAUSEWAY, "analyze", recorded.path, "--format", format_], capture_output=True, text=True, check=True)
    report.write_text(done.stdout)
    uri = its.open(report, language="plaintext")
    found = await its.client.text_document_document_link_async(types.DocumentLinkParams(document(uri)))
    assert f"{recorded.script.as_uri()}#L{recorded.line('write')}" in {link.target for link in found}
    first = found[0].range
    named = done.stdout.splitlines()[first.start.line][first.start.character : first.end.character]
    assert named.startswith("lost_update.py")
    its.close(uri)


async def test_travel_gives_what_a_debug_session_needs(its, recorded):
    given = await its.execute("causeway.travel", finding="F1")
    assert given["recording"] == str(recorded.path) and given["at"] == "F1" and given["request"] == "attach" and given["type"] == "causeway"
    assert (await its.execute("causeway.travel", event="s1@670"))["at"] == "s1@670"


@pytest.mark.parametrize("argument", [{"finding": "F99"}, {"recording": "/nowhere.causeway"}, {"event": "yesterday"}, {"finding": 7}])
async def test_a_wrong_argument_of_a_command_is_an_error_reply(its, argument):
    from pygls.exceptions import JsonRpcException

    with pytest.raises(JsonRpcException, match=r"F99|nowhere|yesterday|texts"):
        await its.execute("causeway.travel", **argument)


async def test_analyze_counts_the_findings_anew(its, recorded):
    assert await its.execute("causeway.analyze") == {"recording": str(recorded.path), "findings": 1}


async def test_checking_warns_while_one_types(its, recorded, tmp_path):
    text = "import asyncio\nclass Bank:\n  async def add(self, n):\n    seen = self.total\n    await asyncio.sleep(0)\n    self.total = seen + n\n"
    uri = its.open(tmp_path / "typed.py", text)
    (found,) = await its.shown(uri, bool)
    assert found.source == "causeway check" and found.code == "lost_update" and found.range.start == types.Position(3, 11)
    its.replace(uri, text.replace("seen + n", "n"))
    assert await its.shown(uri, lambda now: not now) == []
    its.close(uri)
    assert found.data["rule"] == "read-await-write"
