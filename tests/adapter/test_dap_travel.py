"""The requests of views: the causality around a stop, the whole recording, and travel by what a person clicked."""

from __future__ import annotations

import pytest

from tests.adapter.client import Shared


def test_the_causality_of_a_stop_reaches_into_the_calling_service(bank):
    with Shared() as client:
        client.attach(bank.path, at="F1")
        graph = client.request("causeway/causality")
        titles = [lane["title"] for lane in graph["lanes"]]
        assert any(title.startswith("ledger / task") for title in titles) and any(title.startswith("gateway / task") for title in titles)
        here = next(node for node in graph["nodes"] if node["at"] == graph["here"])
        assert here["text"] == "account.balance = balance - amount"
        assert all({tie["src"], tie["dst"]} <= {node["at"] for node in graph["nodes"]} for tie in graph["ties"])


def test_a_landmark_can_be_travelled_to(bank):
    with Shared() as client:
        client.attach(bank.path)
        overview = client.request("causeway/overview")
        finding = next(one for one in overview["landmarks"] if one["kind"] == "finding")
        client.request("causeway/travel", event=finding["at"])
        stopped = client.event("stopped")
        assert client.place(stopped)[1] == "ledger.py"
        assert client.request("causeway/overview")["offsetNs"] > overview["offsetNs"]


def test_who_wrote_this_goes_to_the_last_write(lost_update):
    with Shared() as client:
        stopped = client.attach(lost_update.path, at="end")
        client.request("causeway/travel", finding="F1")
        stopped = client.event("stopped")
        frame = client.top(stopped)
        client.request("causeway/travel", writerOf="account.balance", frameId=frame["id"])
        written = client.event("stopped")
        assert written["threadId"] != stopped["threadId"] and client.place(written)[2] == lost_update.line("write")


def test_executions_of_a_line_on_either_side(lost_update):
    with Shared() as client:
        client.attach(lost_update.path, at="end")
        write = lost_update.line("write")
        places = []
        for direction in (-1, -1, 1):
            client.request("causeway/travel", path=str(lost_update.script), line=write, direction=direction)
            stopped = client.event("stopped")
            places.append((stopped["threadId"], client.place(stopped)[2]))
        assert places[0] == places[2] != places[1] and {place[1] for place in places} == {write}
        answer = client.ask("causeway/travel", path=str(lost_update.script), line=write, direction=1)
        assert not answer["success"] and "not executed after" in answer["message"]


@pytest.mark.parametrize("arguments", [{}, {"finding": "F99"}, {"event": "nonsense"}, {"event": "s9@1"}, {"writerOf": "no_such_name"}])
def test_a_target_that_does_not_exist_is_an_error_reply(lost_update, arguments):
    with Shared() as client:
        client.attach(lost_update.path)
        answer = client.ask("causeway/travel", **arguments)
        assert not answer["success"] and answer["body"]["error"]["format"]
