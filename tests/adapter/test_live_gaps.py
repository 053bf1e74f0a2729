"""What a running program's recording does not hold is said at a stop, as it is when the recording is opened later."""

import pytest

from tests.adapter.client import Client
from tests.adapter.test_live_children import session_of

UNSEEN = """\
first = 1  # @before
import gevent.hub
second = 2  # @after
third = 3  # @later
raise SystemExit(3)
"""
SAID = "Not recorded: gevent: its greenlets are not told apart from the thread they run in, so races between them are not found\n"


def gaps_among(events):
    return [text for event in events if event["event"] == "output" and (text := event["body"]["output"]).startswith("Not recorded: ")]


def said_gap(client):
    """The next gap that is said."""
    while True:
        text = client.event("output")["output"]
        if text.startswith("Not recorded: "):
            return text


@pytest.mark.parametrize("looks_back", [False, True])
def test_a_gap_is_said_once_at_the_first_stop_after_it(program, looks_back):
    script = program(UNSEEN)
    with Client() as client:
        client.launch(**script.configuration(), before=script.at("before", "after", "later"))
        now = client.event("stopped")
        assert script.stops_at(client, now, "before")
        now = client.move("continue", now)
        assert not gaps_among(client.events)
        if looks_back:
            now = client.move("continue", client.move("stepBack", now))
            assert now["description"] == "Back to now"
        assert said_gap(client) == SAID
        now = client.move("continue", now)
        assert script.stops_at(client, now, "later")
        client.move("continue", now)
        client.request("causeway/overview")
        assert not gaps_among(client.events)


STARTS = """\
import subprocess, sys

subprocess.run([sys.executable, "child.py"])  # @run
print("ended")  # @ended
"""


def test_a_child_process_says_its_gaps_at_its_own_stop(program):
    parent, child = program(STARTS), program(UNSEEN, "child.py")
    with Client() as client:
        client.launch(**parent.configuration())
        with session_of(client.event("debugpyAttach"), child.at("before", "after")) as other:
            now = other.event("stopped")
            assert child.stops_at(other, now, "before")
            now = other.move("continue", now)
            assert said_gap(other) == SAID
            assert child.stops_at(other, now, "after")
            other.request("continue", threadId=now["threadId"])
            other.event("terminated")
        client.event("terminated")


def test_of_a_shared_recording_each_session_says_the_gaps_of_its_own_program(program):
    first, second = program(UNSEEN, "first.py"), program("print('done')\n", "second.py")
    with Client() as client, Client() as other:
        client.launch(**first.configuration(together="both"), before=first.at("after"))
        now = client.event("stopped")
        assert first.stops_at(client, now, "after") and said_gap(client) == SAID
        other.launch(**second.configuration(together="both", stopAtEnd=True))
        now = other.event("stopped")
        other.request("causeway/overview")
        assert not gaps_among(other.events)
        other.request("continue", threadId=now["threadId"])
        other.event("terminated")
