"""The tables of requests in docs name what the code serves, all of it and nothing else, and tests that exist."""

import re
from pathlib import Path

import pytest
from causeway_adapter.dap.live.breakpoints import SETTERS
from causeway_adapter.dap.live.live import FORWARD
from causeway_adapter.dap.live.present import BACKWARD, OF_VIEWS
from causeway_adapter.dap.live.substitutes import WITHOUT_DEBUGPY
from causeway_adapter.dap.requests.table import HANDLERS, NOT_SERVED
from causeway_adapter.lsp.methods import diagnostic, workspace_diagnostic
from causeway_adapter.lsp.server import Server

ROOT = Path(__file__).parents[2]
TO_THE_CLIENT = {
    "runInTerminal", "textDocument/publishDiagnostics", "workspace/applyEdit", "window/showDocument", "window/showMessageRequest",
    "window/workDoneProgress/create",
}  # fmt: skip
OF_PYGLS = {"exit", "workspace/executeCommand", "$/cancelRequest", "window/workDoneProgress/cancel"}


def rows(page):
    """The cells of all tables of a page, without their heads."""
    lines = [line for line in (ROOT / "docs" / page).read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [each for each in cells if each[0] not in ("request", "command")]


def named(page):
    """The requests in the first column; commands have a table of their own."""
    first = [re.sub(r"\(.*?\)| with target", "", cells[0]) for cells in rows(page) if "causeway." not in cells[0]]
    return {name for cell in first for name in re.findall(r"[$\w]+(?:/\w+)*", cell)}


def lsp():
    server = Server()
    diagnostic.serve(server)
    workspace_diagnostic.serve(server)
    return server


def test_each_request_of_the_debug_adapter_has_a_row():
    served = {*HANDLERS, *SETTERS, *FORWARD, *BACKWARD, *OF_VIEWS, *WITHOUT_DEBUGPY, "setVariable", "setExpression"}
    assert named("requests.md") - TO_THE_CLIENT == served
    refused = (ROOT / "docs" / "requests.md").read_text().rpartition("Refused with a reason")[2]
    assert set(re.findall(r"`(\w+)`", refused)) == set(NOT_SERVED)


def test_each_method_and_command_of_the_language_server_has_a_row():
    server = lsp()
    assert named("requests-lsp.md") - TO_THE_CLIENT == {*server.protocol.fm.features, *OF_PYGLS}
    commands = {cells[0].strip("`") for cells in rows("requests-lsp.md") if "causeway." in cells[0]}
    assert commands == set(server.protocol.fm.commands)


@pytest.mark.parametrize("page", ["requests.md", "requests-lsp.md"])
def test_the_tests_that_cover_them_exist(page):
    for cells in rows(page):
        if "causeway." in cells[0]:
            continue
        tests = re.findall(r"`(test_\w+\.py)?(?:::)?(\w+)?`", cells[-1])
        assert tests or cells[-1] == "all", f"{cells[0]} names no test"
        for file, test in tests:
            assert file and test, f"{cells[0]}: {file}::{test}"
            assert f"def {test}(" in (ROOT / "tests" / "adapter" / file).read_text(), f"{cells[0]}: there is no {file}::{test}"
