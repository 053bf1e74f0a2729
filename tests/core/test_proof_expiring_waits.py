"""A wait with a time limit that another thread ended in the recorded run: the limit could have ended it."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.storage import Recording

from tests.support.proofs import judged, record

WATCHED = """\
import threading

class Notes:
    def __init__(self):
        self.lines = {1: "milk", 2: "bread"}

    def add(self, line):
        self.lines[len(self.lines) + 1] = line

    def numbered(self):
        yield from self.lines.items()

def watch(notes, stop):
    stopped = False
    while not stopped:
        WAIT
        notes.add("tea")

def main():
    notes, stop, shown = Notes(), threading.Event(), []
    watcher = threading.Thread(target=watch, args=(notes, stop))
    watcher.start()
    try:
        for number, line in notes.numbered():
            shown.append(str(number))
    finally:
        stop.set()
        watcher.join()
    print(shown[:2])

main()
"""
UNUSED = "stopped = stop.wait(0.02)"
STATE = "stop.wait(timeout=0.02)\n        stopped = stop.is_set()"
CHECKED = "stopped = stop.wait(0.02)\n        if not stopped:\n            continue"
UNLIMITED = "stopped = stop.wait(None)"


@pytest.mark.parametrize(("wait", "tier"), [(UNUSED, "confirmed"), (CHECKED, None), (UNLIMITED, None)])
def test_what_follows_a_wait_in_its_round_need_not_come_after_what_ended_it(tmp_path: Path, wait: str, tier: str | None) -> None:
    (tmp_path / "app.py").write_text(WATCHED.replace("WAIT", wait))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    findings = judged(tmp_path / "run.causeway")
    firm = [each.tier for each in findings if each.tier != "hint"]
    assert firm == ([tier] if tier else []), [(each.tier, each.title, each.proof) for each in findings]


@pytest.mark.parametrize(("wait", "proposed"), [(UNUSED, True), (STATE, False), (CHECKED, False)])
def test_a_wait_orders_what_its_result_decides(tmp_path: Path, wait: str, proposed: bool) -> None:
    (tmp_path / "app.py").write_text(WATCHED.replace("WAIT", wait))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = [each for each in examine(recording).findings if "during the iteration" in each.title]
    assert [(each.tier, each.worth_forcing) for each in found] == ([("hint", True)] if proposed else [])
