"""A program that is held: views, the console's verbs and travel look into its past; views and verbs without leaving now."""

import subprocess
import sys

from tests.adapter.client import Client
from tests.adapter.programs_live import CALLS, WITHDRAW


def console(client, frame, line):
    return client.request("evaluate", expression=line, frameId=frame, context="repl")["result"]


def error_of(response):
    assert not response["success"]
    return response["body"]["error"]["format"]


def test_the_views_and_verbs_answer_for_now_and_stay_there(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("after"))
        client.move("continue", client.event("stopped"))
        stopped = {"threadId": client.request("threads")["threads"][0]["id"]}
        frame = client.top(stopped)["id"]
        both = client.begin("causeway/causality"), client.begin("causeway/overview")
        graph, overview = (client.response(seq)["body"] for seq in both)
        here = next(node for node in graph["nodes"] if node["at"] == graph["here"])
        assert here["path"] == str(script.path) and here["line"] in (script.line("write"), script.line("after"))
        assert {node["line"] for node in graph["nodes"]} >= {script.line("await"), script.line("gather")}
        assert 0 < graph["offsetNs"] <= overview["lengthNs"]
        changes = console(client, frame, "history account.balance").splitlines()
        assert "balance" in changes[0] and [line.split()[:2] for line in changes if line.startswith("write")][-2:] == [
            ["write", "90"],
            ["write", "80"],
        ]
        chain = console(client, frame, "why account.balance").splitlines()
        assert "account.balance = 80, written by" in chain[0] and chain[0].endswith(f"{script.path.name}:{script.line('write')}")
        assert "no findings" in console(client, frame, "races")
        assert console(client, frame, "amount") == "20" and script.stops_at(client, stopped, "after")
        client.request("continue", threadId=stopped["threadId"])
        assert client.event("exited")["exitCode"] == 0
        client.event("terminated")


def test_travel_from_now_and_back(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("after", "print"))
        stopped = client.move("continue", client.event("stopped"))

        def travelled(**target):
            client.request("causeway/travel", **target)
            return client.event("stopped")

        past = travelled(writerOf="account.balance", frameId=client.top(stopped)["id"])
        assert "In the past: " in past["text"] and script.stops_at(client, past, "write") and client.locals(past)["amount"] == "20"
        assert travelled(now=True)["description"] == "Back to now"
        assert script.stops_at(client, stopped, "after") and client.locals(stopped)["amount"] == "20"
        past = travelled(path=str(script.path), line=script.line("write"), direction=-1)
        assert script.stops_at(client, past, "write")
        travelled(now=True)
        past = travelled(actor=stopped["threadId"], direction=-1)
        assert script.stops_at(client, past, "write") and client.locals(past)["amount"] == "20"
        assert travelled(now=True)["threadId"] == stopped["threadId"]
        caused = travelled(cause=True, threadId=stopped["threadId"])
        assert caused["text"].endswith(f"created by task Task-1, {script.path.name}:{script.line('gather')}"), "its own timer says when, not why"
        assert script.stops_at(client, caused, "gather")
        travelled(now=True)
        assert client.place(travelled(offsetNs=0))[1] == script.path.name
        assert travelled(now=True) == travelled(now=True)
        for target, words in (
            ({"finding": "F9"}, "no finding"), ({"event": "soon"}, "no event"), ({"line": 5}, "malformed"), ({}, "where to"),
            ({"actor": stopped["threadId"], "direction": 1}, "nothing has happened after now"),
            ({"writerOf": "amount +", "frameId": client.top(stopped)["id"]}, "not an expression"),
        ):  # fmt: skip
            assert words in error_of(client.ask("causeway/travel", **target))
        live = client.move("continue", stopped)
        assert live["reason"] == "breakpoint" and script.stops_at(client, live, "print"), "a refused travel has not left now"


RECURSION = """\
total = 0


def down(n):
    global total
    total = total + n
    if n:
        down(n - 1)
    return total  # @end


down(2)
"""


def test_frames_of_a_recursion_and_what_a_person_has_done_meanwhile(program):
    script = program(RECURSION)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("end"))
        stopped = client.event("stopped")
        frames = client.request("stackTrace", threadId=stopped["threadId"])["stackFrames"]
        assert [frame["name"] for frame in frames] == ["down"] * 3 + ["<module>"]
        assert [console(client, frame["id"], "why n").split(",")[0] for frame in frames[:3]] == ["n = 0", "n = 1", "n = 2"]
        assert console(client, frames[0]["id"], "history total").splitlines()[-1].split()[:2] == ["write", "3"]
        client.request("evaluate", expression="down(0)", frameId=frames[0]["id"], context="watch")
        assert console(client, frames[0]["id"], "history total").splitlines()[0].startswith("total")


def test_while_the_program_runs_there_is_one_clear_error(program):
    script = program("import time\nprint('running', flush=True)\nwhile True:\n    time.sleep(0.01)\n")
    with Client() as client:
        client.launch(**script.configuration())
        while "running" not in client.event("output")["output"]:
            pass
        for command, arguments in (
            ("causeway/causality", {}), ("causeway/overview", {}), ("causeway/travel", {"now": True}),
            ("evaluate", {"expression": "races", "context": "repl"}),
        ):  # fmt: skip
            assert "the program is running" in error_of(client.ask(command, **arguments))
        client.request("terminate")
        client.event("terminated")


def test_what_recording_costs_is_told_while_the_program_runs_and_of_a_recording(program, lost_update):
    from causeway_core.storage import Recording

    script = program("import time\nfor n in range(2000):\n    last = n\nwhile True:\n    time.sleep(0.01)\n")
    with Client() as client:
        client.launch(**script.configuration())
        while (cost := client.request("causeway/cost"))["events"] < 2000:
            pass
        assert cost["bytes"] > 1000
        client.request("terminate")
        client.event("terminated")
    with Client() as client, Recording.open(lost_update.path) as recording:
        client.attach(lost_update.path)
        assert client.request("causeway/cost") == {"events": recording.meta.events, "bytes": lost_update.path.stat().st_size}


def test_the_recorder_s_share_of_the_program_s_time_is_estimated_while_it_runs(program):
    script = program("import time\nfor n in range(200_000):\n    last = n\nwhile True:\n    time.sleep(0.01)\n")
    with Client() as client:
        client.launch(**script.configuration())
        while "share" not in (cost := client.request("causeway/cost")) or cost["events"] < 400_000:
            pass
        assert 0 < cost["share"] < 1 and 1 < cost["nanosecondsAnEvent"] < 10_000
        client.request("terminate")
        client.event("terminated")


def test_the_trial_that_tells_what_an_event_costs_has_as_many_as_it_says(tmp_path):
    from causeway_adapter.dap.live.recording_cost import EVENTS_A_ROUND, WORK
    from causeway_core.storage import Recording

    counted = []
    for rounds in (500, 1500):
        made = tmp_path / f"{rounds}.causeway"
        (tmp_path / "trial.py").write_text(f"{WORK}\nwork({rounds})\n")
        subprocess.run([sys.executable, "-m", "causeway_core", "record", "-q", "-o", made, tmp_path / "trial.py"], check=True, cwd=tmp_path)
        with Recording.open(made) as recording:
            counted.append(recording.meta.events)
    assert abs((counted[1] - counted[0]) / 1000 - EVENTS_A_ROUND) < 0.2


def test_now_of_a_recording_is_its_end(lost_update):
    with Client() as client:
        client.attach(lost_update.path)
        client.request("causeway/travel", now=True)
        assert client.event("stopped")["description"] == "End of recording"


def test_a_variable_called_like_a_verb_is_a_variable(program):
    script = program(CALLS.replace("found", "why"))
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("total"))
        frame = client.top(client.event("stopped"))["id"]
        assert console(client, frame, "why + 1") == "13" and console(client, frame, "(why)") == "12"
