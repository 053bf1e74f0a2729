"""What a running program's recording does not hold is said at a stop, as it is when the recording is opened later."""

import pytest

from tests.adapter.client import Client

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
