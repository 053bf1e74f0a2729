"""A program under `causeway dap`: held at a breakpoint, back into its past, forward to now, and on; at its end the whole past stays open."""

import resource

import pytest

from tests.adapter.client import Client
from tests.adapter.programs_live import CALLS, FAILS, SERVICE, THREADS, WITHDRAW


def error_of(response):
    assert not response["success"]
    return response["body"]["error"]["format"]


def ends(client, code):
    """The program ends with this exit code."""
    assert client.event("exited")["exitCode"] == code
    client.event("terminated")


def test_back_and_forth_between_now_and_the_past(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("write"))
        now = client.event("stopped")
        assert now["reason"] == "breakpoint" and script.stops_at(client, now, "write")
        past = client.move("stepBack", now)
        assert "In the past: " in past["description"] and "before now" in past["description"]
        assert script.stops_at(client, past, "await") and "Task-" in client.thread_name(past)
        again = client.move("next", past)
        assert again["description"] == "Back to now" and again["threadId"] == now["threadId"]
        assert script.stops_at(client, again, "write") and client.locals(again)["amount"] == "10"
        second = client.move("continue", again)
        assert script.stops_at(client, second, "write") and client.locals(second)["amount"] == "20"
        client.request("continue", threadId=second["threadId"])
        ends(client, 0)


def test_step_back_crosses_from_a_task_to_what_created_it(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("write"))
        stopped = client.event("stopped")
        passed = []
        while stopped["reason"] != "entry":
            stopped = client.move("stepBack", stopped)
            passed.append((client.thread_name(stopped).partition(" (")[0], client.place(stopped)[2]))
        tasks = {name for name, line in passed if line in (script.line("read"), script.line("await"))}
        assert len(tasks) == 1, "never into the sibling"
        assert (next(name for name, line in passed if line == script.line("gather"))) not in tasks
        assert passed[-1][0] == "thread MainThread"
        while stopped["description"] != "Back to now":
            stopped = client.move("next", stopped)
        assert script.stops_at(client, stopped, "write")


def test_a_breakpoint_serves_both_the_present_and_the_past(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("add", "print"))
        stopped = client.event("stopped")
        for _ in range(3):
            assert script.stops_at(client, stopped, "add")
            stopped = client.move("continue", stopped)
        assert script.stops_at(client, stopped, "print")
        seen = []
        for _ in range(3):
            stopped = client.move("reverseContinue", stopped)
            assert stopped["reason"] == "breakpoint" and script.stops_at(client, stopped, "add")
            seen.append(client.locals(stopped)["n"])
        assert seen == ["3", "2", "1"]
        assert client.move("reverseContinue", stopped)["reason"] == "entry"
        for n in ("1", "2", "3"):
            stopped = client.move("continue", stopped)
            assert client.locals(stopped)["n"] == n
        stopped = client.move("continue", stopped)
        assert stopped["description"] == "Back to now" and script.stops_at(client, stopped, "print")
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_a_breakpoint_that_is_set_in_the_past_is_hit_there_and_live(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("return"))
        stopped = client.move("stepBack", client.event("stopped"))
        assert script.stops_at(client, stopped, "double")
        assert script.at("found", "return")(client)[0]["verified"]
        stopped = client.move("reverseContinue", stopped)
        assert script.stops_at(client, stopped, "found")
        stopped = client.move("continue", stopped)
        assert stopped["description"] == "Back to now" and script.stops_at(client, stopped, "return")
        stopped = client.move("continue", stopped)
        assert stopped["reason"] == "breakpoint" and script.stops_at(client, stopped, "return") and client.locals(stopped)["n"] == "2"


def test_the_past_is_read_only_and_ids_die_at_each_move(program):
    script = program(CALLS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("total"))
        now = client.event("stopped")
        live_frame = client.top(now)["id"]
        past = client.move("stepBack", now)
        frame = client.top(past)["id"]
        scope = client.request("scopes", frameId=frame)["scopes"][0]
        response = client.ask("setVariable", variablesReference=scope["variablesReference"], name="found", value="5")
        assert "the past cannot be changed" in error_of(response)
        assert "the past cannot be changed" in error_of(client.ask("setExpression", expression="found", value="5", frameId=frame))
        assert client.request("evaluate", expression="found + n", frameId=frame, context="watch")["result"] == "9"
        assert "earlier stop" in error_of(client.ask("scopes", frameId=live_frame))
        now = client.move("continue", past)
        assert now["description"] == "Back to now"
        assert not client.ask("scopes", frameId=frame)["success"]


def test_the_causal_picker_and_jumps_in_the_past_of_a_running_program(program):
    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("print"))
        stopped = client.move("stepBack", client.event("stopped"))
        targets = client.request("gotoTargets", source={"path": str(script.path)}, line=script.line("write"))["targets"]
        assert len(targets) == 2
        stopped = client.move("goto", stopped, targetId=targets[1]["id"])
        assert script.stops_at(client, stopped, "write")
        causes = client.request("stepInTargets", frameId=client.top(stopped)["id"])["targets"]
        other = next(one for one in causes if "written by" in one["label"])
        first = client.move("stepIn", stopped, targetId=other["id"])
        assert script.stops_at(client, first, "write") and first["threadId"] != stopped["threadId"]
        info = client.request("dataBreakpointInfo", name="account.balance", frameId=client.top(first)["id"])
        client.request("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"], "accessType": "write"}])
        hits = []
        stopped = client.move("continue", first)
        while stopped["reason"] == "data breakpoint":
            assert script.stops_at(client, stopped, "write")
            hits.append(stopped["description"])
            stopped = client.move("continue", stopped)
        assert ["balance is set to 90" in hits[0], "balance is set to 80" in hits[1], len(hits)] == [True, True, 2]
        assert stopped["description"] == "Back to now"


def test_each_thread_has_its_own_past(program):
    script = program(THREADS)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("count"))
        stopped = client.event("stopped")
        name = client.thread_name(stopped)
        assert name.startswith("worker-")
        past = client.move("stepBack", stopped)
        assert name in client.thread_name(past)
        names = [one["name"] for one in client.request("threads")["threads"]]
        assert not [one for one in names if "pydevd" in one.lower() or "increase_tracing" in one], "the debugger's threads are not the program's"
        assert any("MainThread" in one for one in names)


def test_a_program_that_fails_stays_open_at_its_end(program):
    script = program(FAILS)
    with Client() as client:
        client.launch(**script.configuration(), before=lambda client: client.request("setExceptionBreakpoints", filters=[]))
        stopped = client.event("stopped")
        assert "exit code 1" in stopped["description"] and "ZeroDivisionError" in stopped["description"]
        assert script.stops_at(client, stopped, "divide") and client.locals(stopped)["b"] == "0"
        stopped = client.move("stepBack", stopped)
        assert script.stops_at(client, stopped, "use")
        while stopped["reason"] != "entry":
            stopped = client.move("stepBack", stopped)
        end = client.move("continue", stopped)
        assert end["description"] == "The program has ended with exit code 1. Its whole past is open: step back, or continue to finish"
        client.request("continue", threadId=end["threadId"])
        ends(client, 1)


def test_an_uncaught_exception_is_a_live_stop_with_a_past(program):
    script = program(FAILS)
    with Client() as client:
        client.launch(
            **script.configuration(stopAtEnd=False), before=lambda client: client.request("setExceptionBreakpoints", filters=["uncaught", "race"])
        )
        stopped = client.event("stopped")
        assert stopped["reason"] == "exception"
        assert client.request("exceptionInfo", threadId=stopped["threadId"])["exceptionId"] == "ZeroDivisionError"
        past = client.move("stepBack", stopped)
        assert "In the past" in past["description"]
        now = client.move("continue", client.move("stepBack", past))
        while now["description"] != "Back to now":
            now = client.move("continue", now)
        assert now["reason"] == "exception"
        client.request("continue", threadId=now["threadId"])
        ends(client, 1)


@pytest.mark.parametrize("source, code, stops", [
    ("raise SystemExit(3)\n", 3, True), ("print('fine')\n", 0, False), ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", 247, True),
])  # fmt: skip
def test_the_end_is_a_stop_only_when_the_program_failed(program, source, code, stops):
    script = program(source)
    with Client() as client:
        client.launch(**script.configuration())
        if stops:
            stopped = client.event("stopped")
            assert f"exit code {code}" in stopped["description"]
            client.request("continue", threadId=stopped["threadId"])
        ends(client, code)


def test_a_crash_is_shown_where_it_happened_and_by_its_signal(program):
    script = program("""\
import os, signal
def crash(n):
    n += 1  # @add
    os.kill(os.getpid(), signal.SIGSEGV)  # @kill
crash(1)  # @call
""")
    with Client() as client:
        client.launch(**script.configuration())
        stopped = client.event("stopped")
        assert "The program was ended by SIGSEGV (exit code 245). Its whole past is open" in stopped["description"]
        assert script.stops_at(client, stopped, "kill") and client.locals(stopped)["n"] == "2"
        for mark in ("add", "call"):
            stopped = client.move("stepBack", stopped)
            assert script.stops_at(client, stopped, mark)


def test_null_in_a_configuration_is_as_if_it_were_left_out(program):
    script = program("print('fine')\n")
    with Client() as client:
        client.launch(program=str(script.path), args=None, env=None, cwd=None, module=None)
        ends(client, 0)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Linux")
def test_a_recording_that_cannot_go_on_is_said_and_the_program_runs_to_its_end(program):
    script = program("total = 0  # @begin\nfor i in range(400_000):\n    total += i\nprint('done')  # @done\n")
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("begin", "done"))
        stopped = client.event("stopped")
        resource.prlimit(client.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))  # To the recorder as if the disk were full.
        client.request("continue", threadId=stopped["threadId"])
        stopped = client.event("stopped")
        while "Not recorded: the recording stopped" not in (said := client.event("output")["output"]):
            pass
        assert "make room on the disk" in said
        assert "the recording stopped" in error_of(client.ask("stepBack", threadId=stopped["threadId"]))
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)


def test_an_empty_cwd_is_as_if_it_were_left_out(program):
    with Client() as client:
        client.launch(program=str(program("print('fine')\n").path), cwd="")
        ends(client, 0)


def test_an_empty_program_is_refused(program):
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        refused = client.ask("launch", **program("").configuration(program=""))
        assert not refused["success"] and "`program` is empty" in refused["body"]["error"]["format"]


@pytest.mark.parametrize("more", [{}, {"together": "shop"}])
def test_a_launch_that_cannot_be_recorded_names_the_setting_that_helps(program, more):
    script = program("x = 1\n")
    (script.path.parent / ".causeway").write_text("no folder")
    with Client() as client:
        client.request("initialize", adapterID="causeway")
        refused = error_of(client.ask("launch", **script.configuration(**more)))
    assert str(script.path.parent) in refused and "`cwd` of the launch configuration" in refused and "-o" not in refused.split()


def test_a_program_of_which_nothing_ran_ends_without_a_stop(program):
    script = program("x = (\n")
    with Client() as client:
        client.launch(**script.configuration())
        ends(client, 1)
        said = [event["body"]["output"] for event in client.events if event["event"] == "output"]
        assert "causeway: no line of the program was recorded, so there is no past to step back into\n" in said


def test_what_views_ask_of_a_program_that_has_ended_opens_no_box(program):
    script = program("print('fine')\n")
    with Client() as client:
        client.launch(**script.configuration())
        ends(client, 0)
        assert client.request("threads")["threads"] == []
        for command, arguments in (
            ("stackTrace", {"threadId": 1}), ("scopes", {"frameId": 1}), ("variables", {"variablesReference": 1}), ("loadedSources", {}),
            ("evaluate", {"expression": "1", "context": "watch"}), ("causeway/causality", {}),
        ):  # fmt: skip
            response = client.ask(command, **arguments)
            assert not response["success"] and not response["body"]["error"]["showUser"], response
        assert client.ask("stepBack", threadId=1)["body"]["error"]["showUser"], "a person has asked for that"


def test_stop_at_end_can_be_asked_for_and_terminate_leaves_it(program):
    script = program("x = 1  # @x\n")
    with Client() as client:
        client.launch(**script.configuration(stopAtEnd=True))
        stopped = client.event("stopped")
        assert "exit code 0" in stopped["description"] and script.stops_at(client, stopped, "x")
        client.request("terminate")
        ends(client, 0)


def test_the_recording_is_complete_afterwards(program):
    from causeway_core.storage import Recording

    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("write"))
        stopped = client.move("stepBack", client.event("stopped"))
        client.move("next", stopped)
        script.at()(client)
        client.request("continue", threadId=stopped["threadId"])
        ends(client, 0)
    [path] = (script.path.parent / ".causeway").glob("*.causeway")
    with Recording.open(path) as recording:
        assert recording.complete and recording.meta.exit_code == 0 and len(recording.accesses()) > 0
        assert {actor.name for actor in recording.actors() if actor.kind == "task"} >= {"Task-1", "Task-2", "Task-3"}
    assert not list(path.parent.glob("*.spool"))


def test_a_run_that_goes_well_says_what_it_found_before_it_ends(program):
    script = program(WITHDRAW)
    for _ in range(3):  # the session ends without it where the analysis takes longer than a person would wait
        with Client() as client:
            client.launch(**script.configuration())
            assert client.event("exited")["exitCode"] == 0
            client.event("terminated")
            said = [message["body"]["output"] for message in client.events if message["event"] == "output"]
        told = [each for each in said if "lost update" in each]
        if told:
            break
    assert told and "likely lost update of Account.balance (" in told[0] and ".causeway to travel there" in told[0], said


def test_findings_of_the_run_are_there_at_its_end(program):
    from causeway_core.storage import Recording

    script = program(WITHDRAW)
    with Client() as client:
        client.launch(**script.configuration(stopAtEnd=True), before=lambda client: client.request("setExceptionBreakpoints", filters=["race"]))
        stopped = client.event("stopped")
        if "finding" not in stopped["text"]:  # the analysis took longer than the stop waits for it
            while "finding" not in (said := client.event("output")["output"]):
                pass
            stopped["text"] = said
        assert "1 finding (races lists them)" in stopped["text"]
        frame = client.top(stopped)["id"]
        assert "lost_update" in client.request("evaluate", expression="races", frameId=frame, context="repl")["result"]
        race = client.move("reverseContinue", stopped)
        assert race["reason"] == "exception" and "F1" in race["text"]
        client.request("terminate")
        ends(client, 0)
    [path] = (script.path.parent / ".causeway").glob("*.causeway")
    with Recording.open(path) as recording:
        assert [finding["kind"] for finding in recording.findings()] == ["lost_update"]


def test_a_child_process_that_idles_is_among_the_actors(program):
    script = program(SERVICE)
    with Client() as client:
        client.launch(**script.configuration(subProcess=False), before=script.at("said"))
        now = client.event("stopped")
        past = client.move("stepBack", now)
        names = [thread["name"] for thread in client.request("threads")["threads"]]
        assert any(name.startswith("child / ") for name in names), names
        for thread in client.request("threads")["threads"]:
            client.request("stackTrace", threadId=thread["id"])
        client.move("next", past)
        client.request("continue", threadId=now["threadId"])
        ends(client, 0)
