"""A program under `causeway dap`: held at a breakpoint, back into its past, forward to now, and on."""

import pytest

from tests.adapter.client import Client
from tests.support.recordings import PROGRAMS


def marked_lines(script):
    """Line numbers by the `# @mark` at their ends."""
    found = (text.rpartition("# @") for text in script.read_text().splitlines())
    return {mark.strip(): number for number, (_, at, mark) in enumerate(found, 1) if at}


def breakpoints(path, *lines):
    return lambda client: client.request("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line} for line in lines])


@pytest.fixture
def lost_update_program(tmp_path):
    script = tmp_path / "lost_update.py"
    script.write_text((PROGRAMS / "lost_update.py").read_text())
    return script


def test_back_and_forth_between_now_and_the_past(lost_update_program):
    script = lost_update_program
    lines = marked_lines(script)
    with Client() as client:
        client.launch(program=str(script), cwd=str(script.parent), before=breakpoints(script, lines["write"]))
        now = client.event("stopped")
        assert now["reason"] == "breakpoint" and client.place(now)[1:] == ("lost_update.py", lines["write"])
        past = client.move("stepBack", now)
        assert past["description"].startswith("In the past")
        assert client.place(past)[1:] == ("lost_update.py", lines["await"])
        again = client.move("next", past)
        assert again["threadId"] == now["threadId"] and again["description"] == "Back to now"
        assert client.place(again)[1:] == ("lost_update.py", lines["write"])
        assert client.locals(again)["amount"]
        second = client.move("continue", again)
        assert second["reason"] == "breakpoint"
        client.request("continue", threadId=second["threadId"])
        assert client.event("exited")["exitCode"] == 0
        client.event("terminated")
