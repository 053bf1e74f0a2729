"""A use that the recorded run skipped, since its check found the value gone; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

LINK = """\
import threading, time
from contextlib import nullcontext

class Link:
    def __init__(self):
        self.guard = GUARD
        self.peer = None

    def serve(self):
        self.peer = []
        self.lost()

    def lost(self):
        with self.guard:
            self.peer.clear()
            self.peer = None

    def stop(self):
        with self.guard:
            if self.peer is None:
                return
            self.peer.append("stop")

link = Link()
server = threading.Thread(target=link.serve)
server.start()
time.sleep(0.05)  # no order: nothing but time lets the link be lost by then
link.stop()
server.join()
"""


@pytest.mark.parametrize(("guard", "tiers"), [("nullcontext()", {"confirmed"}), ("threading.Lock()", set())])
def test_a_value_that_is_taken_away_between_a_check_and_a_use_that_was_skipped(tmp_path: Path, guard: str, tiers: set[str]) -> None:
    (tmp_path / "app.py").write_text(LINK.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert {each.tier for each in found if each.tier != "hint"} == tiers, [(each.tier, each.title) for each in found]
    assert not tiers or "raises AttributeError in Link.stop" in next(each.proof.outcome for each in found if each.proof and each.tier == "confirmed")
