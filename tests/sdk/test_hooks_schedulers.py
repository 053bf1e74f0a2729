"""Libraries whose scheduler is not followed: the program runs as always, and every report says what was not seen."""

from __future__ import annotations

import json
from pathlib import Path

from causeway_core.report import REPORTS
from causeway_core.storage import Recording

from tests.adapter.client import Client
from tests.support.recordings import record

RACES_UNSEEN = """
from gevent import monkey; monkey.patch_all()
import gevent

balance = {"alice": 100}

def withdraw(amount):
    current = balance["alice"]
    gevent.sleep(0)
    balance["alice"] = current - amount

gevent.joinall([gevent.spawn(withdraw, 10), gevent.spawn(withdraw, 20)])
print(balance)
"""


def test_a_program_of_greenlets_is_not_passed_off_as_one_without_races(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(RACES_UNSEEN)
    recorded = record(script, tmp_path)
    assert recorded.stdout == "{'alice': 80}\n"
    said = "gevent: its greenlets are not told apart from the thread they run in, so races between them are not found"
    with Recording.open(recorded.path) as recording:
        assert [(gap.kind, gap.detail) for gap in recording.gaps()] == [("unseen", said)]
        assert f"not recorded: {said}\n" in REPORTS["text"](recording, (), everything=False, colour=False)
        assert json.loads(REPORTS["json"](recording, (), everything=False, colour=False))["gaps"] == [said]
    with Client() as client:
        client.attach(recorded.path)
        assert f"Not recorded: {said}\n" in [event["body"]["output"] for event in client.events if event["event"] == "output"]
