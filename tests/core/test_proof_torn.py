"""What one changes under a lock, and another reads without it; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

LOG = """\
import threading, time

class Log:
    def __init__(self):
        self.lock = threading.Lock()
        self.count, self.lines = 0, []

    def add(self, line):
        with self.lock:
            self.count += 1
            self.lines.append(line)

    def summary(self):
        with GUARD:
            return {"lines": len(self.lines), "count": self.count}

log = Log()
writer = threading.Thread(target=log.add, args=("started",))
writer.start()
time.sleep(0.05)  # no order: nothing but time lets the writer be done
seen = log.summary()
writer.join()
print(seen["count"] == seen["lines"])
"""


@pytest.mark.parametrize(("guard", "torn"), [("threading.Lock()", True), ("self.lock", False)])
def test_a_count_and_what_it_counts_are_read_together_without_their_lock(tmp_path: Path, guard: str, torn: bool) -> None:
    (tmp_path / "app.py").write_text(LOG.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    assert [each.tier for each in found if "one new and one old" in each.title] == (["confirmed"] if torn else [])
    assert torn or all(each.tier == "hint" for each in found)
