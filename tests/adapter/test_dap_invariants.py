"""What must hold in every conversation, whatever was recorded; among them the faults that a rival shows (its list is in docs/editors.md)."""

import pytest

from tests.adapter.client import Shared


@pytest.fixture(params=["lost_update", "failing_threads", "bank"])
def recorded(request):
    return request.getfixturevalue(request.param)


def state(client, stopped):
    return (*client.place(stopped), client.locals(stopped))


def test_step_back_undoes_next(recorded):
    with Shared() as client:
        stopped = client.attach(recorded.path)
        for _ in range(12):
            before = state(client, stopped)
            stopped = client.move("next", stopped)
            if stopped["description"] == "End of recording":
                break
            stopped = client.move("stepBack", stopped)
            assert state(client, stopped) == before
            stopped = client.move("next", stopped)


def test_next_undoes_a_step_back_that_crossed_to_a_cause(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        crossed = 0
        while stopped["reason"] != "entry" and crossed < 2:
            before = state(client, stopped)
            stopped = client.move("stepBack", stopped)
            if stopped["threadId"] != before[0]:
                crossed += 1
                stopped = client.move("next", stopped)
                assert state(client, stopped) == before
                stopped = client.move("stepBack", stopped)
        assert crossed == 2, "from the task to its creator, and from there to the main thread"


def test_reverse_continue_undoes_continue(lost_update):
    with Shared() as client:
        breakpoints = [{"line": lost_update.line(mark)} for mark in ("read", "write", "after")]
        source = {"path": str(lost_update.script)}
        stopped = client.attach(lost_update.path, before=lambda client: client.request("setBreakpoints", source=source, breakpoints=breakpoints))
        client.request("setExceptionBreakpoints", filters=[])
        stopped = client.move("continue", stopped)
        seen = []
        while stopped["reason"] == "breakpoint":
            seen.append(client.place(stopped))
            stopped = client.move("continue", stopped)
        assert len(seen) == len(set(seen)) == 6, "each line of each task once: no stop may repeat"
        for place in reversed(seen):
            stopped = client.move("reverseContinue", stopped)
            assert client.place(stopped) == place
        assert client.move("reverseContinue", stopped)["reason"] == "entry"


def test_the_ends_of_history_are_stops(recorded):
    with Shared() as client:
        stopped = client.attach(recorded.path)
        for command in ("stepBack", "reverseContinue", "stepBack"):
            stopped = client.move(command, stopped)
            assert stopped["reason"] == "entry" and stopped["description"] == "Start of recording"
        client.request("setExceptionBreakpoints", filters=[])
        for command in ("continue", "continue", "next", "stepIn", "stepOut"):
            stopped = client.move(command, stopped)
            assert stopped["description"] == "End of recording"
        assert not [event for event in client.events if event["event"] == "terminated"]


def test_ids_die_when_the_position_changes(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        frame = client.top(stopped)["id"]
        reference = client.request("scopes", frameId=frame)["scopes"][0]["variablesReference"]
        client.move("stepBack", stopped)
        dead = (("scopes", {"frameId": frame}), ("variables", {"variablesReference": reference}), ("evaluate", {"expression": "1", "frameId": frame}))
        for command, arguments in dead:
            response = client.ask(command, **arguments)
            assert not response["success"] and "earlier stop" in response["body"]["error"]["format"]


def test_every_thread_that_stops_was_announced_and_keeps_its_id(recorded):
    with Shared() as client:
        stopped = client.attach(recorded.path)
        names = {}
        for _ in range(25):
            threads = {one["id"]: one["name"].partition(" (")[0] for one in client.request("threads")["threads"]}
            assert stopped["threadId"] in threads
            for number, name in threads.items():
                assert names.setdefault(number, name) == name
            stopped = client.move("stepIn", stopped)


def test_a_stop_inside_a_worker_thread_is_that_thread_s(failing_threads):
    with Shared() as client:
        source, breakpoints = {"path": str(failing_threads.script)}, [{"line": failing_threads.line("add")}]
        stopped = client.attach(failing_threads.path, before=lambda client: client.request("setBreakpoints", source=source, breakpoints=breakpoints))
        stopped = client.move("continue", stopped)
        assert "worker-" in client.thread_name(stopped)


def test_step_back_in_a_task_never_lands_in_a_sibling(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        tasks = {stopped["threadId"]}
        while stopped["reason"] != "entry":
            stopped = client.move("stepBack", stopped)
            name = client.thread_name(stopped)
            if "withdraw" in client.top(stopped)["name"]:
                tasks.add(stopped["threadId"])
            assert name
        assert len(tasks) == 1


def test_scopes_have_locals_globals_and_causality_and_objects_open(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        scopes = {one["name"]: one for one in client.request("scopes", frameId=client.top(stopped)["id"])["scopes"]}
        assert {"Locals", "Globals", "Causality"} <= scopes.keys()
        variables = {one["name"]: one for one in client.request("variables", variablesReference=scopes["Locals"]["variablesReference"])["variables"]}
        assert variables["seen"]["value"] == "100" and variables["amount"]["value"] == "20"
        inside = client.request("variables", variablesReference=variables["account"]["variablesReference"])["variables"]
        assert [(one["name"], one["value"]) for one in inside] == [("balance", "90")]
        assert variables["account"]["evaluateName"] == "account"
        causality = client.request("variables", variablesReference=scopes["Causality"]["variablesReference"])["variables"]
        assert causality, "the Causality scope says who wrote this and what made this run"


@pytest.mark.parametrize("expression, result", [
    ("account.balance - seen", "-10"), ("[amount, seen]", "[20, 100]"), ("'over' if amount > 15 else 'under'", "'over'"),
    ("sum(n * n for n in range(4))", "14"),
    ("f'{amount:>5}'", "'   20'"), ("isinstance(amount, int) and not amount < 3", "True"),
])  # fmt: skip
def test_expressions_over_recorded_state(lost_update, expression, result):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        frame = client.top(stopped)["id"]
        for context in ("watch", "hover", "repl", "clipboard", "variables"):
            assert client.request("evaluate", expression=expression, frameId=frame, context=context)["result"] == result


@pytest.mark.parametrize("expression", [
    "nowhere", "account.missing", "1 +", "open('x')", "account.balance = 3", "__import__('os')", "9**9**9", "(lambda: 1)()",
    "amount.real.__class__",
])  # fmt: skip
def test_what_cannot_be_evaluated_is_an_error_reply(lost_update, expression):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        response = client.ask("evaluate", expression=expression, frameId=client.top(stopped)["id"], context="watch")
        assert not response["success"] and response["body"]["error"]["format"]


def test_a_changed_file_is_served_as_it_ran(lost_update, tmp_path):
    from tests.support.recordings import record

    script = tmp_path / "changing.py"
    script.write_text(lost_update.script.read_text())
    recording = record(script, tmp_path)
    as_it_ran = script.read_text()
    script.write_text("# rewritten\n" + as_it_ran)
    with Shared() as client:
        stopped = client.attach(recording.path, at="F1")
        source = client.top(stopped)["source"]
        assert source["sourceReference"] > 0 and source["path"] == str(script)
        assert client.request("source", source=source, sourceReference=source["sourceReference"])["content"] == as_it_ran


def test_counting_from_zero_is_honoured(lost_update):
    with Shared() as client:
        client.request("initialize", adapterID="causeway", linesStartAt1=False, columnsStartAt1=False)
        client.request("attach", recording=str(lost_update.path), at="F1")
        client.event("initialized")
        client.request("configurationDone")
        frame = client.top(client.event("stopped"))
        assert frame["line"] == lost_update.line("write") - 1 and frame["column"] == 4


def test_a_line_that_never_ran_is_not_verified(failing_threads):
    with Shared() as client:
        client.attach(failing_threads.path)
        far_beyond = client.request("setBreakpoints", source={"path": str(failing_threads.script)}, breakpoints=[{"line": 4000}])["breakpoints"][0]
        assert not far_beyond["verified"] and far_beyond["message"]


def test_completions_offer_locals_and_attributes(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        frame = client.top(stopped)["id"]
        assert "amount" in {one["label"] for one in client.request("completions", text="am", column=3, frameId=frame)["targets"]}
        assert "balance" in {one["label"] for one in client.request("completions", text="account.ba", column=11, frameId=frame)["targets"]}


def test_restart_frame_goes_to_the_first_line_of_the_activation(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        stopped = client.move("restartFrame", stopped, frameId=client.top(stopped)["id"])
        assert client.place(stopped)[2] == lost_update.line("read")
