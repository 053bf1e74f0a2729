"""What the tools for causes do at a stop of a running program, before anybody has stepped back."""

import os
import subprocess

from tests.adapter.client import Client
from tests.adapter.programs_live import WITHDRAW


def variables(client, reference):
    return {one["name"]: one for one in client.request("variables", variablesReference=reference)["variables"]}


def test_break_on_value_change_is_set_while_held_and_reverse_finds_the_writers(program):
    """As a person does it in the Variables view: a child of a local, named by debugpy's references."""
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("print"))
        stopped = client.event("stopped")
        [scope, *_] = client.request("scopes", frameId=client.top(stopped)["id"])["scopes"]
        account = variables(client, scope["variablesReference"])["account"]["variablesReference"]
        assert variables(client, account)["balance"]["value"] == "80"
        info = client.request("dataBreakpointInfo", variablesReference=account, name="balance")
        assert info["dataId"] and info["description"]
        assert script.stops_at(client, stopped, "print"), "asking has not left now"
        [answer] = client.request("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"], "accessType": "write"}])["breakpoints"]
        assert answer["verified"]
        for amount in ("20", "10"):
            past = client.move("reverseContinue", stopped)
            assert past["reason"] == "data breakpoint" and script.stops_at(client, past, "write") and client.locals(past)["amount"] == amount
            stopped = past
        client.request("causeway/travel", now=True)
        assert client.event("stopped")["description"] == "Back to now"
        nothing = client.request("dataBreakpointInfo", variablesReference=account, name="special variables")
        assert nothing["dataId"] is None and nothing["description"]


def test_the_causal_picker_offers_causes_beside_debugpy_s_targets(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("print"))
        stopped = client.event("stopped")
        targets = client.request("stepInTargets", frameId=client.top(stopped)["id"])["targets"]
        assert any(one["label"].startswith("print") for one in targets), "what debugpy can step into is still there"
        cause = next(one for one in targets if one["label"].startswith("cause: "))
        past = client.move("stepIn", stopped, targetId=cause["id"])
        assert "In the past: " in past["text"]
        client.request("causeway/travel", now=True)
        assert client.event("stopped")["description"] == "Back to now" and script.stops_at(client, stopped, "print")


ASKS = """\
import sys

name = sys.stdin.readline().strip()
greeting = f"hello {name}"
print(greeting, flush=True)  # @print
"""


def test_a_terminal_of_the_client_runs_the_program_with_its_past(program):
    """The client opens the terminal, as editors do: it starts what it is asked to, with that environment, and says the process."""
    script = program(ASKS)
    with Client() as client:
        client.request("initialize", adapterID="causeway", supportsRunInTerminalRequest=True, pathFormat="path")
        launched = client.begin("launch", **script.configuration())
        asked = client.wanted()
        assert asked["command"] == "runInTerminal" and asked["arguments"]["kind"] == "integrated"
        env = {**os.environ, **{name: value for name, value in asked["arguments"].get("env", {}).items() if value is not None}}
        terminal = subprocess.Popen(
            asked["arguments"]["args"], cwd=asked["arguments"]["cwd"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        client.answer(asked, {"processId": terminal.pid})
        client.event("initialized")
        script.at("print")(client)
        client.request("configurationDone")
        assert client.response(launched)["success"]
        terminal.stdin.write("world\n")
        terminal.stdin.flush()
        stopped = client.event("stopped")
        past = client.move("stepBack", stopped)
        assert client.locals(past)["name"] == "'world'" and client.place(past)[2] == script.line("print") - 1
        live = client.move("next", past)
        assert live["description"] == "Back to now"
        client.request("continue", threadId=live["threadId"])
        client.event("terminated")
        assert terminal.communicate(timeout=90)[0] == "hello world\n" and terminal.returncode == 0
