"""Requests over a recording that no conversation of a person needs every day."""

from tests.adapter.client import Shared


def test_function_breakpoints_stop_where_the_function_begins(lost_update):
    with Shared() as client:

        def set_function(client):
            found = client.request("setFunctionBreakpoints", breakpoints=[{"name": "withdraw"}, {"name": "nowhere"}])["breakpoints"]
            assert [one["verified"] for one in found] == [True, False]

        stopped = client.attach(lost_update.path, before=set_function)
        amounts = []
        for _ in range(2):
            stopped = client.move("continue", stopped)
            assert client.top(stopped)["name"] == "withdraw" and client.place(stopped)[2] == lost_update.line("read")
            amounts.append(client.locals(stopped)["amount"])
        assert amounts == ["10", "20"]
        assert client.move("continue", stopped)["description"] == "End of recording"


def test_sources_and_modules_are_those_that_ran(lost_update):
    with Shared() as client:
        client.attach(lost_update.path)
        [source] = client.request("loadedSources")["sources"]
        assert source["path"] == str(lost_update.script)
        [module] = client.request("modules")["modules"]
        assert module["name"] == "lost_update" and module["path"] == str(lost_update.script)


def test_what_never_runs_is_paused_cancelled_and_terminated(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path)
        place = client.place(stopped)
        client.request("cancel", requestId=1)
        client.request("pause", threadId=stopped["threadId"])
        paused = client.event("stopped")
        assert paused["reason"] == "pause" and client.place(paused) == place, "it is where it was"
        client.request("terminate")
        client.event("terminated")
