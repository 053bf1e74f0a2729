"""A lock that a thread holds while its process is forked; beside it, the same code mended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.proofs import judged, record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")

METER = """\
import multiprocessing
import threading
import time

class Meter:
    def __init__(self):
        self.guard = threading.Lock()
        self.total = 0

    def add(self, amount):
        with self.guard:
            self.total = self.total + amount

def count(meter):
    meter.add(1)

def main():
    meter = Meter()
    thread = threading.Thread(target=count, args=(meter,))
    thread.start()
    BEFORE
    time.sleep(0.05)
    process = multiprocessing.get_context("METHOD").Process(target=count, args=(CHILDS,))
    process.start()
    process.join()
    thread.join()

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("before", "method", "childs", "wrong"),
    [
        ("pass", "fork", "meter", True),
        ("thread.join()", "fork", "meter", False),
        ("pass", "fork", "Meter()", False),
    ],
    ids=["forked meanwhile", "joined before", "a lock of its own"],
)
def test_a_process_is_forked_while_a_thread_holds_a_lock(tmp_path: Path, before: str, method: str, childs: str, wrong: bool) -> None:
    program = METER.replace("BEFORE", before).replace("METHOD", method).replace("CHILDS", childs)
    (tmp_path / "app.py").write_text(program)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [(each.tier, each.kind, each.resource) for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]
    assert found == ([("confirmed", "deadlock", "Meter.guard")] if wrong else [])
