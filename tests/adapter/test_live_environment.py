"""What a launched program finds around it: variables of a file, standard input, a terminal; and what debugpy's presence adds, which is nothing."""

import re

import pytest
from causeway_adapter.dap.live.envfile import read_variables
from causeway_core.errors import LaunchError

from tests.adapter.client import Client
from tests.adapter.test_live_children import session_of

READS = "line = input()\n"
BECOMES = """\
import os, sys

if len(sys.argv) == 1:
    os.execv(sys.executable, [sys.executable, __file__, "again"])
print("again")
"""
VARIABLES = """\
import os

print(os.environ["FIRST"], os.environ["SECOND"], os.environ.get("THIRD"))
"""


def printed(client, category):
    """What has been shown in a category until the program ended."""
    client.event("terminated")
    outputs = [event["body"] for event in client.events if event["event"] == "output"]
    return "".join(one["output"] for one in outputs if one["category"] == category)


def test_variables_of_a_file_are_the_programs_and_env_counts_over_them(program):
    script = program(VARIABLES)
    (script.path.parent / "dev.env").write_text("FIRST=1\nSECOND=file\nTHIRD=3\n")
    with Client() as client:
        client.launch(**script.configuration(envFile="dev.env", env={"SECOND": "own", "THIRD": None}))
        assert printed(client, "stdout") == "1 own None\n"


def test_a_file_of_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME_OF_IT", "/home/it")
    monkeypatch.delenv("NOWHERE", raising=False)
    path = tmp_path / ".env"
    path.write_text(
        "# a comment\n\n"
        "PLAIN=one two  # said\n"
        "export EXPORTED = 2\n"
        "EMPTY=\n"
        "SINGLE='${PLAIN} # kept'\n"
        'DOUBLE="a\\n\\"b\\" ${PLAIN} # kept"  # said\n'
        "REFERS=${HOME_OF_IT}/${env:PLAIN}${NOWHERE}\n"
        "HASH=a#b\n",
        "utf-8-sig",
    )
    assert read_variables(path) == {
        "PLAIN": "one two", "EXPORTED": "2", "EMPTY": "", "SINGLE": "${PLAIN} # kept", "DOUBLE": 'a\n"b" one two # kept',
        "REFERS": "/home/it/one two", "HASH": "a#b",
    }  # fmt: skip


def test_a_line_that_is_no_variable_is_named(tmp_path):
    path = tmp_path / ".env"
    path.write_text("A=1\nwhat is this\n")
    with pytest.raises(LaunchError, match=re.escape(f"{path}:2 is not NAME=value")):
        read_variables(path)


def test_a_program_that_reads_nothing_is_told_where_it_could(program):
    script = program(READS)
    with Client() as client:
        client.launch(**script.configuration(console="internalConsole"))
        assert "EOFError" in client.event("stopped")["description"]
        said = [event["body"]["output"] for event in client.events if event["event"] == "output" and event["body"]["category"] == "console"]
        assert any("integratedTerminal" in one for one in said)


def test_a_terminal_that_the_editor_has_not_is_refused(program):
    script = program(READS)
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        response = client.ask("launch", **script.configuration(console="integratedTerminal"))
        assert "this editor has no terminal for a program" in response["body"]["error"]["format"]
    assert not list(script.path.parent.glob(".causeway/*.causeway"))


def test_a_python_that_the_program_becomes_does_not_warn_of_frozen_modules(program):
    script = program(BECOMES)
    with Client() as client:
        client.launch(**script.configuration())
        with session_of(client.event("debugpyAttach")) as other:
            other.event("terminated")
        assert printed(client, "stderr") == ""
