"""What users of debugpy have, they have under `causeway dap`: the same requests, the same stops, while the program is recorded."""

import json
import re
import urllib.request

import pytest
from causeway_adapter.dap.live.configuration import parse
from causeway_core.errors import CausewayError

from tests.adapter.client import Client
from tests.adapter.programs_live import CALLS, FAILS, THREADS, WITHDRAW


def ends(client, code):
    assert client.event("exited")["exitCode"] == code
    client.event("terminated")


def output(client, until):
    """What the program prints, up to a text."""
    text = ""
    while until not in text:
        event = client.event("output")
        text += event["output"] if event["category"] in ("stdout", "stderr") else ""
    return text


def test_stop_on_entry_and_steps_in_over_and_out(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(stopOnEntry=True))
        stopped = client.event("stopped")
        assert stopped["reason"] == "entry" and client.place(stopped)[2] == 1
        script.at("add")(client)
        stopped = client.move("continue", stopped)
        script.at()(client)
        stopped = client.move("stepIn", stopped)
        assert script.stops_at(client, stopped, "double")
        stopped = client.move("next", stopped)
        assert script.stops_at(client, stopped, "return")
        stopped = client.move("stepOut", stopped)
        assert client.top(stopped)["name"] == "total"
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_what_the_debugger_says_does_not_wait_for_acknowledgements(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("total"))
        stopped = client.event("stopped")
        asked = "__import__('pydevd').get_global_debugger().writer.sock.getsockopt(6, 1)"
        assert client.request("evaluate", expression=asked, frameId=client.top(stopped)["id"], context="watch")["result"] != "0", "TCP_NODELAY is set"
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_a_step_over_an_await_stays_in_its_task(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("await"))
        stopped = client.event("stopped")
        script.at()(client)
        for mark in ("write", "after"):
            stopped = client.move("next", stopped)
            assert script.stops_at(client, stopped, mark) and client.locals(stopped)["amount"] == "10", "not in the other task, which began meanwhile"
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_conditions_hit_counts_and_logpoints(program):
    script = program(CALLS)
    with Client() as client:
        source = {"path": str(script.path)}
        wanted = [
            {"line": script.line("double"), "condition": "n == 2"}, {"line": script.line("add"), "hitCondition": "3"},
            {"line": script.line("return"), "logMessage": "result is {result}"},
        ]  # fmt: skip
        client.launch(**script.configuration(), before=lambda client: client.request("setBreakpoints", source=source, breakpoints=wanted))
        stopped = client.event("stopped")
        assert script.stops_at(client, stopped, "double") and client.locals(stopped)["n"] == "2"
        stopped = client.move("continue", stopped)
        assert script.stops_at(client, stopped, "add") and client.locals(stopped)["n"] == "3"
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)
    printed = "".join(event["body"]["output"] for event in client.events if event["event"] == "output")
    assert [f"result is {n}" in printed for n in (2, 4, 6)] == [True] * 3


def test_variables_are_set_and_expressions_have_effects(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(args=["one", "two"]), before=script.at("total"))
        stopped = client.event("stopped")
        frame = client.top(stopped)["id"]
        scope = client.request("scopes", frameId=frame)["scopes"][0]
        assert client.request("setVariable", variablesReference=scope["variablesReference"], name="found", value="40")["value"] == "40"
        client.request("evaluate", expression="found += 2", frameId=frame, context="repl")
        client.request("continue", threadId=stopped["threadId"])
        assert "total 42 ['one', 'two']" in output(client, "]\n")
        ends(client, 0)


def test_raised_exceptions_stop_where_they_are_raised(program):
    script = program(FAILS.replace("\n\nmain()", "\n\ntry:\n    main()\nexcept ZeroDivisionError:\n    pass\n#main()"))
    with Client() as client:
        client.launch(**script.configuration(), before=lambda client: client.request("setExceptionBreakpoints", filters=["raised", "race"]))
        stopped = client.event("stopped")
        assert stopped["reason"] == "exception" and script.stops_at(client, stopped, "divide")
        client.request("setExceptionBreakpoints", filters=[])
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_threads_are_debugpy_s_while_the_program_is_held(program):
    script = program(THREADS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("count"))
        stopped = client.event("stopped")
        names = {one["name"].partition(" (")[0] for one in client.request("threads")["threads"]}
        assert "MainThread" in names and any(name.startswith("worker-") for name in names)
        script.at()(client)
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_a_program_that_runs_is_paused(program):
    script = program("import time\nprint('running', flush=True)\nwhile True:\n    time.sleep(0.01)  # @sleep\n")
    with Client() as client:
        client.launch(**script.configuration())
        output(client, "running")
        refused = client.ask("stepBack", threadId=1)
        assert not refused["success"] and "running" in refused["body"]["error"]["format"]
        client.request("pause", threadId=1)
        stopped = client.event("stopped")
        assert stopped["reason"] == "pause"
        past = client.move("stepBack", stopped)
        assert "In the past" in past["description"]
        client.request("terminate")
        client.event("terminated")


def test_module_code_and_pytest(program):
    script = program("def test_fails():\n    number = 3\n    assert number == 4  # @assert\n", "test_it.py")
    with Client() as client:
        folder = str(script.path.parent)
        client.launch(pytest=["-q", "-p", "no:cacheprovider", script.path.name], cwd=folder, before=script.at("assert"))
        stopped = client.event("stopped")
        assert script.stops_at(client, stopped, "assert") and client.locals(stopped)["number"] == "3"
        past = client.move("stepBack", stopped)
        assert client.place(past)[2] == 2
        client.move("next", past)
        client.request("continue", threadId=stopped["threadId"])
        end = client.event("stopped")
        assert "exit code 1" in end["description"]
        client.request("continue", threadId=end["threadId"])
        ends(client, 1)
    with Client() as client:
        client.launch(code="import sys\nprint('code', sys.argv[1:])\n", args=["x"], cwd=folder)
        assert "code ['x']" in output(client, "]\n")
        ends(client, 0)
    with Client() as client:
        client.launch(module="json.tool", args=["--help"], cwd=folder)
        assert "usage" in output(client, "usage")
        ends(client, 0)


def test_environment_and_folder_are_the_program_s(program):
    script = program("import os\nprint(os.environ['COLOUR'], 'HOME' in os.environ, os.path.basename(os.getcwd()), end='.')\n")
    with Client() as client:
        client.launch(**script.configuration(env={"COLOUR": "green", "HOME": None}))
        assert output(client, ".") == f"green False {script.path.parent.name}."
        ends(client, 0)


PARENT = """\
import subprocess, sys

if len(sys.argv) > 1:
    print("child")
else:
    subprocess.run([sys.executable, __file__, "child"], check=True)
"""


def test_child_processes_are_announced_and_recorded_in_the_same_recording(program):
    from causeway_core.storage import Recording

    script = program(PARENT)
    with Client() as client:
        client.launch(**script.configuration(subProcess=True))
        child = client.event("debugpyAttach")
        assert child["request"] == "attach" and child["connect"]["port"] > 0
        with Client() as second:
            second.request("initialize", adapterID="causeway")
            attached = second.begin("attach", **child)
            second.event("initialized")
            second.request("configurationDone")
            assert second.response(attached)["success"]
            second.event("terminated")
        ends(client, 0)
    [path] = (script.path.parent / ".causeway").glob("*.causeway")
    with Recording.open(path) as recording:
        assert len(recording.processes()) == 2 and recording.processes()[1].parent == recording.processes()[0].id


SERVER = """\
import http.server, json


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        body = json.dumps({"hello": name}).encode()  # @body
        self.send_response(200)  # @respond
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
server.serve_forever()
"""


def test_a_request_to_a_server_is_held_and_stepped_back(program):
    from concurrent.futures import ThreadPoolExecutor

    script = program(SERVER)
    with Client() as client, ThreadPoolExecutor(1) as pool:
        client.launch(**script.configuration(), before=script.at("respond"))
        port = int(output(client, "\n").split()[1])
        answer = pool.submit(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/world", timeout=90).read())
        stopped = client.event("stopped")
        assert script.stops_at(client, stopped, "respond")
        past = client.move("stepBack", stopped)
        assert script.stops_at(client, past, "body") and client.locals(past)["name"] == "'world'"
        now = client.move("next", past)
        assert now["description"] == "Back to now"
        client.request("continue", threadId=now["threadId"])
        assert json.loads(answer.result(90)) == {"hello": "world"}


@pytest.mark.parametrize("arguments, expected", [
    ({}, "nothing to run"),
    ({"program": "missing.py"}, "there is no file"),
    ({"program": 5}, "`program` is not a text"),
    ({"program": "there.py", "args": [1]}, "`args` is not a list"),
    ({"program": "there.py", "env": {"A": 1}}, "`env`"),
    ({"program": "there.py", "module": "x"}, "both `program` and `module`"),
    ({"program": "there.py", "console": "laser"}, "there is no console"),
    ({"program": "there.py", "detail": "some"}, "there is no detail"),
    ({"program": "there.py", "stopAtEnd": "yes"}, "`stopAtEnd`"),
    ({"program": "there.py", "include": "src"}, "`include` is not a list"),
    ({"program": "there.py", "rules": ["x"]}, "`rules` is not a list of objects"),
    ({"program": "there.py", "pythonPath": 5}, "`python`"),
    ({"program": "there.py", "cwd": "/nowhere/at/all"}, "there is no folder"),
    ({"program": "there.py", "python": "/nowhere/python"}, "there is no interpreter"),
    ({"program": "there.py", "python": "/bin/true"}, "not a Python interpreter (check `python` in"),
    ({"program": "there.py", "python": "no-such-python"}, "cannot start no-such-python: No such file or directory (check `python` in"),
    ({"program": "/"}, "/ is a folder without __main__.py"),
    ({"program": "there.py", "envFile": "gone.env"}, "gone.env: No such file or directory (check `envFile`"),
])  # fmt: skip
def test_a_launch_that_cannot_be_is_one_clear_error(tmp_path, arguments, expected):
    (tmp_path / "there.py").write_text("pass\n")
    with pytest.raises(CausewayError, match=re.escape(expected)):
        parse({"cwd": str(tmp_path), "console": "internalConsole", **arguments})


def test_a_refused_launch_is_shown_and_leaves_nothing_and_the_next_may_do(program):
    script = program("pass\n", "there.py")
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        for arguments, expected in (
            ({"program": "missing.py"}, "there is no file"),
            ({"args": [1]}, "`args` is not a list"),
            ({"module": "x"}, "both"),
        ):
            response = client.ask("launch", **script.configuration(**arguments))
            assert not response["success"] and expected in response["body"]["error"]["format"] and response["body"]["error"]["showUser"]
    assert not (script.path.parent / ".causeway").exists()


def test_an_interpreter_without_the_recorder_says_what_to_install(program, tmp_path):
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    script = program("pass\n")
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        response = client.ask("launch", **script.configuration(python=str(tmp_path / "bare" / "bin" / "python")))
        assert not response["success"] and "pip install causeway-sdk" in response["body"]["error"]["format"]


def test_a_terminal_that_the_client_does_not_have(program):
    script = program("pass\n")
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        response = client.ask("launch", **script.configuration(console="integratedTerminal"))
        assert not response["success"] and response["body"]["error"]["format"]
    assert not list((script.path.parent / ".causeway").glob("*.causeway")), "nothing ran: no recording is left"
