"""A thread that resets, when it begins, the flag by which it is told to stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.analysis.detectors.wakeups.reset_request import RESETS
from causeway_core.model import Finding
from causeway_core.proof import plan
from causeway_core.storage import Recording

from tests.core.test_proof_templates import proved
from tests.support.proofs import record

LOOP = """\
import queue
import threading
import time

class Loop:
    def __init__(self):
        self.stopping, self.work, self.done = False, queue.SimpleQueue(), []
        self.thread = None

    def start(self):
        BEFORE
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        FIRST
        while not self.stopping:
            item = self.work.get()
            if item is not None:
                self.done.append(item)

    def stop(self):
        self.stopping = True
        self.work.put(None)
        WAIT

loop = Loop()
loop.start()
loop.work.put("one")
time.sleep(0.1)
loop.stop()
print("stopped")
"""
JOIN, RESET = "self.thread.join()", "self.stopping = False"


def source(before: str, first: str, wait: str) -> str:
    """The loop with its three variable statements."""
    return LOOP.replace("BEFORE", before).replace("FIRST", first).replace("WAIT", wait)


def resets(tmp_path: Path, text: str) -> list[Finding]:
    """The planned findings about a flag that a thread resets."""
    program = tmp_path / "program.py"
    program.write_text(text)
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        found = plan(recording, examine(recording))
    return [each for each in found if any(access.role == RESETS for access in each.accesses)]


@pytest.mark.parametrize(
    ("before", "first", "wait"),
    [(RESET, "pass", JOIN), (RESET, "if self.stopping:\n            return", JOIN), ("pass", "self.stopping = self.work.empty() and False", "pass")],
)
def test_a_flag_that_is_reset_before_the_start_or_that_nobody_waits_for_is_fine(tmp_path: Path, before: str, first: str, wait: str) -> None:
    assert not resets(tmp_path, source(before, first, wait))


def test_a_flag_that_the_thread_resets_is_a_hint_with_orders(tmp_path: Path) -> None:
    (finding,) = resets(tmp_path, source("pass", RESET, JOIN))
    assert (finding.kind, finding.tier) == ("lost_wakeup", "hint")
    assert [order.aim for order in finding.orders] == ["bad", "serial"]


def test_the_lost_request_hangs(tmp_path: Path) -> None:
    (finding,) = (each for each in proved(tmp_path, source("pass", RESET, JOIN)) if each.tier == "confirmed")
    assert "resets Loop.stopping" in finding.title
