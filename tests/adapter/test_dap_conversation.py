"""The conversation that the adapter exists for: from a lost update's second write back to the stale read, to the creator, into the caller."""

from pathlib import Path

from tests.adapter.client import Shared

LEDGER = Path(__file__).parents[2] / "examples" / "bank" / "ledger.py"


def line_of(path, text):
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def walk_back(client, stopped, limit=40):
    """Step back until the beginning; the places passed, latest first."""
    places = []
    for _ in range(limit):
        stopped = client.move("stepBack", stopped)
        if stopped["reason"] == "entry":
            break
        places.append(client.place(stopped))
    return places, stopped


def test_step_back_leads_from_the_write_over_the_await_to_the_stale_read_and_into_the_calling_service(bank):
    with Shared() as client:
        stopped = client.attach(bank.path, at="F1")
        task, _, line = client.place(stopped)
        assert line == line_of(LEDGER, "account.balance = balance - amount")
        places, _ = walk_back(client, stopped)
    in_ledger = [place for place in places if place[1] == "ledger.py"]
    assert all(place[0] == task for place in in_ledger), "step back must not visit other tasks of the ledger"
    lines = [place[2] for place in in_ledger]
    stale_read, over_the_await = line_of(LEDGER, "balance = account.balance"), line_of(LEDGER, "await check_limits")
    assert lines.index(over_the_await) < lines.index(stale_read)
    after_the_ledger = places[len(in_ledger) :]
    assert [place[1] for place in after_the_ledger] == ["gateway.py"] * len(after_the_ledger), "then the caller, in the other service"
    texts = (LEDGER.with_name("gateway.py")).read_text().splitlines()
    visited = " ".join(texts[place[2] - 1] for place in after_the_ledger)
    assert "self.session.post" in visited and 'self.book("withdraw"' in visited and "asyncio.gather" in visited


def test_the_stack_shows_the_calling_service_with_its_variables(bank):
    with Shared() as client:
        stopped = client.attach(bank.path, at="F1")
        frames = client.request("stackTrace", threadId=stopped["threadId"])["stackFrames"]
        labels = [index for index, frame in enumerate(frames) if frame.get("presentationHint") == "label"]
        label = next(index for index in labels if "called from service gateway" in frames[index]["name"])
        caller = frames[label + 1]
        assert caller["name"] == "Gateway.book"
        scope = client.request("scopes", frameId=caller["id"])["scopes"][0]
        values = {one["name"]: one["value"] for one in client.request("variables", variablesReference=scope["variablesReference"])["variables"]}
        assert values["operation"] == "'withdraw'" and values["account"] == "'alice'"


def test_the_causal_picker_leads_straight_to_the_other_writer(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        actor, _, line = client.place(stopped)
        assert line == lost_update.line("write")
        targets = client.request("stepInTargets", frameId=client.top(stopped)["id"])["targets"]
        other = next(target for target in targets if "written by" in target["label"])
        stopped = client.move("stepIn", stopped, targetId=other["id"])
        found, _, line = client.place(stopped)
        assert line == lost_update.line("write")
        assert found != actor


def test_every_execution_of_a_line_can_be_reached(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path)
        targets = client.request("gotoTargets", source={"path": str(lost_update.script)}, line=lost_update.line("write"))["targets"]
        assert len(targets) == 2
        reached = set()
        for target in targets:
            stopped = client.move("goto", stopped, targetId=target["id"])
            actor, _, line = client.place(stopped)
            assert line == lost_update.line("write")
            reached.add(actor)
            targets = client.request("gotoTargets", source={"path": str(lost_update.script)}, line=lost_update.line("write"))["targets"]
            if len(reached) == 1:
                stopped = client.move("goto", stopped, targetId=targets[1]["id"])
                reached.add(client.place(stopped)[0])
                break
        assert len(reached) == 2


def test_a_data_breakpoint_and_reverse_continue_answer_who_wrote_this(lost_update):
    with Shared() as client:

        def stop_at_the_print(client):
            client.request("setBreakpoints", source={"path": str(lost_update.script)}, breakpoints=[{"line": lost_update.line("print")}])

        stopped = client.attach(lost_update.path, before=stop_at_the_print)
        stopped = client.move("continue", stopped)
        assert client.place(stopped)[2] == lost_update.line("print")
        assert client.request("evaluate", expression="account.balance", frameId=client.top(stopped)["id"], context="hover")["result"] == "80"
        info = client.request("dataBreakpointInfo", name="account.balance", frameId=client.top(stopped)["id"])
        assert info["dataId"]
        client.request("setBreakpoints", source={"path": str(lost_update.script)}, breakpoints=[])
        client.request("setExceptionBreakpoints", filters=[])
        assert client.request("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"], "accessType": "write"}])["breakpoints"][0]["verified"]
        writers = []
        for _ in range(2):
            stopped = client.move("reverseContinue", stopped)
            assert stopped["reason"] == "data breakpoint"
            actor, _, line = client.place(stopped)
            assert line == lost_update.line("write")
            writers.append((actor, client.locals(stopped)["amount"]))
        assert [amount for _, amount in writers] == ["20", "10"]
        assert writers[0][0] != writers[1][0]


def test_logpoints_print_over_the_whole_recording(lost_update):
    with Shared() as client:

        def print_amounts(client):
            logpoint = {"line": lost_update.line("write"), "logMessage": "amount {amount} of {account.balance}"}
            client.request("setBreakpoints", source={"path": str(lost_update.script)}, breakpoints=[logpoint])

        client.attach(lost_update.path, before=print_amounts)
        lines = [client.event("output") for _ in range(2)]
        assert [line["output"].split("] ")[1].strip() for line in lines] == ["amount 10 of 100", "amount 20 of 90"]
        assert all(line["line"] == lost_update.line("write") for line in lines)


def test_an_uncaught_exception_of_a_thread_is_a_stop_with_its_details(failing_threads):
    with Shared() as client:
        stopped = client.attach(failing_threads.path, before=lambda client: client.request("setExceptionBreakpoints", filters=["uncaught"]))
        stopped = client.move("continue", stopped)
        assert stopped["reason"] == "exception"
        assert client.place(stopped)[2] == failing_threads.line("raise")
        assert "worker-b" in client.thread_name(stopped)
        info = client.request("exceptionInfo", threadId=stopped["threadId"])
        assert info["exceptionId"] == "ValueError" and info["description"] == "b is done"


def test_the_console_answers_why_history_and_races(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="F1")
        frame = client.top(stopped)["id"]
        ask = lambda line: client.request("evaluate", expression=line, context="repl", frameId=frame)["result"]  # noqa: E731
        assert "read at lost_update.py" in ask("why F1")
        history = ask("history account.balance").splitlines()
        assert sum("write" in row for row in history) == 3
        assert "lost_update" in ask("races")
